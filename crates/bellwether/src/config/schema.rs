//! The table of settings as a JSON Schema (draft 2020-12), for editors.

use serde_json::{Map, Value, json};

use super::defaults;
use super::kind::Unit;
use super::layers::value_at;
use super::settings::{Setting, settings};

/// A schema of `config.yaml`. In an editor with the YAML language server, the file's first line names it:
/// `# yaml-language-server: $schema=config.schema.json`.
pub(crate) fn schema() -> Value {
    let defaults = defaults();
    let mut root = mapping();
    for setting in settings() {
        for (path, unit) in setting.paths() {
            let described = describe(setting, path, unit, &defaults);
            put(&mut root, path, described, setting.is_needed);
        }
    }
    root["$schema"] = Value::from("https://json-schema.org/draft/2020-12/schema");
    root["title"] = Value::from("Bellwether configuration");
    root
}

fn mapping() -> Value {
    json!({ "type": "object", "properties": {}, "additionalProperties": false })
}

fn describe(setting: &Setting, path: &str, unit: Unit, defaults: &Value) -> Value {
    let mut described = setting.kind.schema(unit);
    let mut about = setting.about.to_owned();
    if path != setting.path {
        let unit = if unit == Unit::Seconds { ", in seconds" } else { "" };
        about = format!("another name of `{}`{unit}: {about}", setting.path);
    }
    if !setting.variables.is_empty() {
        about = format!("{about} (environment: {})", setting.variables.join(", "));
    }
    described["description"] = Value::from(about);
    let default =
        value_at(defaults, setting.path).filter(|_| path == setting.path && !setting.kind.is_secret());
    if let Some(default) = default {
        described["default"] = default.clone();
    }
    described
}

/// Puts the schema of a value at its path, making the mappings and lists that lead there.
fn put(root: &mut Value, path: &str, described: Value, is_needed: bool) {
    let mut slot = root;
    let mut segments = path.split('.').peekable();
    while let Some(segment) = segments.next() {
        if is_needed && segments.peek().is_none() {
            need(slot, segment);
        }
        slot = match segment {
            "[]" => &mut slot["items"],
            "<name>" => {
                if !slot["additionalProperties"].is_object() {
                    slot["additionalProperties"] = mapping();
                }
                &mut slot["additionalProperties"]
            }
            name => &mut slot["properties"][name],
        };
        if slot.is_null() {
            *slot = mapping();
        }
    }
    let inside = slot.take();
    *slot = merged(described, &inside);
}

fn need(mapping: &mut Value, field: &str) {
    match mapping["required"].as_array_mut() {
        Some(fields) => fields.push(Value::from(field)),
        None => mapping["required"] = json!([field]),
    }
}

/// A list's own row says what it is, the rows of its fields what is in it; they may come in any order.
fn merged(described: Value, inside: &Value) -> Value {
    let mut described: Map<String, Value> = described.as_object().cloned().unwrap_or_default();
    if let Some(items) = inside.get("items") {
        described.insert("items".to_owned(), items.clone());
    }
    Value::Object(described)
}

#[cfg(test)]
mod tests;
