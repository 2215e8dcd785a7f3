use std::collections::BTreeMap;

use serde_json::Value;

use super::{Found, find, nested_variable, settings};
use crate::config::defaults;
use crate::config::flags::Flag;
use crate::config::kind::{Kind, Unit};
use crate::config::layers::value_at;
use crate::config::place::Place;
use crate::config::sections::Config;
use crate::config::sections::trading::Ladder;
use crate::config::yaml::{Content, Node};

/// Every value that is no mapping, by its path; empty mappings are no values.
fn leaves(value: &Value, path: &str, found: &mut Vec<String>) {
    match value {
        Value::Object(map) => {
            for (key, inner) in map {
                let path = if path.is_empty() { key.clone() } else { format!("{path}.{key}") };
                leaves(inner, &path, found);
            }
        }
        _ => found.push(path.to_owned()),
    }
}

fn leaves_of(value: &Value, path: &str) -> Vec<String> {
    let mut found = Vec::new();
    leaves(value, path, &mut found);
    found
}

#[test]
fn every_value_has_a_row_and_every_row_a_value() {
    let defaults = defaults();
    let values = leaves_of(&defaults, "");
    for path in &values {
        assert!(settings().any(|setting| setting.path == path), "{path} has no row");
    }
    for setting in settings().filter(|setting| !setting.is_repeated()) {
        assert!(values.iter().any(|path| path == setting.path), "{} has no value", setting.path);
    }
}

#[test]
fn every_field_of_what_repeats_has_a_row_and_every_row_a_field() {
    let flag: Flag = serde_json::from_str(r#"{"enabled":true,"tenants":{"x":true}}"#).unwrap();
    let mut values = leaves_of(&serde_json::to_value(flag).unwrap(), "flags.x");
    values.extend(leaves_of(&serde_json::to_value(&Ladder::default().rules[0]).unwrap(), "ladder.rules.0"));
    values.extend(["policies.x".to_owned(), "alerts.rules.x".to_owned()]);
    let mut rows: Vec<&str> = values
        .iter()
        .map(|path| match find(path) {
            Found::Setting(setting, Unit::Own) => setting.path,
            other => panic!("{path}: {other:?}"),
        })
        .collect();
    let mut repeated: Vec<&str> =
        settings().filter(|setting| setting.is_repeated()).map(|row| row.path).collect();
    rows.sort_unstable();
    repeated.sort_unstable();
    assert_eq!(rows, repeated);
}

#[test]
fn no_path_and_no_variable_has_two_meanings() {
    let mut seen: BTreeMap<String, &str> = BTreeMap::new();
    for setting in settings() {
        let paths = setting.paths().map(|(path, _)| nested_variable(path));
        let names = setting.variables.iter().map(|name| (*name).to_owned());
        for name in paths.chain(names) {
            let other = seen.insert(name.clone(), setting.path);
            assert_eq!(other, None, "{name}");
        }
        assert!(!setting.about.is_empty() && !setting.allowed().is_empty(), "{}", setting.path);
    }
    for (path, _) in settings().flat_map(super::Setting::paths) {
        for section in path.match_indices('.').map(|(at, _)| path[..at].replace("[]", "0")) {
            let is_list =
                matches!(find(&section), Found::Setting(setting, _) if matches!(setting.kind, Kind::Records));
            assert!(
                is_list || matches!(find(&section), Found::Section),
                "{section} is a setting and a section"
            );
        }
    }
}

#[test]
fn every_default_is_allowed() {
    let place = Place::Defaults;
    for setting in
        settings().filter(|setting| !setting.is_repeated() && !matches!(setting.kind, Kind::Records))
    {
        let default = value_at(&defaults(), setting.path).unwrap().clone();
        let content = match default.clone() {
            Value::Bool(value) => Content::Boolean(value),
            Value::Number(number) => Content::Integer(number.as_i64().unwrap()),
            Value::String(text) => Content::Text(text),
            Value::Array(items) => {
                let text = |item: Value| Content::Text(item.as_str().unwrap().to_owned());
                Content::List(items.into_iter().map(|item| Node::new(text(item), place.clone())).collect())
            }
            other => panic!("{} {other}", setting.path),
        };
        let node = Node::new(content, place.clone());
        assert_eq!(setting.kind.read(&node.content, Unit::Own).unwrap(), default, "{}", setting.path);
    }
}

/// The table and the types must allow the same: what passes the table must be read.
#[test]
fn whatever_the_table_allows_the_types_hold() {
    for setting in settings().filter(|setting| !setting.is_repeated()) {
        let extremes: Vec<Value> = match setting.kind {
            Kind::Integer { min, max } | Kind::Milliseconds { min, max } => vec![min.into(), max.into()],
            Kind::Boolean => vec![true.into(), false.into()],
            Kind::Choice(words) => words.iter().map(|word| Value::from(*word)).collect(),
            _ => Vec::new(),
        };
        for extreme in extremes {
            let mut value = defaults();
            *value.pointer_mut(&format!("/{}", setting.path.replace('.', "/"))).unwrap() = extreme.clone();
            let read: Result<Config, _> = serde_json::from_value(value);
            let again = read.map(|config| serde_json::to_value(config).unwrap());
            assert_eq!(value_at(&again.unwrap(), setting.path), Some(&extreme), "{}", setting.path);
        }
    }
}
