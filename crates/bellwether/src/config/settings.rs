//! The one table of settings. Checks, schema, documented names, masking, reload policy and documentation are made
//! from it, so that none of them can know a setting that another does not.
//!
//! In a path `<name>` stands for any name and `[]` for any element of a list.

mod feeds;
mod market;
mod outside;
mod program;
mod resilience;
mod stores;
mod telling;
mod trading;

use super::kind::{Kind, Rule, Unit};
use super::masked::Hides;

/// One setting: a row of the table.
#[derive(Debug)]
pub(crate) struct Setting {
    /// Its place in the documents: `pipeline.batch_size`.
    pub(crate) path: &'static str,
    /// What it does, for people.
    pub(crate) about: &'static str,
    pub(crate) kind: Kind,
    /// Environment variables with a name of their own. Any other is `BELLWETHER__PIPELINE__BATCH_SIZE`.
    pub(crate) variables: &'static [&'static str],
    /// Other documented paths that set the same.
    pub(crate) aliases: &'static [Alias],
    pub(crate) reload: Reload,
    /// An element of a list or a named entry is not whole without it.
    pub(crate) is_needed: bool,
}

/// Another path of a setting.
#[derive(Debug)]
pub(crate) struct Alias {
    pub(crate) path: &'static str,
    pub(crate) unit: Unit,
}

/// What a change means to a running program.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Reload {
    Live,
    /// With the reason.
    Restart(&'static str),
}

impl std::fmt::Display for Reload {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Live => formatter.write_str("live"),
            Self::Restart(reason) => write!(formatter, "restart: {reason}"),
        }
    }
}

const AT_START: Reload = Reload::Restart("it is read once, at the start");

impl Setting {
    const fn new(path: &'static str, kind: Kind, about: &'static str) -> Self {
        Self { path, about, kind, variables: &[], aliases: &[], reload: AT_START, is_needed: false }
    }

    const fn named(mut self, variables: &'static [&'static str]) -> Self {
        self.variables = variables;
        self
    }

    const fn also(mut self, aliases: &'static [Alias]) -> Self {
        self.aliases = aliases;
        self
    }

    const fn live(mut self) -> Self {
        self.reload = Reload::Live;
        self
    }

    const fn restart(mut self, reason: &'static str) -> Self {
        self.reload = Reload::Restart(reason);
        self
    }

    const fn needed(mut self) -> Self {
        self.is_needed = true;
        self
    }

    /// What may be written, in words.
    pub(crate) fn allowed(&self) -> String {
        self.kind.allowed(Unit::Own)
    }

    /// The paths that set it, its own first.
    pub(crate) fn paths(&self) -> impl Iterator<Item = (&'static str, Unit)> {
        let aliases = self.aliases.iter().map(|alias| (alias.path, alias.unit));
        std::iter::once((self.path, Unit::Own)).chain(aliases)
    }

    /// Whether it is inside named entries or a list, so that it has no default of its own.
    pub(crate) fn is_repeated(&self) -> bool {
        self.path.split('.').any(is_wild)
    }

    /// Whether it is a field of a list's element, which only the whole list can set.
    pub(crate) fn is_in_list(&self) -> bool {
        self.path.split('.').any(|segment| segment == "[]")
    }

    /// The path of its value where `path` sets it, which may be another name of it.
    pub(super) fn own_path(&self, path: &str) -> String {
        if rest_of(self.path, path) == Some(None) { path.to_owned() } else { self.path.to_owned() }
    }
}

const fn same(path: &'static str) -> Alias {
    Alias { path, unit: Unit::Own }
}

const fn in_seconds(path: &'static str) -> Alias {
    Alias { path, unit: Unit::Seconds }
}

const fn whole(path: &'static str, min: i64, max: i64, about: &'static str) -> Setting {
    Setting::new(path, Kind::Integer { min, max }, about)
}

const fn millis(path: &'static str, min: i64, max: i64, about: &'static str) -> Setting {
    Setting::new(path, Kind::Milliseconds { min, max }, about)
}

const fn switch(path: &'static str, about: &'static str) -> Setting {
    Setting::new(path, Kind::Boolean, about)
}

