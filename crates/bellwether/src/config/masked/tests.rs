use super::{Hides, Masked, hide, hide_url, secrets_of_url};

#[test]
fn a_secret_is_shown_as_its_absence_or_its_kind_of_place() {
    for (text, shown) in [
        ("", ""),
        ("hunter2", "***"),
        ("env:NAME", "env:***"),
        ("file:/run/secrets/key", "file:***"),
        ("vault:secret/trading#key", "vault:***"),
        ("aws:trading/database#url", "aws:***"),
    ] {
        assert_eq!(hide(text), shown);
        let masked = Masked::new(text);
        let seen = [format!("{masked:?}"), serde_json::to_string(&masked).unwrap()];
        assert!(text.is_empty() || seen.iter().all(|seen| !seen.contains(text)), "{seen:?}");
    }
}

#[test]
fn an_address_is_shown_without_what_opens_it() {
    let cases = [
        ("", ""),
        ("sqlite:/var/lib/bellwether.db", "sqlite:/var/lib/bellwether.db"),
        ("postgres://db:5432/market", "postgres://db:5432/market"),
        ("postgres://user:hunter2@db:5432/market", "postgres://user:***@db:5432/market"),
        ("postgres://user:hunter2@db/market?sslpassword=hunter2", "postgres://user:***@db/market?***"),
        ("postgres://user:hun@ter2@db/market", "postgres://user:***@db/market"),
        ("postgres://user:hun/ter2@db/market", "postgres://user:***@db/market"),
        ("postgres://user:hun?ter2#x@db/market", "postgres://user:***@db/market"),
        ("redis://hunter2@cache", "redis://***@cache"),
        ("redis://:hunter2@cache/0", "redis://:***@cache/0"),
        ("postgres://user:hunter2", "postgres://***"),
        ("postgres://user:hun/ter2", "postgres://***"),
        ("hunter2", "***"),
        ("vault:hunter2", "vault:***"),
    ];
    for (text, shown) in cases {
        assert_eq!(hide_url(text, Hides::Password), shown, "{text}");
    }
}

#[test]
fn the_path_of_a_webhook_is_its_password() {
    for (text, shown) in [
        ("https://hooks.example/services/T0/hunter2", "https://hooks.example/***"),
        ("https://hooks.example?key=hunter2", "https://hooks.example/***"),
        ("https://hooks.example/", "https://hooks.example/"),
        ("https://hooks.example", "https://hooks.example"),
    ] {
        assert_eq!(hide_url(text, Hides::Path), shown, "{text}");
    }
}

#[test]
fn what_is_taken_out_of_every_text_is_a_key_and_no_word() {
    let slack = "services/T00/B00/abcdefgh";
    for (text, hides, secrets) in [
        ("https://hooks.test/services/T00/B00/abcdefgh", Hides::Path, &[slack][..]),
        ("https://hooks.test/alerts", Hides::Path, &[]),
        ("https://hooks.test/teams/on-call", Hides::Path, &[]),
        ("https://hooks.test/abcdefghijklmnopqrstuvwxyz", Hides::Path, &["abcdefghijklmnopqrstuvwxyz"]),
        ("https://hooks.test/alerts?key=word", Hides::Path, &["alerts?key=word"]),
        ("https://hooks.test", Hides::Path, &[]),
        (
            "postgres://user:hunter2@db/market?sslpassword=hunter3",
            Hides::Password,
            &["hunter2", "sslpassword=hunter3"],
        ),
        ("redis://cache/alerts", Hides::Password, &[]),
    ] {
        assert_eq!(secrets_of_url(text, hides), secrets, "{text}");
    }
}
