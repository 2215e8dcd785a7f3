//! What an administrator changed while the program runs: kept in the store, laid over the configuration.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::Flag;

/// A change to one flag: what it does not name stays as configured.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct FlagChange {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) enabled: Option<bool>,
    /// 0 to 100.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) percent: Option<u8>,
    /// Laid over the configured tenants one by one.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub(crate) tenants: BTreeMap<String, bool>,
}

/// Why a change was not taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(crate) enum OverrideFault {
    #[error("`percent` must be from 0 to 100")]
    Percent,
    #[error(
        "at most {} flags and {} tenants of each can be overridden",
        Overrides::FLAGS_MAX,
        Overrides::TENANTS_MAX
    )]
    TooMany,
}

/// The changes by flag. Made again from what was stored with `TryFrom`'s rules, so that a damaged row cannot hold
/// what [`Overrides::change`] would refuse.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "BTreeMap<String, FlagChange>", into = "BTreeMap<String, FlagChange>")]
pub(crate) struct Overrides(BTreeMap<String, FlagChange>);

impl Overrides {
    pub(crate) const FLAGS_MAX: usize = 1_000;
    pub(crate) const TENANTS_MAX: usize = 10_000;

    pub(crate) fn get(&self, flag: &str) -> Option<&FlagChange> {
        self.0.get(flag)
    }

    /// Lays a change over what was changed before.
    ///
    /// # Errors
    /// [`OverrideFault`]; nothing is changed then.
    pub(crate) fn change(&mut self, flag: &str, change: FlagChange) -> Result<(), OverrideFault> {
        let mut whole = self.get(flag).cloned().unwrap_or_default();
        whole.enabled = change.enabled.or(whole.enabled);
        whole.percent = change.percent.or(whole.percent);
        whole.tenants.extend(change.tenants);
        let is_new = !self.0.contains_key(flag);
        if is_new && self.0.len() >= Self::FLAGS_MAX {
            return Err(OverrideFault::TooMany);
        }
        check(&whole)?;
        self.0.insert(flag.to_owned(), whole);
        Ok(())
    }

    /// Whether there was anything to take back.
    pub(crate) fn drop_change(&mut self, flag: &str) -> bool {
        self.0.remove(flag).is_some()
    }
}

const fn is_share(change: &FlagChange) -> bool {
    matches!(change.percent, None | Some(0..=100))
}

fn check(change: &FlagChange) -> Result<(), OverrideFault> {
    match change {
        change if !is_share(change) => Err(OverrideFault::Percent),
        change if change.tenants.len() > Overrides::TENANTS_MAX => Err(OverrideFault::TooMany),
        _ => Ok(()),
    }
}

impl TryFrom<BTreeMap<String, FlagChange>> for Overrides {
    type Error = OverrideFault;

    fn try_from(changes: BTreeMap<String, FlagChange>) -> Result<Self, OverrideFault> {
        if changes.len() > Self::FLAGS_MAX {
            return Err(OverrideFault::TooMany);
        }
        changes.values().try_for_each(check)?;
        Ok(Self(changes))
    }
}

impl From<Overrides> for BTreeMap<String, FlagChange> {
    fn from(overrides: Overrides) -> Self {
        overrides.0
    }
}

impl FlagChange {
    pub(super) fn applied_to(&self, mut flag: Flag) -> Flag {
        flag.enabled = self.enabled.unwrap_or(flag.enabled);
        flag.percent = self.percent.unwrap_or(flag.percent);
        flag.tenants.extend(self.tenants.iter().map(|(tenant, on)| (tenant.clone(), *on)));
        flag
    }
}