const fn choice(path: &'static str, words: &'static [&'static str], about: &'static str) -> Setting {
    Setting::new(path, Kind::Choice(words), about)
}

const fn text(path: &'static str, rule: &'static Rule, about: &'static str) -> Setting {
    Setting::new(path, Kind::Text(rule), about)
}

const fn decimal(path: &'static str, rule: &'static Rule, about: &'static str) -> Setting {
    Setting::new(path, Kind::Decimal(rule), about)
}

const fn secret(path: &'static str, rule: &'static Rule, about: &'static str) -> Setting {
    Setting::new(path, Kind::Secret(rule), about)
}

const fn url(path: &'static str, schemes: &'static [&'static str], about: &'static str) -> Setting {
    Setting::new(path, Kind::Url { schemes, hides: Hides::Password }, about)
}

const MINUTE_MS: i64 = 60_000;
const HOUR_MS: i64 = 3_600_000;

/// Every setting, in the order in which they are printed.
pub(crate) fn settings() -> impl Iterator<Item = &'static Setting> {
    let sections = [
        program::SETTINGS,
        feeds::SETTINGS,
        market::SETTINGS,
        trading::SETTINGS,
        resilience::SETTINGS,
        stores::SETTINGS,
        telling::SETTINGS,
        outside::SETTINGS,
    ];
    sections.into_iter().flatten()
}

/// What stands at a path.
#[derive(Debug, Clone, Copy)]
pub(super) enum Found {
    Setting(&'static Setting, Unit),
    /// There are settings below it.
    Section,
    Unknown,
}

pub(super) fn find(path: &str) -> Found {
    let mut found = Found::Unknown;
    for setting in settings() {
        for (pattern, unit) in setting.paths() {
            match rest_of(pattern, path) {
                Some(None) => return Found::Setting(setting, unit),
                Some(Some(_)) => found = Found::Section,
                None => {}
            }
        }
    }
    found
}

/// Whether entries directly below the path have names that the user chooses.
pub(super) fn holds_names(path: &str) -> bool {
    settings().any(|setting| {
        rest_of(setting.path, path).flatten().is_some_and(|rest| rest.split('.').next() == Some("<name>"))
    })
}

/// The settings below `path` that must be given, as the rest of their path.
pub(super) fn needed_below(path: &str) -> impl Iterator<Item = &'static str> {
    settings()
        .filter(|setting| setting.is_needed)
        .filter_map(move |setting| rest_of(setting.path, path).flatten())
}

/// The row of the path of a value, if it is that of a setting.
pub(super) fn setting_of(path: &str) -> Option<&'static Setting> {
    match find(path) {
        Found::Setting(setting, _) => Some(setting),
        _ => None,
    }
}

/// Whether `path` is at or above `pattern`, and what of the pattern is left below it.
pub(super) fn rest_of(pattern: &'static str, path: &str) -> Option<Option<&'static str>> {
    let mut rest = Some(pattern);
    for segment in path.split('.').filter(|segment| !segment.is_empty()) {
        let (first, more) = match rest?.split_once('.') {
            Some((first, more)) => (first, Some(more)),
            None => (rest?, None),
        };
        if !fits(first, segment) {
            return None;
        }
        rest = more;
    }
    Some(rest)
}

fn fits(pattern: &str, segment: &str) -> bool {
    match pattern {
        "<name>" => true,
        "[]" => segment.bytes().all(|byte| byte.is_ascii_digit()),
        _ => pattern == segment,
    }
}

fn is_wild(segment: &str) -> bool {
    matches!(segment, "<name>" | "[]")
}

/// The variable that sets any setting: `pipeline.batch_size` is `BELLWETHER__PIPELINE__BATCH_SIZE`.
pub(crate) fn nested_variable(path: &str) -> String {
    format!("{NESTED_PREFIX}{}", path.to_uppercase().replace('.', "__"))
}

/// What the variables begin with that set any setting.
pub(super) const NESTED_PREFIX: &str = "BELLWETHER__";

#[cfg(test)]
mod tests;
