//! What a changed configuration means to a running program. Pure: nothing is read and nothing is changed here.

use std::collections::BTreeMap;

use serde_json::Value;

use super::fault::{Fault, Faults};
use super::loaded::Loaded;
use super::path;
use super::place::Place;
use super::settings::{Reload, Setting};

/// One setting that may change at once. Secrets are masked, so that both sides may look the same.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Change {
    pub(crate) path: String,
    /// Empty for what was not there.
    pub(crate) from: String,
    pub(crate) to: String,
}

/// One setting that stays as it is until the program is started again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Refusal {
    pub(crate) path: String,
    pub(crate) reason: &'static str,
}

#[derive(Debug)]
pub(crate) struct Plan {
    pub(crate) live: Vec<Change>,
    pub(crate) refused: Vec<Refusal>,
    /// What the program runs with from now on: the new configuration without what was refused.
    pub(crate) next: Loaded,
}

/// Compares what runs with what was loaded now. The secrets of both must have been fetched, or those of neither.
///
/// # Errors
/// [`Faults`] when what may change does not fit what must stay, when a file that was there is gone, or when it is the
/// configuration of another environment: then everything stays.
pub(crate) fn plan(old: &Loaded, new: &Loaded) -> Result<Plan, Faults> {
    let strange = another(old, new);
    if !strange.is_empty() {
        return Err(Faults(strange));
    }
    let (mut live, mut refused, mut next) = (Vec::new(), Vec::new(), new.clone());
    for (path, difference) in differences(old, new) {
        match difference.setting.reload {
            Reload::Live => live.push(Change {
                from: difference.shown(difference.from),
                to: difference.shown(difference.to),
                path: path::written(&path),
            }),
            Reload::Restart(reason) => {
                // What needs a restart has a value in every configuration.
                if let Some(value) = difference.from {
                    next.take_back(&path, value, old);
                }
                refused.push(Refusal { path: path::written(&path), reason });
            }
        }
    }
    let mut faults = Vec::new();
    next.check(&[], &mut faults);
    if faults.is_empty() { Ok(Plan { live, refused, next }) } else { Err(Faults(faults)) }
}

/// What shows that the new one is not the old one changed: it is of another environment, whose own file was read, or
/// a file is missing. Without it everything in it would fall back to defaults, which may be wider.
fn another(old: &Loaded, new: &Loaded) -> Vec<Fault> {
    let (was, is) = (&old.config.environment, &new.config.environment);
    let moved = (was != is).then(|| {
        Fault::new(new.origin("environment"), "environment", "is another: that is another installation")
            .allowing(was.as_str())
            .mended_by("take it back, or start the program again")
    });
    let lost = new.lost_since(old).map(|path| {
        let file = path.display().to_string();
        Fault::new(&Place::File { file: file.into(), line: 1, column: 1 }, "", "is gone")
            .mended_by("put it back, or start the program again to run without it")
    });
    moved.into_iter().chain(lost).collect()
}

struct Difference<'a> {
    setting: &'static Setting,
    from: Option<&'a Value>,
    to: Option<&'a Value>,
}

impl Difference<'_> {
    fn shown(&self, value: Option<&Value>) -> String {
        value.map(|value| self.setting.kind.shown(value)).unwrap_or_default()
    }
}

fn differences<'a>(old: &'a Loaded, new: &'a Loaded) -> Vec<(String, Difference<'a>)> {
    let mut all: BTreeMap<String, Difference<'a>> = BTreeMap::new();
    for (path, setting, from) in old.leaves() {
        all.insert(path, Difference { setting, from: Some(from), to: None });
    }
    for (path, setting, to) in new.leaves() {
        all.entry(path).or_insert(Difference { setting, from: None, to: None }).to = Some(to);
    }
    all.into_iter().filter(|(_, difference)| difference.from != difference.to).collect()
}

#[cfg(test)]
mod tests;
