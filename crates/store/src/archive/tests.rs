use proptest::prelude::*;

use super::{Column, Fields, Kind, Table, check_names, is_decimal, push_text, trimmed, unescaped};

proptest! {
    #[test]
    fn any_text_comes_back(texts in prop::collection::vec(".*", 1..4)) {
        let mut line = Vec::new();
        for (place, text) in texts.iter().enumerate() {
            if place > 0 {
                line.push(b'\t');
            }
            push_text(&mut line, text.as_bytes());
        }
        prop_assert!(!line.contains(&b'\n'));
        let back: Vec<String> = Fields::of(&line).map(|field| unescaped(field.unwrap()).unwrap()).collect();
        prop_assert_eq!(back, texts);
    }
}

#[test]
fn nothing_is_not_the_text_that_looks_like_it() {
    let mut line = Vec::new();
    push_text(&mut line, b"\\N");
    assert_eq!(line, b"\\\\N");
    assert_eq!(Fields::of(b"\\N\t\\\\N").collect::<Vec<_>>(), [None, Some(b"\\\\N".as_slice())]);
    assert!(unescaped(b"\\x").is_err());
    assert!(unescaped(b"end\\").is_err());
}

#[test]
fn zeros_that_say_nothing_go() {
    for (long, short) in [("1.500", "1.5"), ("2.000", "2"), ("100", "100"), ("-0.10", "-0.1"), ("0", "0")] {
        assert_eq!(trimmed(long.as_bytes()), short.as_bytes());
    }
}

#[test]
fn a_decimal_is_digits() {
    for good in ["0", "-1", "12.5", "-0.000000001"] {
        assert!(is_decimal(good.as_bytes()), "{good}");
    }
    for bad in ["", "-", "1.", ".5", "1e3", "NaN", "1.2.3", "1,5", "+1", "--1"] {
        assert!(!is_decimal(bad.as_bytes()), "{bad}");
    }
}

#[test]
fn only_names_go_into_statements() {
    let table = |name: &str, column: &str| Table {
        name: name.to_owned(),
        columns: vec![Column { name: column.to_owned(), kind: Kind::Text }],
        key: vec![column.to_owned()],
    };
    check_names(&[table("meta", "key_2")]).unwrap();
    for (name, column) in [("meta; DROP TABLE users", "key"), ("meta", "key)"), ("", "key"), ("Meta", "key")]
    {
        check_names(&[table(name, column)]).unwrap_err();
    }
    check_names(&[Table { key: Vec::new(), ..table("meta", "key") }]).unwrap_err();
}
