use serde_json::Value as Json;
use tracing::Level;

use super::super::line::{Fields, Line, Value};
use super::super::stamp::Stamp;
use super::{json, pretty};

/// A moment to tell by its digits: 2024-02-29 12:34:56.789.
const LEAP_DAY: Stamp = Stamp::new(1_709_210_096_789);

fn line(message: &str, fields: &[(&'static str, Value)]) -> Line {
    let mut all = Fields::default();
    fields.iter().for_each(|(name, value)| all.set(name, value.clone()));
    Line { time: LEAP_DAY, level: Level::WARN, target: "part", message: message.to_owned(), fields: all }
}

fn text(words: &str) -> Value {
    Value::Text(words.to_owned())
}

/// What a terminal, a pager or a reader of lines would obey.
const OBEYED: &str = "\n\r\t\x1b[31m\x07\x08\x7f\u{85}\u{9b}31m\u{2028}\u{2029}\u{202e}\u{2066}\u{200f}\0";

/// Whether something of that is left as it is.
fn is_obeyed(shown: &str) -> bool {
    OBEYED.chars().filter(|character| !character.is_ascii_graphic()).any(|order| shown.contains(order))
}

#[test]
fn json_is_flat_with_time_level_target_and_message_first() {
    let line = line("hello", &[("request_id", text("r-1")), ("count", Value::Unsigned(3))]);
    assert_eq!(
        json(&line),
        "{\"time\":\"2024-02-29T12:34:56.789Z\",\"level\":\"WARN\",\"target\":\"part\",\"message\":\"hello\",\
         \"request_id\":\"r-1\",\"count\":3}"
    );
}

#[test]
fn json_escapes_what_terminals_obey_and_reads_back_the_same() {
    let shown = json(&line(OBEYED, &[("field", text(OBEYED)), ("plain", text("é😀\"\\/"))]));
    assert!(!is_obeyed(&shown), "{shown:?}");
    let read: Json = serde_json::from_str(&shown).unwrap();
    assert_eq!(read["message"], OBEYED);
    assert_eq!(read["field"], OBEYED);
    assert_eq!(read["plain"], "é😀\"\\/");
}

#[test]
fn text_for_people_is_one_line_whatever_is_in_it() {
    let shown = pretty(&line(OBEYED, &[("field", text(OBEYED))]), false);
    assert!(!is_obeyed(&shown), "{shown:?}");
    assert!(shown.contains("\\n\\r\\t\\u{1b}[31m\\u{7}"), "{shown}");
}

#[test]
fn text_for_people_has_names_and_values() {
    let line = line(
        "order accepted",
        &[
            ("order_id", text("o-1")),
            ("why", text("two words")),
            ("forged", text("x level=ERROR")),
            ("alone", text("a=b")),
            ("quoted", text("say \"hi\" \\ bye")),
            ("empty", text("")),
            ("count", Value::Signed(-3)),
            ("whole", Value::Flag(false)),
            ("share", Value::Float(0.25)),
        ],
    );
    assert_eq!(
        pretty(&line, false),
        "2024-02-29T12:34:56.789Z  WARN order accepted order_id=o-1 why=\"two words\" forged=\"x level=ERROR\" \
         alone=\"a=b\" quoted=\"say \\\"hi\\\" \\\\ bye\" empty=\"\" count=-3 whole=false share=0.25"
    );
}

#[test]
fn colours_are_ours_alone() {
    let shown = pretty(&line("\x1b[0m", &[]), true);
    assert_eq!(shown, "\x1b[2m2024-02-29T12:34:56.789Z\x1b[0m \x1b[33m WARN\x1b[0m \\u{1b}[0m");
}

#[test]
fn the_calendar_is_right() {
    for (milliseconds, expected) in [
        (0, "1970-01-01T00:00:00.000Z"),
        (951_782_399_999, "2000-02-28T23:59:59.999Z"),
        (951_782_400_000, "2000-02-29T00:00:00.000Z"),
        (951_868_800_000, "2000-03-01T00:00:00.000Z"),
        (1_735_689_599_001, "2024-12-31T23:59:59.001Z"),
        (1_735_689_600_000, "2025-01-01T00:00:00.000Z"),
        (4_107_542_400_000, "2100-03-01T00:00:00.000Z"),
        (4_107_456_000_000, "2100-02-28T00:00:00.000Z"),
    ] {
        assert_eq!(Stamp::new(milliseconds).to_string(), expected);
    }
}
