//! Configuration: defaults, then files, then the environment, then flags; checked as a whole.
//!
//! [`settings`] is the table that everything is made from, [`sections`] the typed form with its defaults, and
//! [`load`] reads all layers, reports every fault of every layer at once, and remembers where each value is from.

mod checks;
mod environment;
mod fault;
mod file;
pub(crate) mod flags;
mod foreign;
mod kind;
mod layers;
mod loaded;
mod masked;
mod path;
mod place;
mod production;
pub(crate) mod reload;
mod schema;
pub(crate) mod sections;
mod settings;
mod suggest;
pub(crate) mod watched;
mod yaml;

pub(crate) use environment::Environment;
pub(crate) use fault::Faults;
pub(crate) use foreign::Flaw;
pub(crate) use loaded::Loaded;
pub(crate) use masked::is_reference;
pub(crate) use schema::schema;
#[cfg(test)]
pub(crate) use sections::Ladder;
pub(crate) use sections::{
    Backpressure, Config, FeedSettings, LadderRule, LadderStatus, LogFormat, MarketKind, Pipeline,
    StreamSettings,
};
pub(crate) use settings::{Reload, Setting, nested_variable, settings};

use std::path::{Path, PathBuf};

use serde_json::Value;

use fault::Fault;
use layers::{Assigned, Assignment, Document};
use place::Place;
use suggest::nearest;
use watched::Stamped;

/// Environments that need no file of their own.
const ENVIRONMENTS: [&str; 4] = ["development", "test", "staging", "production"];

/// Bytes of a document.
const DOCUMENT_BYTES_MAX: u64 = 1 << 20;

/// What the command line may say about configuration. It has no `Debug`: it may hold secrets.
#[derive(Clone, Default)]
pub(crate) struct Flags {
    /// Folder with `config.yaml` and `config.<environment>.yaml`.
    pub(crate) folder: PathBuf,
    /// `path.to.key` and its value.
    pub(crate) settings: Vec<(String, String)>,
}

/// Reads all layers and checks the result.
pub(crate) fn load(flags: &Flags) -> Result<Loaded, Faults> {
    load_with(flags, &Environment::of_process())
}

/// The same with the environment handed in.
pub(crate) fn load_with(flags: &Flags, environment: &Environment) -> Result<Loaded, Faults> {
    let defaults = defaults();
    let mut reading = Reading::new(&defaults);
    let base = reading.read_file(&flags.folder.join("config.yaml"));
    let variables = reading.read_environment(environment);
    let settings = reading.read_flags(&flags.settings);
    let name = environment_name(&[&settings, &variables, &base]);
    let own = reading.read_own_file(&flags.folder, &name);
    reading.finish(&[base, own, variables, settings])
}

/// Every setting as it is where nobody says otherwise.
pub(crate) fn defaults() -> Value {
    serde_json::to_value(Config::default()).unwrap_or_default()
}

/// What a setting is where nobody says otherwise, as people may see it; empty for secrets and for what users name.
pub(crate) fn usual_value(setting: &Setting) -> String {
    layers::value_at(&defaults(), setting.path).map(|value| setting.kind.shown(value)).unwrap_or_default()
}

/// The environment of the last layer that names one. It must be known before its file can be read.
fn environment_name(layers: &[&Vec<Assignment>]) -> (String, Place) {
    let named = layers.iter().find_map(|layer| {
        layer.iter().rev().find_map(|assignment| match &assignment.value {
            Assigned::Value(Value::String(name)) if assignment.path == "environment" => {
                Some((name.clone(), assignment.place.clone()))
            }
            _ => None,
        })
    });
    named.unwrap_or_else(|| (Config::default().environment, Place::Defaults))
}

/// The layers as they are read.
struct Reading<'a> {
    defaults: &'a Value,
    faults: Vec<Fault>,
    faulty: Vec<String>,
    warnings: Vec<String>,
    literal: Vec<String>,
    files: Vec<Stamped>,
}

