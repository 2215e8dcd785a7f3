//! Kinds as JSON Schema, draft 2020-12.

use serde_json::{Value, json};

use super::{Kind, Unit};

impl Kind {
    /// What an editor may check; the program checks more.
    pub(in crate::config) fn schema(&self, unit: Unit) -> Value {
        match self {
            Self::Milliseconds { min, max } if unit == Unit::Seconds => {
                json!({ "type": "number", "minimum": in_seconds(*min), "maximum": in_seconds(*max) })
            }
            Self::Integer { min, max } | Self::Milliseconds { min, max } => {
                json!({ "type": "integer", "minimum": min, "maximum": max })
            }
            Self::Boolean => json!({ "type": "boolean" }),
            Self::AlwaysOn(_) => json!({ "const": true }),
            Self::Choice(words) => json!({ "type": "string", "enum": words }),
            Self::Text(_) | Self::Url { .. } | Self::Secret(_) => json!({ "type": "string" }),
            Self::Decimal(_) => json!({ "type": ["number", "string"] }),
            Self::Texts(_) => json!({ "type": "array", "items": { "type": "string" } }),
            Self::Records => json!({ "type": "array" }),
            Self::Foreign => json!({ "type": "object" }),
        }
    }
}

fn in_seconds(milliseconds: i64) -> Value {
    if milliseconds % 1_000 == 0 {
        return Value::from(milliseconds / 1_000);
    }
    let (whole, rest) = (milliseconds / 1_000, milliseconds % 1_000);
    format!("{whole}.{rest:03}").parse::<f64>().map_or(Value::Null, Value::from)
}
