//! Configuration: defaults, then files, then the environment, then flags; read once, checked as a whole.
//!
//! [`layers`] merges the sources and remembers where each value came from, [`schema`] is the typed form and its
//! defaults, [`check`] reports every fault at once.

mod check;
mod environment;
mod layers;
mod schema;

pub(crate) use environment::variables;
pub(crate) use schema::{Config, LogFormat, Pipeline};

use std::path::{Path, PathBuf};

use serde_json::Value;

use layers::Layers;

/// What the command line may say about configuration.
#[derive(Debug, Clone, Default)]
pub(crate) struct Flags {
    /// Folder with `config.yaml` and `config.<environment>.yaml`.
    pub(crate) folder: PathBuf,
    /// `path.to.key` and its value.
    pub(crate) settings: Vec<(String, String)>,
}

/// A configuration that passed every check, with the origin of each value.
#[derive(Debug)]
pub(crate) struct Loaded {
    pub(crate) config: Config,
    pub(crate) effective: Value,
    pub(crate) origins: Vec<(String, String)>,
}

/// Every fault found, one line each.
#[derive(Debug, thiserror::Error)]
#[error("the configuration has {} fault(s):\n  {}", .0.len(), .0.join("\n  "))]
pub(crate) struct Faults(pub(crate) Vec<String>);

/// Reads all layers and checks the result.
pub(crate) fn load(flags: &Flags) -> Result<Loaded, Faults> {
    load_with(flags, &|name| std::env::var(name).ok())
}

/// The same with the environment handed in.
pub(crate) fn load_with(flags: &Flags, variable: &dyn Fn(&str) -> Option<String>) -> Result<Loaded, Faults> {
    let mut faults = Vec::new();
    let mut layers = Layers::new(defaults());
    let environment = environment_name(flags, variable);
    for name in ["config.yaml".to_owned(), format!("config.{environment}.yaml")] {
        layers.add_file(&flags.folder.join(name), &mut faults);
    }
    layers.add_environment(variable, &mut faults);
    for (path, value) in &flags.settings {
        layers.set(path, value, &format!("flag --set {path}"), &mut faults);
    }
    let (effective, origins) = layers.finish();
    let config = schema::read(&effective, &origins, &mut faults);
    if let Some(config) = &config {
        check::check(config, &origins, &mut faults);
    }
    match config {
        Some(config) if faults.is_empty() => Ok(Loaded { config, effective, origins }),
        _ => Err(Faults(faults)),
    }
}

fn defaults() -> Value {
    serde_json::to_value(Config::default()).unwrap_or_default()
}

/// The environment must be known before its file can be read.
fn environment_name(flags: &Flags, variable: &dyn Fn(&str) -> Option<String>) -> String {
    let flag =
        flags.settings.iter().rev().find(|(path, _)| path == "environment").map(|(_, value)| value.clone());
    flag.or_else(|| variable("ENVIRONMENT")).unwrap_or_else(|| Config::default().environment)
}

/// Where a value came from, for messages.
pub(crate) fn origin_of<'a>(origins: &'a [(String, String)], path: &str) -> &'a str {
    origins.iter().rev().find(|(known, _)| known == path).map_or("the defaults", |(_, origin)| origin)
}

impl Config {
    /// The embedded database file, or `None` for a server's URL.
    pub(crate) fn sqlite_path(&self) -> Option<PathBuf> {
        match self.database_url.as_str() {
            "" => Some(self.data_dir.join("bellwether.db")),
            url => {
                url.strip_prefix("sqlite:").map(|path| Path::new(path.trim_start_matches("//")).to_owned())
            }
        }
    }
}
