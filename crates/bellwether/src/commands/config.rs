use anyhow::Result;
use serde_json::{Value, json};

use crate::cli::{ConfigAction, SettingArguments};
use crate::config::{origin_of, variables};
use crate::{exit, output};

/// Settings whose value is never printed.
const SECRETS: [&str; 1] = ["admin_password"];

pub(super) fn run(settings: &SettingArguments, action: &ConfigAction) -> Result<u8> {
    match action {
        ConfigAction::Print { variables: true, .. } => print_variables(settings),
        ConfigAction::Print { origin, .. } => print(settings, *origin),
        ConfigAction::Check => check(settings),
    }
}

fn print(settings: &SettingArguments, with_origin: bool) -> Result<u8> {
    let loaded = super::load(settings, &[])?;
    let mut rows = Vec::new();
    collect("", &loaded.effective, &mut rows);
    let rows: Vec<Vec<String>> = rows
        .into_iter()
        .map(|(path, value)| {
            let shown = if SECRETS.contains(&path.as_str()) { mask(&value) } else { value };
            let origin = origin_of(&loaded.origins, &path).to_owned();
            if with_origin { vec![path, shown, origin] } else { vec![path, shown] }
        })
        .collect();
    if settings.json {
        let entries =
            rows.iter().map(|row| json!({ "setting": row[0], "value": row[1], "origin": row.get(2) }));
        output::json(&entries.collect::<Vec<_>>())?;
    } else if with_origin {
        output::table(&["setting", "value", "origin"], &rows);
    } else {
        output::table(&["setting", "value"], &rows);
    }
    Ok(exit::DONE)
}

fn collect(path: &str, value: &Value, rows: &mut Vec<(String, String)>) {
    match value {
        Value::Object(map) => {
            for (key, inner) in map {
                let path = if path.is_empty() { key.clone() } else { format!("{path}.{key}") };
                collect(&path, inner, rows);
            }
        }
        Value::String(text) => rows.push((path.to_owned(), text.clone())),
        other => rows.push((path.to_owned(), other.to_string())),
    }
}

fn mask(value: &str) -> String {
    if value.is_empty() { String::new() } else { "********".to_owned() }
}

fn print_variables(settings: &SettingArguments) -> Result<u8> {
    let rows: Vec<Vec<String>> = variables()
        .iter()
        .map(|known| vec![known.name.to_owned(), known.path.to_owned(), known.about.to_owned()])
        .collect();
    if settings.json {
        let entries = rows.iter().map(|row| json!({ "name": row[0], "setting": row[1], "about": row[2] }));
        output::json(&entries.collect::<Vec<_>>())?;
    } else {
        output::table(&["variable", "setting", "what for"], &rows);
    }
    Ok(exit::DONE)
}

fn check(settings: &SettingArguments) -> Result<u8> {
    let loaded = super::load(settings, &[])?;
    if settings.json {
        output::json(&json!({ "valid": true, "environment": loaded.config.environment }))?;
    } else {
        println!("The configuration for `{}` is valid.", loaded.config.environment);
    }
    Ok(exit::DONE)
}
