use super::{MASK, NotHidden, Redactor, SECRETS_MAX};

fn hiding(secrets: &[&str]) -> Redactor {
    let redactor = Redactor::default();
    for secret in secrets {
        redactor.hide(secret).unwrap();
    }
    redactor
}

fn check(secrets: &[&str], table: &[(&str, &str)]) {
    let redactor = hiding(secrets);
    for (text, expected) in table {
        assert_eq!(redactor.clean(text), *expected, "{text}");
        assert_eq!(redactor.is_dirty(text), text != expected, "{text}");
    }
}

#[test]
fn a_secret_is_masked_wherever_it_stands() {
    check(
        &["hunter22"],
        &[
            ("hunter22", "***"),
            ("the password is hunter22.", "the password is ***."),
            ("hunter22hunter22", "******"),
            ("postgres://user:hunter22@host/db", "postgres://user:***@host/db"),
            ("hunter2", "hunter2"),
            ("Hunter22", "Hunter22"),
            ("", ""),
            ("é hunter22 é", "é *** é"),
        ],
    );
}

#[test]
fn secrets_that_share_letters_leave_nothing_of_either() {
    check(
        &["abcdef", "defghi", "abcdefgh"],
        &[("xabcdefghix", "x***x"), ("abcdef defghi", "*** ***"), ("abcdefabcdef", "******")],
    );
}

#[test]
fn escapes_of_urls_are_seen_through() {
    check(
        &["p@ss/w:rd!", "two words"],
        &[
            ("p%40ss%2Fw%3Ard!", "***"),
            ("p%40ss%2fw%3ard%21", "***"),
            ("%70%40ss/w:rd!&a=b", "***&a=b"),
            ("a=two+words&b", "a=***&b"),
            ("two%20words", "***"),
            ("p%2540ss%252Fw%253Ard!", "***"),
            ("100% p%40ss", "100% p%40ss"),
            ("%", "%"),
            ("%zz p%40ss%2Fw%3Ard! %4", "%zz *** %4"),
        ],
    );
}

#[test]
fn escapes_of_json_and_of_debug_are_seen_through() {
    let secret = "q\"u\\o\nt\té\u{1f600}";
    let debug = format!("{secret:?}");
    let json = serde_json::to_string(secret).unwrap();
    let nested = format!("{:?}", serde_json::json!({ "key": secret }).to_string());
    let ascii = "q\\\"u\\\\o\\nt\\t\\u00e9\\ud83d\\ude00";
    let bytes = secret.as_bytes().escape_ascii().to_string();
    let redactor = hiding(&[secret]);
    for text in [&debug, &json, &nested, ascii, &bytes, "q\\\"u\\\\o\\nt\\t\\u{e9}\\u{1f600}"] {
        let clean = redactor.clean(text);
        assert!(clean.contains(MASK), "{text} became {clean}");
        assert!(!clean.contains("u\\"), "{text} became {clean}");
    }
    assert_eq!(redactor.clean(&json), "\"***\"");
    assert_eq!(redactor.clean(&nested), "\"{\\\"key\\\":\\\"***\\\"}\"");
}

#[test]
fn digits_of_other_alphabets_are_seen_through() {
    use base64::Engine;
    use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
    let secret = "hünter22?>/+ ~";
    let redactor = hiding(&[secret]);
    for before in ["", "u", "us", "use", "\0user\0", "user:"] {
        for behind in ["", "x", "@h", "end"] {
            let bytes = format!("{before}{secret}{behind}");
            let hex: String = bytes.bytes().map(|byte| format!("{byte:02x}")).collect();
            for digits in [STANDARD.encode(&bytes), URL_SAFE_NO_PAD.encode(&bytes), hex.to_uppercase(), hex] {
                let clean = redactor.clean(&format!("Basic {digits}, so it was")).into_owned();
                assert_eq!(clean, "Basic ***, so it was", "{digits}");
            }
            let escaped = STANDARD.encode(&bytes).replace('+', "%2B").replace('/', "%2F");
            assert_eq!(redactor.clean(&escaped).trim_end_matches('='), "***", "{escaped}");
        }
    }
    assert_eq!(redactor.clean("aMO8bnRlcg of another"), "aMO8bnRlcg of another");
}

#[test]
fn broken_escapes_are_left_alone() {
    let redactor = hiding(&["hunter22"]);
    for text in
        ["\\", "\\u", "\\u{", "\\u{110000}", "\\u{zzzzzzzzzz}", "\\ud800", "\\ud800\\u0041", "\\x", "\\xg0"]
    {
        assert_eq!(redactor.clean(text), text);
        assert_eq!(redactor.clean(&format!("{text} hunter22 {text}")), format!("{text} *** {text}"));
    }
}

#[test]
fn the_white_space_around_a_secret_is_not_part_of_it() {
    let redactor = hiding(&["  from-a-file\n"]);
    assert_eq!(redactor.clean("x=from-a-file;"), "x=***;");
}

#[test]
fn what_cannot_be_hidden_is_refused_with_a_name() {
    let redactor = Redactor::default();
    assert_eq!(redactor.hide("12345"), Err(NotHidden::TooShort));
    assert_eq!(redactor.hide(" 1234 "), Err(NotHidden::TooShort));
    assert_eq!(redactor.clean("12345"), "12345");
    assert_eq!(redactor.hide("123456"), Ok(()));
    assert_eq!(redactor.hide("123456"), Ok(()));
    assert_eq!(format!("{redactor:?}"), "Redactor(1 secrets)");
}

#[test]
fn the_set_has_a_limit() {
    let redactor = Redactor::default();
    // Building the search for each of thousands would take long, so the set is filled at once.
    let secrets = (0..SECRETS_MAX).map(|number| format!("secret-{number:05}")).collect();
    *redactor.0.write().unwrap() = std::sync::Arc::new(super::Patterns::of(secrets).unwrap());
    assert_eq!(redactor.hide("one-too-many"), Err(NotHidden::Full));
    assert_eq!(redactor.hide("secret-00007"), Ok(()));
    assert_eq!(redactor.clean("secret-00007 secret-04095"), "*** ***");
}

#[test]
fn clones_share_the_set() {
    let one = Redactor::default();
    let other = one.clone();
    one.hide("hunter22").unwrap();
    assert_eq!(other.clean("hunter22"), MASK);
}