impl<'a> Reading<'a> {
    const fn new(defaults: &'a Value) -> Self {
        Self {
            defaults,
            faults: Vec::new(),
            faulty: Vec::new(),
            warnings: Vec::new(),
            literal: Vec::new(),
            files: Vec::new(),
        }
    }

    /// A file that does not exist says nothing.
    fn read_file(&mut self, path: &Path) -> Vec<Assignment> {
        self.files.push(Stamped::of(path));
        let name = path.display().to_string();
        let whole = Place::File { file: name.as_str().into(), line: 1, column: 1 };
        let text = match file::text_of(path, DOCUMENT_BYTES_MAX) {
            Ok(Some(text)) => text,
            Ok(None) => return Vec::new(),
            Err(reason) => {
                let fault = Fault::new(&whole, "", format!("cannot be read: {reason}"));
                self.faults.push(fault.mended_by("give this user the file as UTF-8 text, or remove it"));
                return Vec::new();
            }
        };
        let mut document = Document::new(self.defaults);
        match yaml::read_file(&text, &name) {
            Ok(node) => document.take("", &node),
            Err(fault) => self.faults.push(fault),
        }
        self.keep(document)
    }

    fn read_environment(&mut self, environment: &Environment) -> Vec<Assignment> {
        let mut document = Document::new(self.defaults);
        let heard = environment::read(environment, &mut document);
        self.warnings.extend(heard.warnings);
        self.literal.extend(heard.literal);
        self.files.extend(heard.files);
        self.keep(document)
    }

    /// The last of several flags for one setting counts.
    fn read_flags(&mut self, flags: &[(String, String)]) -> Vec<Assignment> {
        let mut document = Document::new(self.defaults);
        for (path, text) in flags {
            let place = Place::Flag(format!("--set {path}"));
            environment::take_any(path, path, text, &place, &mut document);
        }
        self.faults.extend(document.faults);
        self.faulty.extend(document.faulty);
        document.assignments
    }

    fn keep(&mut self, document: Document<'_>) -> Vec<Assignment> {
        self.faults.extend(document.faults);
        self.faulty.extend(document.faulty);
        for fault in layers::contradictions(&document.assignments) {
            self.faults.push(fault);
        }
        document.assignments
    }

    /// The file of the environment, which may not say that it is another's.
    fn read_own_file(&mut self, folder: &Path, named: &(String, Place)) -> Vec<Assignment> {
        let (name, place) = named;
        let path = folder.join(format!("config.{name}.yaml"));
        if !path.exists() && !ENVIRONMENTS.contains(&name.as_str()) {
            let mend = nearest(name, ENVIRONMENTS).map_or_else(
                || format!("make {}, or choose one of {}", path.display(), ENVIRONMENTS.join(", ")),
                |known| format!("did you mean `{known}`? If not, make {}", path.display()),
            );
            let what = format!("names `{name}`, which has no file {}", path.display());
            self.faults.push(Fault::new(place, "environment", what).mended_by(mend));
        }
        let layer = self.read_file(&path);
        let strange = layer.iter().find(|assignment| {
            assignment.path == "environment"
                && assignment.value != Assigned::Value(Value::from(name.as_str()))
        });
        if let Some(strange) = strange {
            let fault = Fault::new(&strange.place, "environment", "is another than the one this file is for");
            self.faults.push(fault.allowing(name.as_str()).mended_by("remove it"));
        }
        layer.into_iter().filter(|assignment| assignment.path != "environment").collect()
    }

    fn finish(mut self, layers: &[Vec<Assignment>]) -> Result<Loaded, Faults> {
        let mut loaded = Loaded::new(self.defaults.clone(), self.literal, self.warnings, self.files);
        for assignment in layers.iter().flatten() {
            loaded.lay(assignment);
        }
        loaded.watch_references();
        loaded.check(&self.faulty, &mut self.faults);
        loaded.warn_of_what_is_not_used();
        if self.faults.is_empty() { Ok(loaded) } else { Err(Faults(self.faults)) }
    }
}

#[cfg(test)]
pub(crate) use tests::load_settings;

#[cfg(test)]
mod tests;
