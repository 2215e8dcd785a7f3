//! Feature flags: on or off for an environment, a tenant, and a share of tenants. Pure: the same question always has
//! the same answer.

mod overrides;

pub(crate) use overrides::{FlagChange, Overrides};

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// What the program can do only where it is switched on. Each is also a flag of the same name, so that it can be
/// changed while the program runs.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Features {
    pub(crate) paper_trading_enabled: bool,
    pub(crate) live_trading_enabled: bool,
    /// Always true, and no flag: the risk gate has no switch.
    pub(crate) risk_limits_enforced: bool,
    pub(crate) debug: bool,
}

impl Default for Features {
    fn default() -> Self {
        Self {
            paper_trading_enabled: true,
            live_trading_enabled: false,
            risk_limits_enforced: true,
            debug: false,
        }
    }
}

impl Features {
    /// The flags that the features are, with what they are for.
    pub(crate) const fn built_in(&self) -> [(&'static str, bool, &'static str); 3] {
        [
            ("paper_trading_enabled", self.paper_trading_enabled, "accounts may trade on paper"),
            ("live_trading_enabled", self.live_trading_enabled, "accounts may trade for money"),
            ("debug", self.debug, "the log tells what helps to find faults"),
        ]
    }
}

/// One flag, as configured or with an override laid over it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Flag {
    /// The table of settings demands it.
    #[serde(default)]
    pub(crate) enabled: bool,
    /// Of tenants, 0 to 100.
    #[serde(default = "everybody")]
    pub(crate) percent: u8,
    /// Empty: every environment.
    #[serde(default)]
    pub(crate) environments: Vec<String>,
    #[serde(default)]
    pub(crate) tenants: BTreeMap<String, bool>,
    #[serde(default)]
    pub(crate) about: String,
}

const fn everybody() -> u8 {
    100
}

/// Whether a flag is on, and what decided it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub(crate) struct Decision {
    pub(crate) on: bool,
    pub(crate) why: Why,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Why {
    /// There is no such flag.
    Unknown,
    /// It is switched off for everybody.
    Disabled,
    /// It is not on in this environment.
    Environment,
    /// The tenant has an answer of its own.
    Tenant,
    /// By the share of tenants it is on for.
    Percent,
}

/// Who asks.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Asker<'a> {
    pub(crate) environment: &'a str,
    /// The tenant's id as text; `None` for the program itself.
    pub(crate) tenant: Option<&'a str>,
    /// What the share is taken of: the tenant's id.
    pub(crate) key: &'a str,
}

/// Every flag of the configuration, built-in ones included.
#[derive(Debug, Clone)]
pub(crate) struct FeatureFlags(BTreeMap<String, Flag>);

impl FeatureFlags {
    pub(crate) fn of(features: &Features, flags: &BTreeMap<String, Flag>) -> Self {
        let built_in = features.built_in().into_iter().map(|(name, enabled, about)| {
            let flag = Flag {
                enabled,
                percent: everybody(),
                environments: Vec::new(),
                tenants: BTreeMap::new(),
                about: about.to_owned(),
            };
            (name.to_owned(), flag)
        });
        Self(flags.clone().into_iter().chain(built_in).collect())
    }

    pub(crate) fn names(&self) -> impl Iterator<Item = &str> {
        self.0.keys().map(String::as_str)
    }

    /// The flag with the override of its name laid over it, if there is one.
    pub(crate) fn get(&self, name: &str, overrides: &Overrides) -> Option<Flag> {
        let flag = self.0.get(name)?.clone();
        Some(match overrides.get(name) {
            Some(change) => change.applied_to(flag),
            None => flag,
        })
    }

    /// Whether the flag is on for whoever asks.
    pub(crate) fn is_on(&self, name: &str, overrides: &Overrides, asker: Asker<'_>) -> Decision {
        match self.get(name, overrides) {
            Some(flag) => flag.is_on(name, asker),
            None => Decision { on: false, why: Why::Unknown },
        }
    }
}

impl Flag {
    /// First the switch, then the environment, then the tenant's own answer, then the share.
    pub(crate) fn is_on(&self, name: &str, asker: Asker<'_>) -> Decision {
        let tenant = asker.tenant.and_then(|tenant| self.tenants.get(tenant));
        let is_known_here = self.environments.is_empty()
            || self.environments.iter().any(|environment| environment == asker.environment);
        match tenant {
            _ if !self.enabled => Decision { on: false, why: Why::Disabled },
            _ if !is_known_here => Decision { on: false, why: Why::Environment },
            Some(on) => Decision { on: *on, why: Why::Tenant },
            None => Decision { on: bucket(name, asker.key) < u64::from(self.percent), why: Why::Percent },
        }
    }
}

/// A number from 0 to 99 that a key always has for a flag: it stays in as the share grows. Other flags number the
/// keys in other ways, so that it is not always the same keys that come first.
fn bucket(flag: &str, key: &str) -> u64 {
    // FNV-1a, then the finaliser of MurmurHash3, because FNV alone leaves near keys near.
    let hash = flag.bytes().chain([0]).chain(key.bytes()).fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
    });
    let mixed = (hash ^ (hash >> 33)).wrapping_mul(0xff51_afd7_ed55_8ccd);
    let mixed = (mixed ^ (mixed >> 33)).wrapping_mul(0xc4ce_b9fe_1a85_ec53);
    (mixed ^ (mixed >> 33)) % 100
}

#[cfg(test)]
mod tests;
