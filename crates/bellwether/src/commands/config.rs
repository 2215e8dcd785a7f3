//! `config`: what the program runs with, what is wrong with it, and what may be set.

use anyhow::Result;
use serde_json::{Value, json};

use crate::cli::{ConfigAction, SettingArguments};
use crate::config::{Faults, Setting, nested_variable, schema, settings, usual_value};
use crate::{exit, output};

/// Characters of a value that a table shows.
const SHOWN_MAX: usize = 48;

pub(super) fn run(settings: &SettingArguments, action: &ConfigAction) -> Result<u8> {
    match action {
        ConfigAction::Print { origin } => print(settings, *origin),
        ConfigAction::Check => check(settings),
        ConfigAction::Env => variables(settings),
        ConfigAction::Schema => output::json(&schema()).map(|()| exit::DONE),
    }
}

fn print(arguments: &SettingArguments, with_origin: bool) -> Result<u8> {
    let rows = super::load(arguments, &[])?.rows();
    if arguments.json {
        let entries = rows.iter().map(|row| {
            json!({
                "setting": row.path,
                "value": row.value,
                "default": row.default,
                "origin": row.origin,
                "reload": row.reload.to_string(),
            })
        });
        output::json(&entries.collect::<Vec<_>>())?;
    } else if with_origin {
        let cells = rows.into_iter().map(|row| vec![row.path, shortened(&row.value), row.origin]);
        show(["setting", "value", "origin"], cells);
    } else {
        show(["setting", "value"], rows.into_iter().map(|row| vec![row.path, shortened(&row.value)]));
    }
    Ok(exit::DONE)
}

fn check(arguments: &SettingArguments) -> Result<u8> {
    let loaded = match super::load(arguments, &[]) {
        Ok(loaded) => loaded,
        Err(error) => {
            return match error.downcast_ref::<Faults>() {
                Some(faults) if arguments.json => {
                    output::json(&json!({ "valid": false, "faults": faults.0 })).map(|()| exit::USAGE)
                }
                _ => Err(error),
            };
        }
    };
    let environment = &loaded.config.environment;
    if arguments.json {
        output::json(&json!({ "valid": true, "environment": environment, "warnings": loaded.warnings }))?;
    } else {
        for warning in &loaded.warnings {
            println!("warning: {warning}");
        }
        println!("The configuration for `{environment}` is valid.");
    }
    Ok(exit::DONE)
}

fn variables(arguments: &SettingArguments) -> Result<u8> {
    let rows = settings().flat_map(|setting| names(setting).into_iter().map(move |name| (name, setting)));
    if arguments.json {
        let entries = rows.map(|(name, setting)| describe(&name, setting));
        output::json(&entries.collect::<Vec<_>>())?;
    } else {
        let cells = rows.map(|(name, setting)| {
            let usual = shortened(&usual_value(setting));
            vec![name, setting.path.to_owned(), usual, setting.about.to_owned()]
        });
        show(["variable", "setting", "default", "what for"], cells);
        println!();
        println!("Every setting can also be given as BELLWETHER__ and its path, with __ for each dot.");
        println!(
            "A variable NAME of the others may be given as NAME_FILE, the path of a file that holds the value."
        );
        println!("Secrets may be env:NAME, file:/path, vault:mount/path#key or aws:name#key.");
    }
    Ok(exit::DONE)
}

/// The documented names, or the name that any setting has. What is in a list is set with the whole list.
fn names(setting: &Setting) -> Vec<String> {
    if !setting.variables.is_empty() {
        return setting.variables.iter().map(|name| (*name).to_owned()).collect();
    }
    if setting.is_in_list() { Vec::new() } else { vec![nested_variable(setting.path)] }
}

fn describe(name: &str, setting: &Setting) -> Value {
    json!({
        "variable": name,
        "setting": setting.path,
        "also": setting.aliases.iter().map(|alias| alias.path).collect::<Vec<_>>(),
        "default": usual_value(setting),
        "allowed": setting.allowed(),
        "secret": setting.kind.is_secret(),
        "reload": setting.reload.to_string(),
        "about": setting.about,
    })
}

fn shortened(text: &str) -> String {
    match text.char_indices().nth(SHOWN_MAX) {
        Some((at, _)) => format!("{}…", &text[..at]),
        None => text.to_owned(),
    }
}

/// A table of words: every column to the left.
fn show<const N: usize>(header: [&str; N], rows: impl Iterator<Item = Vec<String>>) {
    let rows: Vec<Vec<String>> = rows.collect();
    let width = |column: usize| {
        let cells = rows.iter().filter_map(|row| row.get(column)).map(|cell| cell.chars().count());
        cells.chain([header[column].chars().count()]).max().unwrap_or(0)
    };
    let widths: Vec<usize> = (0..N).map(width).collect();
    let line = |cells: &mut dyn Iterator<Item = &str>| {
        let padded = cells.zip(&widths).map(|(cell, width)| format!("{cell:<width$}"));
        println!("{}", padded.collect::<Vec<_>>().join("  ").trim_end());
    };
    line(&mut header.into_iter());
    for row in &rows {
        line(&mut row.iter().map(String::as_str));
    }
}
