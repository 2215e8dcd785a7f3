use std::str::FromStr;

use domain::{Instrument, Instruments, Venue};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

use crate::StrategyError;

/// A strategy as lists and help texts show it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct StrategyDoc {
    pub name: &'static str,
    pub summary: &'static str,
    pub parameters: &'static [ParameterDoc],
}

/// One parameter of a strategy.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct ParameterDoc {
    pub name: &'static str,
    /// What is expected, as it completes "expected …".
    pub expected: &'static str,
    /// What holds where it is left out; `None` when something must be given.
    pub default: Option<&'static str>,
    pub summary: &'static str,
}

/// Reads parameters one by one, so that every complaint names its parameter. Unknown ones are refused first.
#[derive(Debug)]
pub(crate) struct Parameters<'a> {
    values: &'a Map<String, Value>,
    docs: &'static [ParameterDoc],
}

impl<'a> Parameters<'a> {
    pub(crate) fn new(value: &'a Value, doc: &StrategyDoc) -> Result<Self, StrategyError> {
        let values = value.as_object().ok_or(StrategyError::NotAnObject)?;
        let docs = doc.parameters;
        if let Some(stranger) = values.keys().find(|key| docs.iter().all(|doc| doc.name != key.as_str())) {
            let known: Vec<&str> = docs.iter().map(|doc| doc.name).collect();
            return Err(StrategyError::UnknownParameter {
                parameter: stranger.clone(),
                known: known.join(", "),
            });
        }
        Ok(Self { values, docs })
    }

    /// Anything that JSON says by itself: a whole number, a switch, a list.
    pub(crate) fn plain<T: DeserializeOwned>(&self, name: &'static str) -> Result<Option<T>, StrategyError> {
        let read = |value: &Value| T::deserialize(value).map_err(|_| self.invalid(name));
        self.value(name).map(read).transpose()
    }

    /// An exact decimal, as text (`"0.5"`) or as a number.
    pub(crate) fn decimal<T: FromStr>(&self, name: &'static str) -> Result<Option<T>, StrategyError> {
        let Some(value) = self.value(name) else { return Ok(None) };
        let text = match value {
            Value::String(text) => text.clone(),
            Value::Number(number) => number.to_string(),
            _ => return Err(self.invalid(name)),
        };
        text.parse().map(Some).map_err(|_| self.invalid(name))
    }

    /// An instrument by `VENUE:SYMBOL`, or by its symbol where only one venue lists that.
    pub(crate) fn instrument<'b>(
        &self,
        name: &'static str,
        instruments: &'b Instruments,
    ) -> Result<&'b Instrument, StrategyError> {
        let text: String = self.plain(name)?.ok_or_else(|| self.missing(name))?;
        find(&text, instruments).ok_or_else(|| self.invalid(name))
    }

    pub(crate) fn missing(&self, name: &'static str) -> StrategyError {
        StrategyError::Missing { parameter: name, expected: self.expected(name) }
    }

    pub(crate) fn invalid(&self, name: &'static str) -> StrategyError {
        let found = self.values.get(name).map_or_else(|| "left out".to_owned(), Value::to_string);
        StrategyError::Invalid { parameter: name, expected: self.expected(name), found }
    }

    /// What was given; an explicit `null` counts as left out.
    fn value(&self, name: &str) -> Option<&'a Value> {
        self.values.get(name).filter(|value| !value.is_null())
    }

    fn expected(&self, name: &str) -> &'static str {
        self.docs.iter().find(|doc| doc.name == name).map_or("nothing", |doc| doc.expected)
    }
}

fn find<'a>(text: &str, instruments: &'a Instruments) -> Option<&'a Instrument> {
    if let Some((venue, symbol)) = text.split_once(':') {
        return instruments.find(Venue::new(venue)?, symbol);
    }
    let mut named = instruments.iter().filter(|instrument| instrument.symbol == text);
    let only = named.next();
    if named.next().is_some() { None } else { only }
}
