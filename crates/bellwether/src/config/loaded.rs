//! A configuration that passed every check, with the origin of each value.

pub(crate) mod rows;

use std::collections::BTreeMap;
use std::fmt::{Debug, Formatter};
use std::path::Path;

use secrets::SecretRef;
use serde_json::Value;

use super::checks;
use super::fault::{Fault, Faults};
use super::foreign;
use super::kind::{Kind, Unit};
use super::layers::{Assigned, Assignment, lacks, lay, value_at};
use super::masked::{hide, reference, secrets_of_url};
use super::path;
use super::place::Place;
use super::production;
use super::sections::Config;
use super::settings::{Setting, needed_below, settings};
use super::watched::{Stamped, Watched};
use super::yaml::Content;

/// What [`super::load`] makes. Its `Debug` shows what `config print` shows.
#[derive(Clone)]
pub(crate) struct Loaded {
    pub(crate) config: Config,
    /// What looks like a mistake and harms nothing: variables that set nothing.
    pub(crate) warnings: Vec<String>,
    effective: Value,
    origins: BTreeMap<String, Place>,
    /// Secrets that are what they are, even if they read like a reference.
    literal: Vec<String>,
    /// Where secrets were fetched from, by path.
    fetched: BTreeMap<String, String>,
    files: Vec<Stamped>,
}

impl Loaded {
    pub(super) fn new(
        defaults: Value,
        literal: Vec<String>,
        warnings: Vec<String>,
        files: Vec<Stamped>,
    ) -> Self {
        let config = Config::default();
        Self {
            config,
            warnings,
            effective: defaults,
            origins: BTreeMap::new(),
            literal,
            fetched: BTreeMap::new(),
            files,
        }
    }

    pub(super) fn lay(&mut self, assignment: &Assignment) {
        lay(&mut self.effective, assignment);
        if let Assigned::Value(_) = assignment.value {
            let inside = format!("{}.", assignment.path);
            self.origins.retain(|path, _| !path.starts_with(&inside));
        }
        self.origins.insert(assignment.path.clone(), assignment.place.clone());
        self.origins.extend(assignment.inside.iter().cloned());
        // A later layer that writes the secret itself may again write a reference.
        if !matches!(assignment.place, Place::VariableFile { .. }) {
            self.literal.retain(|path| *path != assignment.path);
        }
    }

    /// Counts the files that secrets are still to be read from among those that it was read from, so that it is
    /// seen when they change.
    pub(super) fn watch_references(&mut self) {
        let references = self.secret_slots().into_iter().map(|(_, text)| SecretRef::parse(&text));
        let files: Vec<Stamped> = references
            .filter_map(|reference| match reference {
                Ok(SecretRef::File(path)) => Some(Stamped::of(&path)),
                _ => None,
            })
            .collect();
        self.files.extend(files);
    }

