use anyhow::Result;
use serde_json::json;

use crate::cli::SettingArguments;
use crate::{exit, output};

pub(super) fn run(settings: &SettingArguments) -> Result<u8> {
    let catalog = strategy::catalog();
    if settings.json {
        let entries = catalog.iter().map(|known| {
            let parameters = known.parameters.iter().map(|parameter| {
                json!({
                    "name": parameter.name,
                    "expected": parameter.expected,
                    "default": parameter.default,
                    "summary": parameter.summary,
                })
            });
            json!({ "name": known.name, "summary": known.summary, "parameters": parameters.collect::<Vec<_>>() })
        });
        output::json(&entries.collect::<Vec<_>>())?;
        return Ok(exit::DONE);
    }
    for known in catalog {
        println!("{}: {}", known.name, known.summary);
        for parameter in known.parameters {
            let default =
                parameter.default.map_or_else(|| "required".to_owned(), |value| format!("default {value}"));
            println!("  {:<22} {} ({default}): {}", parameter.name, parameter.expected, parameter.summary);
        }
        println!();
    }
    Ok(exit::DONE)
}
