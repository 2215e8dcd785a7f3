//! The effective configuration as rows that people may see.

use serde_json::Value;

use super::Loaded;
use crate::config::defaults;
use crate::config::layers::value_at;
use crate::config::path;
use crate::config::settings::{Reload, Setting, setting_of, settings};

/// One effective value. Secrets are masked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Row {
    pub(crate) path: String,
    pub(crate) value: String,
    /// Empty for entries that the user named.
    pub(crate) default: String,
    pub(crate) origin: String,
    pub(crate) reload: Reload,
    pub(crate) about: &'static str,
}

impl Loaded {
    /// Every effective setting in the order of the table. A list is one row.
    pub(crate) fn rows(&self) -> Vec<Row> {
        let defaults = defaults();
        let leaves = self.leaves();
        let row = |setting: &'static Setting, path: &str, value: &Value| Row {
            path: path::written(path),
            value: setting.kind.shown(value),
            default: value_at(&defaults, path).map(|value| setting.kind.shown(value)).unwrap_or_default(),
            origin: self.origin(path).to_string(),
            reload: setting.reload,
            about: setting.about,
        };
        settings()
            .flat_map(|setting| {
                let own = leaves.iter().filter(move |(_, known, _)| known.path == setting.path);
                own.map(|(path, setting, value)| row(setting, path, value)).collect::<Vec<_>>()
            })
            .collect()
    }

    /// Every value with its setting and path.
    pub(in crate::config) fn leaves(&self) -> Vec<(String, &'static Setting, &Value)> {
        let mut leaves = Vec::new();
        collect(String::new(), &self.effective, &mut leaves);
        leaves
    }
}

fn collect<'a>(path: String, value: &'a Value, leaves: &mut Vec<(String, &'static Setting, &'a Value)>) {
    match (setting_of(&path), value) {
        (Some(setting), _) => leaves.push((path, setting, value)),
        (None, Value::Object(map)) => {
            for (key, inner) in map {
                collect(path::below(&path, key), inner, leaves);
            }
        }
        (None, _) => {}
    }
}
