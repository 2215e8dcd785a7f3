use serde_json::{Value, json};

use super::{Kind, Rule, Unit};
use crate::config::masked::Hides;
use crate::config::yaml::Content;

const WHOLE: Kind = Kind::Integer { min: 1, max: 10 };
const MILLIS: Kind = Kind::Milliseconds { min: 1, max: 60_000 };
const WORDS: Kind = Kind::Choice(&["oldest", "newest", "block"]);
const URL: Kind = Kind::Url { schemes: &["sqlite", "postgres"], hides: Hides::Password };

const WEB: Kind = Kind::Url { schemes: &["http", "https"], hides: Hides::Path };

fn text(text: &str) -> Content {
    Content::Text(text.to_owned())
}

fn read(kind: Kind, content: &Content, unit: Unit) -> Result<Value, String> {
    kind.read(content, unit)
        .map_err(|wrong| format!("{}; {}; {}", wrong.what, wrong.allowed, wrong.mend.unwrap_or_default()))
}

#[test]
fn values_are_taken_within_their_bounds_and_refused_in_words() {
    let taken = [
        (WHOLE, Content::Integer(1), json!(1)),
        (WHOLE, Content::Integer(10), json!(10)),
        (Kind::Boolean, Content::Boolean(false), json!(false)),
        (Kind::AlwaysOn("so"), Content::Boolean(true), json!(true)),
        (WORDS, text("block"), json!("block")),
        (Kind::Decimal(&Rule::QUANTITY), Content::Number(10_000.0), json!("10000")),
        (Kind::Decimal(&Rule::QUANTITY), Content::Number(0.000_000_001), json!("0.000000001")),
        (Kind::Decimal(&Rule::QUANTITY), text("0.5"), json!("0.5")),
        (Kind::Decimal(&Rule::CASH), Content::Number(9_999_999_999_999.99), json!("9999999999999.99")),
        (Kind::Decimal(&Rule::CASH), text("99999999999999999.99"), json!("99999999999999999.99")),
        (Kind::Decimal(&Rule::CASH), Content::Integer(0), json!("0")),
        (URL, text(""), json!("")),
        (URL, text("sqlite:x.db"), json!("sqlite:x.db")),
        (URL, text("sqlite:///x.db"), json!("sqlite:///x.db")),
        (URL, text("postgres://h/x"), json!("postgres://h/x")),
        (WEB, text("https://h:8443/x?y"), json!("https://h:8443/x?y")),
        (URL, text("vault:kv/x#y"), json!("vault:kv/x#y")),
        (Kind::Secret(&Rule::PASSWORD), text("env:NAME"), json!("env:NAME")),
        (Kind::Foreign, Content::Mapping(Vec::new()), json!({})),
    ];
    for (kind, content, value) in taken {
        assert_eq!(read(kind, &content, Unit::Own), Ok(value), "{content:?}");
    }
    let refused = [
        (WHOLE, Content::Integer(0), "cannot be `0`; a whole number from 1 to 10; "),
        (WHOLE, Content::Integer(11), "cannot be `11`; a whole number from 1 to 10; "),
        (WHOLE, Content::Number(2.0), "cannot be `2.0`; a whole number from 1 to 10; "),
        (WHOLE, text("2"), "cannot be `2`; a whole number from 1 to 10; "),
        (WHOLE, Content::List(Vec::new()), "cannot be a list; a whole number from 1 to 10; "),
        (Kind::Boolean, text("on"), "cannot be `on`; true or false; did you mean `true`?"),
        (Kind::AlwaysOn("so"), Content::Boolean(false), "cannot be switched off: so; true; remove it"),
        (WORDS, text("oldset"), "cannot be `oldset`; oldest, newest or block; did you mean `oldest`?"),
        (WORDS, text("nothing"), "cannot be `nothing`; oldest, newest or block; "),
        (
            Kind::Text(&Rule::LOG_LEVEL),
            text("wran"),
            "cannot be `wran`; error, warn, info, debug, trace or off, alone or for a module as in info,engine=debug; did you mean `warn`?",
        ),
        (
            Kind::Text(&Rule::NAME),
            Content::Number(1.0),
            "cannot be `1.0`; a name; put it in quotes, so that it is a text",
        ),
        (
            Kind::Decimal(&Rule::QUANTITY),
            text("-1"),
            "cannot be `-1`; a number above 0 with at most 9 decimals; ",
        ),
        (
            Kind::Decimal(&Rule::CASH),
            Content::Number(99_999_999_999_999.99),
            "has more digits than are kept; an amount of 0 or more; put it in quotes: a number of YAML keeps 15 digits",
        ),
        (Kind::Texts(&Rule::ANY), text("x"), "cannot be `x`; a list, each any text; "),
        (Kind::Foreign, text("x"), "cannot be `x`; a mapping; "),
    ];
    for (kind, content, words) in refused {
        assert_eq!(read(kind, &content, Unit::Own), Err(words.to_owned()), "{content:?}");
    }
}

#[test]
fn an_empty_value_says_what_to_do() {
    let words = read(WHOLE, &Content::Null, Unit::Own).unwrap_err();
    assert!(words.starts_with("has no value; ") && words.contains("in quotes"), "{words}");
}

