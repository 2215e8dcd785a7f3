//! What a setting may be: read from a document or from text, refused in words, described for editors.

mod rule;
mod schema;

pub(super) use rule::Rule;

use secrets::SecretRef;
use serde_json::Value;

use super::masked::{Hides, hide, hide_url, reference};
use super::suggest::nearest;
use super::yaml::Content;

/// Characters of a wrong value that a message repeats.
const SHOWN_MAX: usize = 60;

#[derive(Debug, Clone, Copy)]
pub(crate) enum Kind {
    Integer {
        min: i64,
        max: i64,
    },
    Milliseconds {
        min: i64,
        max: i64,
    },
    Boolean,
    /// A switch that cannot be switched off, and why.
    AlwaysOn(&'static str),
    Choice(&'static [&'static str]),
    Text(&'static Rule),
    /// An exact number, kept as text.
    Decimal(&'static Rule),
    /// `scheme:rest`; may be empty. Its password is never shown.
    Url {
        schemes: &'static [&'static str],
        hides: Hides,
    },
    Secret(&'static Rule),
    /// A list of texts, each by the rule.
    Texts(&'static Rule),
    /// A list of mappings; their fields are settings of their own. The walk over the layers reads it.
    Records,
    /// A mapping whose inside belongs to another crate; it is checked with the whole.
    Foreign,
}

/// In what a documented name gives its number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Unit {
    Own,
    /// Seconds, with decimals, where the setting itself counts milliseconds.
    Seconds,
}

/// Why a value cannot be taken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Wrong {
    pub(super) what: String,
    pub(super) allowed: String,
    /// A mend that is better than to take the default.
    pub(super) mend: Option<String>,
}

impl Kind {
    /// The value as the typed configuration wants it.
    pub(super) fn read(&self, content: &Content, unit: Unit) -> Result<Value, Wrong> {
        let refuse = |what: String| Wrong { what, allowed: self.allowed(unit), mend: None };
        match (self, content) {
            (_, Content::Null) => Err(Wrong {
                mend: Some(
                    "give it a value, in quotes if it begins with one of ! & * # @ %, or remove it"
                        .to_owned(),
                ),
                ..refuse("has no value".to_owned())
            }),
            (Self::Integer { min, max }, Content::Integer(value)) if (min..=max).contains(&value) => {
                Ok(Value::from(*value))
            }
            (Self::Milliseconds { min, max }, _) => milliseconds(content, unit)
                .filter(|value| (*min..=*max).contains(value))
                .map(Value::from)
                .ok_or_else(|| refuse(self.is_not(content))),
            (Self::Boolean, Content::Boolean(value)) => Ok(Value::Bool(*value)),
            (Self::AlwaysOn(_), Content::Boolean(true)) => Ok(Value::Bool(true)),
            (Self::AlwaysOn(reason), Content::Boolean(false)) => Err(Wrong {
                what: format!("cannot be switched off: {reason}"),
                allowed: "true".to_owned(),
                mend: Some("remove it".to_owned()),
            }),
            (Self::Choice(words), Content::Text(text)) => match words.iter().find(|word| **word == text) {
                Some(word) => Ok(Value::from(*word)),
                None => Err(Wrong { mend: did_you_mean(text, words), ..refuse(self.is_not(content)) }),
            },
            (Self::Text(rule), Content::Text(text)) => match (rule.holds)(text) {
                true => Ok(Value::from(text.as_str())),
                false => Err(Wrong { mend: did_you_mean(text, rule.words), ..refuse(self.is_not(content)) }),
            },
            (Self::Decimal(_), Content::Number(value)) if !keeps_every_digit(*value) => Err(Wrong {
                mend: Some("put it in quotes: a number of YAML keeps 15 digits".to_owned()),
                ..refuse("has more digits than are kept".to_owned())
            }),
            (Self::Decimal(rule), Content::Text(_) | Content::Integer(_) | Content::Number(_)) => {
                let text = plain(content);
                if (rule.holds)(&text) { Ok(Value::from(text)) } else { Err(refuse(self.is_not(content))) }
            }
            (Self::Url { .. } | Self::Secret(_), Content::Text(text)) if reference(text).is_some() => {
                match SecretRef::parse(text) {
                    Ok(_) => Ok(Value::from(text.as_str())),
                    Err(error) => Err(Wrong {
                        what: format!("cannot be what is given (not shown): {error}"),
                        mend: Some("write the whole reference, or literal: before the value".to_owned()),
                        ..refuse(String::new())
                    }),
                }
            }
            (Self::Url { schemes, .. }, Content::Text(text)) if is_url(text, schemes) => {
                Ok(Value::from(text.as_str()))
            }
            (Self::Secret(rule), Content::Text(text)) if rule.admits(text) => Ok(Value::from(text.as_str())),
            (Self::Texts(rule), Content::List(items)) => {
                let is_wrong =
                    |content: &&Content| !matches!(content, Content::Text(text) if (rule.holds)(text));
                match items.iter().map(|item| &item.content).find(is_wrong) {
                    None => Ok(content.to_json()),
                    Some(item) => Err(refuse(format!("cannot hold `{}`", shortened(&plain(item))))),
                }
            }
            (Self::Foreign, Content::Mapping(_)) => Ok(content.to_json()),
            _ => Err(self.refuse_kind(content, unit)),
        }
    }

