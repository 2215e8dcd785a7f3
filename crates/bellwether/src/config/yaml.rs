//! YAML with the place of every key and value.

use std::fmt::Formatter;
use std::sync::Arc;

use serde::de::{Deserialize, Deserializer, MapAccess, SeqAccess, Visitor};
use serde_json::{Number, Value};
use serde_saphyr::{DuplicateKeyPolicy, Location, Spanned};

use super::fault::Fault;
use super::place::Place;

/// A value and where it was given.
#[derive(Debug, Clone)]
pub(super) struct Node {
    pub(super) place: Place,
    pub(super) content: Content,
}

#[derive(Debug, Clone)]
pub(super) enum Content {
    Null,
    Boolean(bool),
    Integer(i64),
    Number(f64),
    Text(String),
    List(Vec<Node>),
    /// As written: keys may come twice.
    Mapping(Vec<Entry>),
}

#[derive(Debug, Clone)]
pub(super) struct Entry {
    pub(super) key: String,
    /// Of the key.
    pub(super) place: Place,
    pub(super) node: Node,
}

impl Node {
    /// One value that is not from a file.
    pub(super) const fn new(content: Content, place: Place) -> Self {
        Self { place, content }
    }
}

impl Content {
    /// The same without places.
    pub(super) fn to_json(&self) -> Value {
        match self {
            Self::Null => Value::Null,
            Self::Boolean(value) => Value::Bool(*value),
            Self::Integer(value) => Value::from(*value),
            Self::Number(value) => Number::from_f64(*value).map_or(Value::Null, Value::Number),
            Self::Text(text) => Value::String(text.clone()),
            Self::List(items) => items.iter().map(|item| item.content.to_json()).collect(),
            Self::Mapping(entries) => {
                entries.iter().map(|entry| (entry.key.clone(), entry.node.content.to_json())).collect()
            }
        }
    }
}

/// Reads a document of a file.
pub(super) fn read_file(text: &str, file: &str) -> Result<Node, Fault> {
    let file: Arc<str> = file.into();
    let place = |location: Location| Place::File {
        file: Arc::clone(&file),
        line: location.line(),
        column: location.column(),
    };
    parse(text).map(|raw| placed(raw, &place)).map_err(|error| {
        let location = error.location().unwrap_or(Location::UNKNOWN);
        let (what, mend) = describe(&error, text, location);
        Fault::new(&place(location), "", what).mended_by(mend)
    })
}

/// Reads a document that a variable or a flag holds: everything in it has the place of the whole.
pub(super) fn read_text(text: &str, place: &Place) -> Result<Node, String> {
    parse(text)
        .map(|raw| placed(raw, &|_| place.clone()))
        .map_err(|error| describe(&error, "", Location::UNKNOWN).0)
}

fn parse(text: &str) -> Result<Spanned<Raw>, serde_saphyr::Error> {
    let options = serde_saphyr::options! {
        strict_booleans: true,
        // Every one of them is to be reported, not only the first: see the walk over the layers.
        duplicate_keys: DuplicateKeyPolicy::LastWins,
        with_snippet: false,
    };
    serde_saphyr::from_str_with_options(text, options)
}

/// What the parser says, and the line it says it of.
fn describe(error: &serde_saphyr::Error, text: &str, location: Location) -> (String, String) {
    let words = error.to_string();
    let words = words.split(" at line ").next().unwrap_or_default();
    let line = usize::try_from(location.line())
        .ok()
        .and_then(|line| text.lines().nth(line.checked_sub(1)?))
        .unwrap_or_default();
    let mend = "check the indentation, and put text with special characters in quotes".to_owned();
    match shown(line) {
        Some("") => (format!("is no valid YAML: {words}"), mend),
        Some(line) => (format!("is no valid YAML: {words}: `{line}`"), mend),
        None => ("is no valid YAML (the line is not shown, it may hold a secret)".to_owned(), mend),
    }
}

/// The line if it cannot hold a secret: it names a key, and none of its words is one that secrets go by.
fn shown(line: &str) -> Option<&str> {
    const TELLING: [&str; 8] = ["pass", "secret", "token", "key", "url", "credential", "user", "auth"];
    let line = line.trim();
    let lower = line.to_lowercase();
    let is_open = line.contains(':') && !TELLING.iter().any(|word| lower.contains(word));
    (is_open || line.is_empty()).then_some(line)
}

enum Raw {
    Null,
    Boolean(bool),
    Integer(i64),
    Number(f64),
    Text(String),
    List(Vec<Spanned<Self>>),
    Mapping(Vec<(Spanned<String>, Spanned<Self>)>),
}

fn placed(raw: Spanned<Raw>, place: &dyn Fn(Location) -> Place) -> Node {
    let content = match raw.value {
        Raw::Null => Content::Null,
        Raw::Boolean(value) => Content::Boolean(value),
        Raw::Integer(value) => Content::Integer(value),
        Raw::Number(value) => Content::Number(value),
        Raw::Text(text) => Content::Text(text),
        Raw::List(items) => Content::List(items.into_iter().map(|item| placed(item, place)).collect()),
        Raw::Mapping(entries) => Content::Mapping(
            entries
                .into_iter()
                .map(|(key, node)| Entry {
                    place: place(key.referenced),
                    key: key.value,
                    node: placed(node, place),
                })
                .collect(),
        ),
    };
    Node { place: place(raw.referenced), content }
}

impl<'de> Deserialize<'de> for Raw {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(RawVisitor)
    }
}

struct RawVisitor;

impl<'de> Visitor<'de> for RawVisitor {
    type Value = Raw;

    fn expecting(&self, formatter: &mut Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("a YAML value")
    }

    fn visit_unit<E>(self) -> Result<Raw, E> {
        Ok(Raw::Null)
    }

    fn visit_bool<E>(self, value: bool) -> Result<Raw, E> {
        Ok(Raw::Boolean(value))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Raw, E> {
        Ok(Raw::Integer(value))
    }

    /// No setting takes a number past the range of `i64`; as text it is refused where it is checked.
    fn visit_u64<E>(self, value: u64) -> Result<Raw, E> {
        Ok(i64::try_from(value).map_or_else(|_| Raw::Text(value.to_string()), Raw::Integer))
    }

    fn visit_f64<E>(self, value: f64) -> Result<Raw, E> {
        Ok(Raw::Number(value))
    }

    fn visit_str<E>(self, text: &str) -> Result<Raw, E> {
        Ok(Raw::Text(text.to_owned()))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut access: A) -> Result<Raw, A::Error> {
        let mut items = Vec::new();
        while let Some(item) = access.next_element()? {
            items.push(item);
        }
        Ok(Raw::List(items))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut access: A) -> Result<Raw, A::Error> {
        let mut entries = Vec::new();
        while let Some(entry) = access.next_entry()? {
            entries.push(entry);
        }
        Ok(Raw::Mapping(entries))
    }
}

#[cfg(test)]
mod tests;