#[test]
fn seconds_become_whole_milliseconds_within_the_same_bounds() {
    let taken = [
        (Content::Integer(60), 60_000),
        (Content::Number(1.5), 1_500),
        (Content::Number(0.001), 1),
        (text("2.5"), 2_500),
    ];
    for (content, milliseconds) in taken {
        assert_eq!(read(MILLIS, &content, Unit::Seconds), Ok(json!(milliseconds)), "{content:?}");
    }
    let beyond = [
        Content::Number(0.000_4),
        Content::Number(60.001),
        Content::Number(-1.0),
        Content::Number(f64::NAN),
        Content::Number(f64::INFINITY),
        Content::Number(1e300),
        Content::Integer(i64::MAX),
        text("soon"),
    ];
    for content in beyond {
        let words = read(MILLIS, &content, Unit::Seconds).unwrap_err();
        assert!(words.contains("seconds from 0.001 to 60; "), "{content:?} {words}");
    }
    assert!(read(MILLIS, &Content::Number(1.5), Unit::Own).is_err());
}

#[test]
fn what_is_wrong_with_a_secret_is_said_without_it() {
    for kind in [Kind::Secret(&Rule::PASSWORD), URL] {
        for content in
            [text("hunter2"), Content::Integer(72_072), Content::Number(720.72), Content::List(Vec::new())]
        {
            let words = read(kind, &content, Unit::Own).unwrap_err();
            assert!(!words.contains("hunter2") && !words.contains("720"), "{words}");
        }
    }
}

#[test]
fn an_address_that_nobody_can_call_is_none() {
    let webs = ["http://", "http://h:99999", "https://h h", "https:///x", "ftp://h", "h:80"];
    let files = ["sqlite:", "sqlite://", "sqlite:///", "postgres://", "postgres:///x", "postgres:h"];
    for (kind, addresses) in [(WEB, webs), (URL, files)] {
        // Who wants encryption must hear that there is none.
        assert!(
            read(Kind::Url { schemes: &["redis"], hides: Hides::Password }, &text("rediss://h"), Unit::Own)
                .is_err()
        );
        for address in addresses {
            assert!(read(kind, &text(address), Unit::Own).is_err(), "{address}");
        }
    }
}

#[test]
fn a_reference_that_is_none_is_refused_without_it() {
    for text in ["env:2hunter", "file:hunter2", "vault:hunter2", "aws:"] {
        let words =
            read(Kind::Secret(&Rule::SECRET), &Content::Text(text.to_owned()), Unit::Own).unwrap_err();
        assert!(words.contains("is written ") && !words.contains("hunter"), "{words}");
    }
    let literal = Content::Text("literal:env:this is the value".to_owned());
    assert!(read(Kind::Secret(&Rule::SECRET), &literal, Unit::Own).is_ok());
}

#[test]
fn text_of_a_variable_is_read_as_its_kind() {
    for (kind, given, value) in [
        (WHOLE, " 7 ", json!(7)),
        (Kind::Boolean, "true", json!(true)),
        (WORDS, "block\n", json!("block")),
        (Kind::Decimal(&Rule::QUANTITY), "10.5", json!("10.5")),
        (Kind::Secret(&Rule::SECRET), " keeps its space ", json!(" keeps its space ")),
    ] {
        assert_eq!(read(kind, &kind.content_of(given), Unit::Own), Ok(value), "{given}");
    }
    assert!(read(WHOLE, &WHOLE.content_of("lots"), Unit::Own).unwrap_err().starts_with("cannot be `lots`; "));
}

#[test]
fn texts_are_what_their_rules_say() {
    let (longest, too_long) = ("n".repeat(64), "n".repeat(65));
    let (longest_password, too_long_password) = ("p".repeat(71), "p".repeat(72));
    let rules: [(&Rule, &[&str], &[&str]); 9] = [
        (&Rule::USERNAME, &["a", "é b", &longest], &["", " a", "a ", "a\tb", &too_long]),
        (
            &Rule::PASSWORD,
            &["éééééééééééé", &longest_password],
            // Twelve bytes and more, but not as many characters.
            &["", "ééééééééé", "elevenchars", &too_long_password],
        ),
        (
            &Rule::ADDRESS,
            &["127.0.0.1:80", "[::1]:80"],
            &["", "localhost:80", "127.0.0.1", "127.0.0.1:99999"],
        ),
        (&Rule::SERVERS, &["", "kafka:9092", "a:1, b:2"], &["kafka", "kafka:", ":9092", "a:1,", "a:0"]),
        (&Rule::HOST, &["", "db", "10.0.0.1", "[::1]"], &["db:1", "u@db", "db/x", "a b"]),
        (
            &Rule::LOG_LEVEL,
            &["info", "DEBUG", "info,engine=debug", "off"],
            &["", "loud", "engine", "info,engine=loud", "info,engine[=debug", "info,"],
        ),
        (&Rule::PATTERN, &["database", "feed:*", "*"], &["", "a*b", "**"]),
        (&Rule::EMAIL, &["", "a@b"], &["a", "@b", "a@"]),
        (&Rule::SHARE, &["0.05", "1"], &["0", "1.1", "-0.1", "5%"]),
    ];
    for (rule, fit, unfit) in rules {
        for text in fit {
            assert!((rule.holds)(text), "{text} is {}", rule.allowed);
        }
        for text in unfit {
            assert!(!(rule.holds)(text), "{text} is not {}", rule.allowed);
        }
    }
}
