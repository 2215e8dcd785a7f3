use serde_json::json;
use tracing::Level;

use super::super::stamp::Stamp;
use super::{Fields, Line, Value};
use crate::redact::Redactor;

fn fields(table: &[(&'static str, &str)]) -> Fields {
    let mut fields = Fields::default();
    for (name, text) in table {
        fields.set(name, Value::Text((*text).to_owned()));
    }
    fields
}

fn line(message: &str, fields: Fields) -> Line {
    Line { time: Stamp::new(0), level: Level::INFO, target: "part", message: message.to_owned(), fields }
}

#[test]
fn a_name_stands_once() {
    let mut inner = fields(&[("a", "1"), ("a", "2"), ("b", "3")]);
    assert_eq!((inner.len(), inner.get("a")), (2, Some(&Value::Text("2".to_owned()))));
    let outer = fields(&[("b", "outer"), ("c", "outer")]);
    inner.underlay(&outer);
    assert_eq!(serde_json::to_value(&inner).unwrap(), json!({ "a": "2", "b": "3", "c": "outer" }));
    inner.overlay(&outer);
    assert_eq!(serde_json::to_value(&inner).unwrap(), json!({ "a": "2", "b": "outer", "c": "outer" }));
}

#[test]
fn the_page_gets_the_fields_apart() {
    let mut fields = Fields::default();
    for (name, value) in [
        ("flag", Value::Flag(true)),
        ("below", Value::Signed(-1)),
        ("count", Value::Unsigned(u64::MAX)),
        ("share", Value::Float(0.5)),
        ("none", Value::Float(f64::NAN)),
        ("words", Value::Text("a b".to_owned())),
    ] {
        fields.set(name, value);
    }
    assert_eq!(
        serde_json::to_value(line("hello", fields)).unwrap(),
        json!({
            "time": "1970-01-01T00:00:00.000Z", "level": "INFO", "target": "part", "message": "hello",
            "fields": {
                "flag": true, "below": -1, "count": u64::MAX, "share": 0.5, "none": "NaN", "words": "a b",
            },
        })
    );
}

#[test]
fn secrets_go_out_of_words_and_numbers() {
    let redactor = Redactor::default();
    redactor.hide("hunter22").unwrap();
    redactor.hide("12345678").unwrap();
    let mut fields = fields(&[("password", "is hunter22"), ("other", "fine")]);
    fields.set("pin", Value::Unsigned(12_345_678));
    fields.set("change", Value::Signed(-12_345_678));
    fields.set("share", Value::Float(12_345_678.5));
    fields.set("year", Value::Unsigned(2_026));
    let mut line = line("hunter22 logged in", fields);
    line.clean(&redactor);
    assert_eq!(line.message, "*** logged in");
    assert_eq!(
        serde_json::to_value(&line.fields).unwrap(),
        json!({
            "password": "is ***", "other": "fine", "pin": "***", "change": "-***", "share": "***.5", "year": 2_026,
        })
    );
}

#[test]
fn long_texts_are_shortened_between_letters() {
    let mut line = line("0123456789", fields(&[("long", "ééééé"), ("short", "éé")]));
    line.shorten(8);
    assert_eq!(line.message, "01234…");
    assert_eq!(serde_json::to_value(&line.fields).unwrap(), json!({ "long": "éé…", "short": "éé" }));
    line.shorten(0);
    assert_eq!(line.message, "…");
}
