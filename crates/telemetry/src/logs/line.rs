#[cfg(test)]
mod tests;

use serde::ser::{Serialize, SerializeMap, Serializer};
use tracing::Level;

use super::stamp::Stamp;
use crate::redact::Redactor;

/// What stands behind a text that was longer than there was room for.
const CUT_MARK: char = '…';

/// One line of the log.
#[derive(Debug, Clone)]
pub struct Line {
    pub time: Stamp,
    pub level: Level,
    /// The module that logged it, or the target it was logged to.
    pub target: &'static str,
    pub message: String,
    /// The event's fields and those of the spans around it; the innermost of a name counts.
    pub fields: Fields,
}

/// Named values, each name once, in the order they came.
#[derive(Debug, Clone, Default)]
pub struct Fields(Vec<(&'static str, Value)>);

/// The value of a field.
#[derive(Debug, Clone, PartialEq)]
pub enum Value {
    Flag(bool),
    Signed(i64),
    Unsigned(u64),
    Float(f64),
    Text(String),
}

impl Fields {
    /// Adds the field, in the place of one of this name.
    pub fn set(&mut self, name: &'static str, value: Value) {
        match self.0.iter_mut().find(|(known, _)| *known == name) {
            Some((_, old)) => *old = value,
            None => self.0.push((name, value)),
        }
    }

    /// Takes the other fields in; they count more than those of the same name here.
    pub fn overlay(&mut self, other: &Self) {
        for (name, value) in other.iter() {
            self.set(name, value.clone());
        }
    }

    /// Takes the other fields in where there is none of that name.
    pub fn underlay(&mut self, other: &Self) {
        for (name, value) in other.iter() {
            if self.get(name).is_none() {
                self.0.push((name, value.clone()));
            }
        }
    }

    #[must_use]
    pub fn get(&self, name: &str) -> Option<&Value> {
        self.iter().find(|(known, _)| *known == name).map(|(_, value)| value)
    }

    pub fn iter(&self) -> impl Iterator<Item = (&'static str, &Value)> {
        self.0.iter().map(|(name, value)| (*name, value))
    }

    #[must_use]
    pub fn len(&self) -> usize {
        self.0.len()
    }

    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl Line {
    /// Takes the secrets out.
    pub(super) fn clean(&mut self, redactor: &Redactor) {
        clean(&mut self.message, redactor);
        for (_, value) in &mut self.fields.0 {
            value.clean(redactor);
        }
    }

    /// Shortens the texts to so many bytes each.
    pub(super) fn shorten(&mut self, text_max: usize) {
        shorten(&mut self.message, text_max);
        for (_, value) in &mut self.fields.0 {
            if let Value::Text(text) = value {
                shorten(text, text_max);
            }
        }
    }
}

impl Value {
    fn clean(&mut self, redactor: &Redactor) {
        let shown = match self {
            Self::Text(text) => return clean(text, redactor),
            Self::Flag(_) => return,
            Self::Signed(number) => number.to_string(),
            Self::Unsigned(number) => number.to_string(),
            Self::Float(number) => number.to_string(),
        };
        // A secret may be a number.
        if redactor.is_dirty(&shown) {
            *self = Self::Text(redactor.clean(&shown).into_owned());
        }
    }
}

fn clean(text: &mut String, redactor: &Redactor) {
    if let std::borrow::Cow::Owned(clean) = redactor.clean(text) {
        *text = clean;
    }
}

fn shorten(text: &mut String, text_max: usize) {
    if text.len() > text_max {
        text.truncate(text.floor_char_boundary(text_max.saturating_sub(CUT_MARK.len_utf8())));
        text.push(CUT_MARK);
    }
}

/// As the page gets it: the fields apart.
impl Serialize for Line {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(5))?;
        map.serialize_entry("time", &self.time)?;
        map.serialize_entry("level", self.level.as_str())?;
        map.serialize_entry("target", self.target)?;
        map.serialize_entry("message", &self.message)?;
        map.serialize_entry("fields", &self.fields)?;
        map.end()
    }
}

impl Serialize for Fields {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.iter())
    }
}

impl Serialize for Value {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Flag(flag) => serializer.serialize_bool(*flag),
            Self::Signed(number) => serializer.serialize_i64(*number),
            Self::Unsigned(number) => serializer.serialize_u64(*number),
            Self::Float(number) if number.is_finite() => serializer.serialize_f64(*number),
            // JSON has no word for them.
            Self::Float(number) => serializer.collect_str(number),
            Self::Text(text) => serializer.serialize_str(text),
        }
    }
}