    /// The content that `text` of a variable or a flag stands for.
    pub(super) fn content_of(&self, text: &str) -> Content {
        let trimmed = text.trim();
        let read = match self {
            Self::Integer { .. } | Self::Milliseconds { .. } => trimmed.parse().ok().map(Content::Integer),
            Self::Boolean | Self::AlwaysOn(_) => trimmed.parse().ok().map(Content::Boolean),
            Self::Choice(_) | Self::Decimal(_) => Some(Content::Text(trimmed.to_owned())),
            _ => None,
        };
        read.unwrap_or_else(|| Content::Text(text.to_owned()))
    }

    /// What may be written, in words.
    pub(crate) fn allowed(&self, unit: Unit) -> String {
        match self {
            Self::Integer { min, max } => format!("a whole number from {min} to {}", bound(*max)),
            Self::Milliseconds { min, max } if unit == Unit::Seconds => {
                format!("seconds from {} to {}", seconds(*min), seconds(*max))
            }
            Self::Milliseconds { min, max } => format!("whole milliseconds from {min} to {}", bound(*max)),
            Self::Boolean => "true or false".to_owned(),
            Self::AlwaysOn(_) => "true".to_owned(),
            Self::Choice(words) => any_of(words),
            Self::Text(rule) | Self::Decimal(rule) => rule.allowed.to_owned(),
            Self::Secret(rule) => format!("{}, or env:, file:, vault: or aws: and its place", rule.allowed),
            Self::Url { schemes, .. } => format!("empty, or an address that begins with {}", any_of(schemes)),
            Self::Texts(rule) => format!("a list, each {}", rule.allowed),
            Self::Records => "a list of mappings".to_owned(),
            Self::Foreign => "a mapping".to_owned(),
        }
    }

    /// Whether the value must never be seen as it is.
    pub(crate) const fn is_secret(&self) -> bool {
        matches!(self, Self::Secret(_) | Self::Url { .. })
    }

    /// The value as people may see it.
    pub(super) fn shown(&self, value: &Value) -> String {
        match (self, value) {
            (Self::Secret(_), Value::String(text)) => hide(text),
            (Self::Url { hides, .. }, Value::String(text)) => hide_url(text, *hides),
            (_, Value::String(text)) => text.clone(),
            (_, other) => other.to_string(),
        }
    }

    fn is_not(&self, content: &Content) -> String {
        if self.is_secret() {
            return "cannot be what is given (not shown)".to_owned();
        }
        match content {
            Content::List(_) => "cannot be a list".to_owned(),
            Content::Mapping(_) => "cannot be a mapping".to_owned(),
            Content::Number(value) => format!("cannot be `{value:?}`"),
            _ => format!("cannot be `{}`", shortened(&plain(content))),
        }
    }

