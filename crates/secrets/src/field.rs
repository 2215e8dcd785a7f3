//! One key of a secret that has several.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde::de::IgnoredAny;

use crate::error::Fault;
use crate::secret::Secret;

/// A secret that is a table of values.
pub(crate) type Fields = BTreeMap<String, Field>;

/// A value as JSON has it.
#[derive(Debug, Clone, Deserialize)]
#[serde(untagged)]
pub(crate) enum Field {
    Text(Secret),
    Number(serde_json::Number),
    Flag(bool),
    Other(IgnoredAny),
}

/// The value of `key` as text.
pub(crate) fn take(fields: &Fields, key: &str) -> Result<Secret, Fault> {
    let value = match fields.get(key) {
        Some(Field::Text(text)) => text.clone(),
        Some(Field::Number(number)) => Secret::new(number.to_string()),
        Some(Field::Flag(flag)) => Secret::new(flag.to_string()),
        Some(Field::Other(_)) => {
            return Err(Fault::rejected("the value of this key is neither a text nor a number"));
        }
        None => return Err(Fault::rejected("the secret is there, but it has no such key")),
    };
    present(value)
}

/// An empty value is as good as none.
pub(crate) fn present(value: Secret) -> Result<Secret, Fault> {
    if value.expose().is_empty() { Err(Fault::rejected("the value is empty")) } else { Ok(value) }
}
