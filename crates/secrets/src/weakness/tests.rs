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
        "kJ8s0dfQ2lPz7vXcB3nM1aWeRtYu6hGi",
        "exchange-7Fq2-Kd9s-Wm4z",
        "key-f3Kq9vTzLm2xRw8p",
        "tall-Ship-41-anchor",
        "eyJhbGciOiJIUzI1NiJ9.e30.Et9HFtf9R3GEMA0IICOfFMVXY7kkTX1wr4qCyIf58U",
        "hvs.CAESIJ4zLq0uYkx8",
        "überschwängliche Frühlingsgefühle",
    ] {
        assert_eq!(weakness(value), None, "{value}");
    }
}

#[test]
fn what_people_put_together_is_seen() {
    for value in [
        "Password123!Password123!",
        "P@ssw0rd1234",
        "password12345678",
        "Admin123456!",
        "welcome12345",
        "Summer2024!!",
        "letmeinletmein12",
        "adminadminadmin42",
        "secret_key_1234567890",
        "my-super-secret-key-123",
        "mysupersecretpassword",
        "development-secret-key",
        "test-secret-key-for-dev",
        "insecure-secret-key-000",
        "jwt-secret-jwt-token",
        "supersecretjwtkey2024",
        "iloveyou12345678",
        "trustno1-admin",
        "correct horse battery staple",
        "correcthorsebattery",
        "a password of the tests",
    ] {
        assert!(weakness(value).is_some(), "{value}");
    }
    for value in [
        "passwordpassword",
        "P@ssw0rd-P@ssw0rd",
        "deadbeefdeadbeefdead",
        "hunter2hunter2hunter2",
        "f3Kq9vf3Kq9vf3Kq9v",
        "tradingtradingtr",
    ] {
        assert_eq!(weakness(value), Some("is a short text again and again"), "{value}");
    }
    for value in ["qwertyuiopasdf", "qazwsxedcrfvtgby", "1qaz2wsx3edc4rfv", "zxcvbnmasdfghjkl"] {
        assert_eq!(weakness(value), Some("is a row of neighbouring keys"), "{value}");
    }
}

/// What chance makes is hardly ever refused: a generator need not be run twice.
#[test]
fn random_values_pass() {
    const LETTERS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    let mut state = 0x9e37_79b9_7f4a_7c15_u64;
    let mut next = || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        state
    };
    let mut refused = [0; 2];
    for _ in 0..2_000 {
        let hexadecimal = format!("{:016x}{:016x}", next(), next());
        let digits: String =
            (0..16).map(|_| char::from(LETTERS[usize::try_from(next() >> 58).unwrap()])).collect();
        for (count, value) in refused.iter_mut().zip([hexadecimal, digits]) {
            *count += usize::from(weakness(&value).is_some());
        }
    }
    assert_eq!(refused, [0, 0]);
}

#[test]
fn of_what_others_made_only_defaults_are_refused() {
    for value in ["changeme", "root", "your-api-key", "${TOKEN}"] {
        assert!(known_default(value).is_some(), "{value}");
    }
    for value in ["", "short", "1234567890123", "adminadminadmin42"] {
        assert_eq!(known_default(value), None, "{value}");
    }
}