    /// Says what a person most likely did.
    fn refuse_kind(&self, content: &Content, unit: Unit) -> Wrong {
        let mend = match (self, content) {
            (Self::Boolean, Content::Text(text)) => {
                boolean_meant(text).map(|word| format!("did you mean `{word}`?"))
            }
            (
                Self::Text(_) | Self::Secret(_) | Self::Url { .. },
                Content::Integer(_) | Content::Number(_) | Content::Boolean(_),
            ) => Some("put it in quotes, so that it is a text".to_owned()),
            _ => None,
        };
        Wrong { what: self.is_not(content), allowed: self.allowed(unit), mend }
    }
}

/// Whole milliseconds, from milliseconds or from seconds with decimals.
fn milliseconds(content: &Content, unit: Unit) -> Option<i64> {
    match (unit, content) {
        (Unit::Own, Content::Integer(value)) => Some(*value),
        (Unit::Seconds, Content::Integer(value)) => value.checked_mul(1_000),
        (Unit::Seconds, Content::Number(value)) => format!("{:.0}", value * 1_000.0).parse().ok(),
        (Unit::Seconds, Content::Text(text)) => {
            let value: f64 = text.trim().parse().ok()?;
            format!("{:.0}", value * 1_000.0).parse().ok()
        }
        _ => None,
    }
}

/// Whether the number can be what was written. Up to 15 digits come back from a float as they went in; a float that
/// needs more to be told from its neighbours was written with more, and rounded.
fn keeps_every_digit(value: f64) -> bool {
    let shortest = format!("{value:e}");
    let mantissa = shortest.split('e').next().unwrap_or_default();
    mantissa.bytes().filter(u8::is_ascii_digit).count() <= 15
}

fn seconds(milliseconds: i64) -> String {
    let (whole, rest) = (milliseconds / 1_000, milliseconds % 1_000);
    if rest == 0 { whole.to_string() } else { format!("{whole}.{rest:03}") }
}

/// A bound that only the type sets is no bound worth a number.
fn bound(max: i64) -> String {
    if max == i64::MAX { "as much as it takes".to_owned() } else { max.to_string() }
}

fn any_of(words: &[&str]) -> String {
    match words {
        [] => String::new(),
        [only] => (*only).to_owned(),
        [first @ .., last] => format!("{} or {last}", first.join(", ")),
    }
}

fn plain(content: &Content) -> String {
    match content {
        Content::Boolean(value) => value.to_string(),
        Content::Integer(value) => value.to_string(),
        Content::Number(value) => value.to_string(),
        Content::Text(text) => text.clone(),
        Content::Null | Content::List(_) | Content::Mapping(_) => String::new(),
    }
}

fn did_you_mean(text: &str, words: &[&str]) -> Option<String> {
    nearest(text, words.iter().copied()).map(|word| format!("did you mean `{word}`?"))
}

fn shortened(text: &str) -> String {
    match text.char_indices().nth(SHOWN_MAX) {
        Some((at, _)) => format!("{}…", &text[..at]),
        None => text.to_owned(),
    }
}

/// What other programs call true and false.
fn boolean_meant(text: &str) -> Option<bool> {
    match text.trim().to_lowercase().as_str() {
        "yes" | "y" | "on" | "1" | "true" => Some(true),
        "no" | "n" | "off" | "0" | "false" => Some(false),
        _ => None,
    }
}

/// Empty, or one of the schemes with something behind it that whoever calls there can read.
fn is_url(text: &str, schemes: &[&str]) -> bool {
    if text.is_empty() {
        return true;
    }
    let Some((scheme, rest)) = text.split_once(':') else { return false };
    let is_placed = match (scheme, rest.strip_prefix("//")) {
        // A file, with or without slashes before it.
        ("sqlite", _) => !rest.trim_start_matches('/').is_empty(),
        (_, Some(place)) if place.starts_with('/') => false,
        ("http" | "https", Some(_)) => outbound::Url::parse(text).is_ok_and(|url| url.has_host()),
        (_, Some(place)) => !place.is_empty(),
        (_, None) => false,
    };
    schemes.contains(&scheme) && is_placed && !text.contains(char::is_whitespace)
}

#[cfg(test)]
mod tests;
