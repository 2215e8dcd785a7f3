//! Merging: one JSON value, each leaf with the name of what set it.

use std::path::Path;

use serde_json::{Map, Value};

use super::environment::{nested_path, variables};

#[derive(Debug)]
pub(super) struct Layers {
    value: Value,
    origins: Vec<(String, String)>,
}

impl Layers {
    pub(super) const fn new(defaults: Value) -> Self {
        Self { value: defaults, origins: Vec::new() }
    }

    /// Lays a YAML file over what is there; a file that does not exist says nothing.
    pub(super) fn add_file(&mut self, path: &Path, faults: &mut Vec<String>) {
        let origin = path.display().to_string();
        let text = match std::fs::read_to_string(path) {
            Ok(text) => text,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return,
            Err(error) => return faults.push(format!("{origin}: cannot be read: {error}")),
        };
        if text.trim().is_empty() {
            return;
        }
        match serde_saphyr::from_str::<Value>(&text) {
            Ok(Value::Object(map)) => merge(&mut self.value, map, "", &origin, &mut self.origins),
            Ok(Value::Null) => {}
            Ok(_) => faults.push(format!("{origin}: must be a mapping of keys to values")),
            Err(error) => faults.push(format!("{origin}: {error}")),
        }
    }

    /// The documented names first, then `BELLWETHER__A__B` for any key.
    pub(super) fn add_environment(
        &mut self,
        variable: &dyn Fn(&str) -> Option<String>,
        faults: &mut Vec<String>,
    ) {
        for known in variables() {
            if let Some(text) = variable(known.name) {
                self.set(known.path, &text, &format!("environment variable {}", known.name), faults);
            }
        }
        for path in leaf_paths(&self.value) {
            let name = nested_path(&path);
            if let Some(text) = variable(&name) {
                self.set(&path, &text, &format!("environment variable {name}"), faults);
            }
        }
    }

    /// Sets one leaf from text, read as the kind of value that the default has.
    pub(super) fn set(&mut self, path: &str, text: &str, origin: &str, faults: &mut Vec<String>) {
        let mut slot = &mut self.value;
        for key in path.split('.') {
            match slot.as_object_mut().and_then(|map| map.get_mut(key)) {
                Some(next) => slot = next,
                None => return faults.push(format!("{origin}: there is no setting `{path}`")),
            }
        }
        match typed(slot, text) {
            Some(value) => {
                *slot = value;
                self.origins.push((path.to_owned(), origin.to_owned()));
            }
            None => faults.push(format!("{origin}: `{text}` is not {}", kind_of(slot))),
        }
    }

    pub(super) fn finish(self) -> (Value, Vec<(String, String)>) {
        (self.value, self.origins)
    }
}

fn merge(
    target: &mut Value,
    map: Map<String, Value>,
    path: &str,
    origin: &str,
    origins: &mut Vec<(String, String)>,
) {
    let Some(into) = target.as_object_mut() else { return };
    for (key, value) in map {
        let path = if path.is_empty() { key.clone() } else { format!("{path}.{key}") };
        match (into.get_mut(&key), value) {
            (Some(slot), Value::Object(inner)) if slot.is_object() => {
                merge(slot, inner, &path, origin, origins)
            }
            (_, value) => {
                into.insert(key, value);
                origins.push((path, origin.to_owned()));
            }
        }
    }
}

fn typed(current: &Value, text: &str) -> Option<Value> {
    match current {
        Value::Bool(_) => text.parse().ok().map(Value::Bool),
        Value::Number(number) if number.is_f64() => text.parse::<f64>().ok().map(Value::from),
        Value::Number(_) => text.parse::<i64>().ok().map(Value::from),
        Value::Array(_) | Value::Object(_) => serde_json::from_str(text).ok(),
        Value::String(_) | Value::Null => Some(Value::String(text.to_owned())),
    }
}

const fn kind_of(value: &Value) -> &'static str {
    match value {
        Value::Bool(_) => "true or false",
        Value::Number(_) => "a number",
        Value::Array(_) => "a JSON list",
        Value::Object(_) => "a JSON mapping",
        Value::String(_) | Value::Null => "text",
    }
}

/// Every leaf as `a.b.c`.
fn leaf_paths(value: &Value) -> Vec<String> {
    let mut paths = Vec::new();
    collect(value, "", &mut paths);
    paths
}

fn collect(value: &Value, path: &str, paths: &mut Vec<String>) {
    match value {
        Value::Object(map) if !map.is_empty() => {
            for (key, inner) in map {
                let path = if path.is_empty() { key.clone() } else { format!("{path}.{key}") };
                collect(inner, &path, paths);
            }
        }
        _ => paths.push(path.to_owned()),
    }
}