    /// The files that were there for `old` and are gone now.
    pub(super) fn lost_since<'a>(&self, old: &'a Self) -> impl Iterator<Item = &'a Path> {
        let gone: Vec<&Path> = self.files.iter().filter(|file| !file.is_there()).map(Stamped::path).collect();
        old.files
            .iter()
            .filter(|file| file.is_there())
            .map(Stamped::path)
            .filter(move |path| gone.contains(path))
    }

    /// Puts a value back to what it was in another configuration.
    pub(super) fn take_back(&mut self, path: &str, value: &Value, old: &Self) {
        self.lay(&Assignment::new(path, old.origin(path), Assigned::Value(value.clone())));
        self.literal.retain(|known| known != path);
        self.literal.extend(old.literal.iter().filter(|known| *known == path).cloned());
        self.fetched.remove(path);
        self.fetched.extend(old.fetched.get_key_value(path).map(|(path, from)| (path.clone(), from.clone())));
    }

    /// Makes the typed form and checks what no single setting shows. Nothing is said about settings that are
    /// `faulty` by themselves.
    pub(super) fn check(&mut self, faulty: &[String], faults: &mut Vec<Fault>) {
        let known = faults.len();
        self.check_entries(faulty, faults);
        match serde_json::from_value(self.effective.clone()) {
            Ok(config) => self.config = config,
            Err(error) if faults.len() == known && faulty.is_empty() => {
                faults.push(Fault::new(
                    &Place::Defaults,
                    "",
                    format!("the settings do not fit together: {error}"),
                ));
            }
            Err(_) => {}
        }
        faults.extend(checks::check(self, faulty, foreign::CHECKS));
        faults.extend(production::check(self, faulty));
    }

    /// Named entries must be whole once all layers are laid.
    fn check_entries(&self, faulty: &[String], faults: &mut Vec<Fault>) {
        let Some(flags) = self.effective.get("flags").and_then(Value::as_object) else { return };
        for name in flags.keys() {
            let at = path::below("flags", name);
            for field in needed_below(&at) {
                let path = format!("{at}.{field}");
                if value_at(&self.effective, &path).is_none() && !faulty.contains(&path) {
                    faults.push(lacks(self.origin(&at), &at, field));
                }
            }
        }
    }

    /// Says what was given in vain.
    pub(super) fn warn_of_what_is_not_used(&mut self) {
        if !self.config.database_url.is_empty() && !self.config.database.host.is_empty() {
            let (parts, whole) = (self.origin("database.host"), self.origin("database_url"));
            let warning =
                format!("{parts}: `database.host` is not used, because `database_url` is given ({whole})");
            self.warnings.push(warning);
        }
    }

    /// Where the value at the path, or what it is a part of, was given.
    pub(crate) fn origin(&self, path: &str) -> &Place {
        let mut path = path;
        loop {
            match (self.origins.get(path), path.rsplit_once('.')) {
                (Some(place), _) => return place,
                (None, Some((above, _))) => path = above,
                (None, None) => return &Place::Defaults,
            }
        }
    }

    /// The secrets that are still to be fetched: the path of each and its reference, such as
    /// `vault:secret/trading#password`.
    pub(crate) fn secret_slots(&self) -> Vec<(&'static str, String)> {
        settings()
            .filter(|setting| setting.kind.is_secret() && self.is_reference(setting.path))
            .filter_map(|setting| Some((setting.path, self.text(setting.path)?.to_owned())))
            .collect()
    }

    /// The same configuration with a secret that was fetched for one of [`Loaded::secret_slots`].
    ///
    /// # Errors
    /// Every fault that shows only now: what was fetched is not what the setting may be, or too weak.
    pub(crate) fn with_secret(mut self, path: &str, secret: &str) -> Result<Self, Faults> {
        let slot = settings().find(|setting| setting.path == path && setting.kind.is_secret());
        let Some(setting) = slot else {
            let fault = Fault::new(&Place::Defaults, path, "is no setting that holds a secret");
            return Err(Faults(vec![fault]));
        };
        let from = self.text(path).map(hide).unwrap_or_default();
        self.fetched.extend(self.text(path).map(|reference| (path.to_owned(), reference.to_owned())));
        self.literal.push(path.to_owned());
        let mut faults = Vec::new();
        match fetched(setting, secret) {
            Ok(value) => {
                let assignment = Assignment::new(path, self.origin(path), Assigned::Value(value));
                lay(&mut self.effective, &assignment);
                self.check(&[], &mut faults);
            }
            Err(allowed) => {
                let fault = Fault::new(
                    self.origin(path),
                    path,
                    format!("was fetched from {from} and cannot be used"),
                );
                faults.push(fault.allowing(allowed).mended_by("store another value there"));
            }
        }
        if faults.is_empty() { Ok(self) } else { Err(Faults(faults)) }
    }

    /// The secret at the path, if it was fetched from that reference.
    pub(crate) fn fetched_from(&self, path: &str, reference: &str) -> Option<&str> {
        self.text(path).filter(|_| self.fetched.get(path).is_some_and(|from| from == reference))
    }

    /// The reference at the path that is still to be followed.
    pub(crate) fn reference(&self, path: &str) -> Option<&str> {
        self.text(path).filter(|_| self.is_reference(path))
    }

    /// Whether the secret at the path is still a reference.
    pub(super) fn is_reference(&self, path: &str) -> bool {
        let is_literal = self.literal.iter().any(|known| known == path);
        !is_literal && self.text(path).is_some_and(|text| reference(text).is_some())
    }

    /// The text of a setting.
    pub(super) fn text(&self, path: &str) -> Option<&str> {
        value_at(&self.effective, path)?.as_str()
    }

    /// Every secret that it holds, for whoever must keep them out of a text: also those within addresses.
    pub(crate) fn secrets(&self) -> Vec<String> {
        let texts = settings().filter_map(|setting| Some((setting, self.text(setting.path)?)));
        texts
            .filter(|(setting, text)| !text.is_empty() && !self.is_reference(setting.path))
            .flat_map(|(setting, text)| match setting.kind {
                Kind::Secret(_) => vec![text.to_owned()],
                Kind::Url { hides, .. } => secrets_of_url(text, hides),
                _ => Vec::new(),
            })
            .collect()
    }

    /// The files it was read from, as they were then.
    pub(crate) fn watched(&self) -> Watched {
        Watched::new(self.files.clone())
    }
}

/// A fetched secret is the value itself, whatever it looks like.
fn fetched(setting: &Setting, secret: &str) -> Result<Value, String> {
    let is_whole = match setting.kind {
        Kind::Secret(rule) => rule.admits(secret),
        kind => {
            reference(secret).is_none() && kind.read(&Content::Text(secret.to_owned()), Unit::Own).is_ok()
        }
    };
    if is_whole { Ok(Value::from(secret)) } else { Err(setting.kind.allowed(Unit::Own)) }
}

impl Debug for Loaded {
    fn fmt(&self, formatter: &mut Formatter<'_>) -> std::fmt::Result {
        formatter.debug_map().entries(self.rows().into_iter().map(|row| (row.path, row.value))).finish()
    }
}

#[cfg(test)]
mod tests;
