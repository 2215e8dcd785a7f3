//! What a changed configuration means to a running program. Pure: nothing is read and nothing is changed here.

use std::collections::BTreeMap;

use serde_json::Value;

use super::fault::Faults;
use super::loaded::Loaded;
use super::path;
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
/// [`Faults`] when what may change does not fit what must stay: then everything stays.
pub(crate) fn plan(old: &Loaded, new: &Loaded) -> Result<Plan, Faults> {
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
