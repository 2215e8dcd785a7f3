use super::*;

#[test]
fn defaults_are_known() {
    for value in [
        "postgres",
        "admin",
        "password",
        "changeme",
        "secret",
        "test",
        "ChangeMe",
        " password\n",
        "mysecretpassword",
        "secure-password-here",
        "your-secret-key-change-in-production",
    ] {
        assert_eq!(weakness(value), Some("is a default that everybody knows"), "{value}");
    }
}

#[test]
fn placeholders_are_seen() {
    for value in [
        "your-api-key-0123456789",
        "YOUR_TOKEN_GOES_HERE",
        "please-change-this-9f8a7d",
        "example-8f7a6d5c4b3a",
        "<the database password>",
        "${DATABASE_PASSWORD}",
        "put-the-key-here",
        "xxxxxxxxxxxxxxxx",
    ] {
        let found = weakness(value);
        assert_eq!(found, Some("looks like a placeholder that was never filled in"), "{value}");
    }
}

#[test]
fn poor_values_are_seen() {
    for (value, why) in [
        ("", "is shorter than 12 characters"),
        ("a8#kQ2!mZ9x", "is shorter than 12 characters"),
        ("äöüßéèêëñçø", "is shorter than 12 characters"),
        ("aaaaaaaaaaaaaaaa", "is one character again and again"),
        ("AaAaAaAaAaAaAa", "is one character again and again"),
        ("abababababababab", "has fewer than 5 different characters"),
        ("1122334411223344", "has fewer than 5 different characters"),
        ("abcdefghijklmnop", "is a row of neighbouring characters"),
        ("1234567890123", "is a row of neighbouring characters"),
        ("9876543210987", "is a row of neighbouring characters"),
    ] {
        assert_eq!(weakness(value), Some(why), "{value}");
    }
}

#[test]
fn made_values_pass() {
    for value in [
        "f3Kq-9vTz-Lm2x-Rw8p",
        "a8#kQ2!mZ9xR",
        "5f4dcc3b5aa765d61d8327deb882cf99",
        "correct horse battery staple",
        "kJ8s0dfQ2lPz7vXcB3nM1aWeRtYu6hGi",
        "exchange-7Fq2-Kd9s-Wm4z",
    ] {
        assert_eq!(weakness(value), None, "{value}");
    }
}
