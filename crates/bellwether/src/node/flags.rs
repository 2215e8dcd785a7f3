//! Feature flags of the running node: the configuration's, with what operators switched laid over it.

use std::sync::{Mutex, MutexGuard, PoisonError};

use anyhow::{Context, Result};
use api::OperationError;
use api::model::operations::{self, FlagSource, FlagView};
use store::Store;

use crate::config::Config;
use crate::config::flags::{Asker, FeatureFlags, FlagChange, Overrides, Why};

/// Where the store keeps what operators switched.
const KEY: &str = "flag_overrides";

/// What a share is taken of where the program itself asks.
const PROGRAM: &str = "program";

/// The flags of the node.
pub(crate) struct Flags {
    store: Store,
    state: Mutex<State>,
}

struct State {
    environment: String,
    configured: FeatureFlags,
    overrides: Overrides,
}

impl Flags {
    /// # Errors
    /// What operators switched cannot be read.
    pub(crate) fn open(config: &Config, store: &Store) -> Result<Self> {
        let kept = store.meta(KEY).context("the switched flags cannot be read")?;
        let overrides = match kept {
            Some(text) => serde_json::from_str(&text).context("the switched flags are damaged")?,
            None => Overrides::default(),
        };
        let state = State {
            environment: config.environment.clone(),
            configured: FeatureFlags::of(&config.features, &config.flags),
            overrides,
        };
        Ok(Self { store: store.clone(), state: Mutex::new(state) })
    }

    /// Other flags of the configuration; what operators switched stays.
    pub(crate) fn reconfigure(&self, config: &Config) {
        self.lock().configured = FeatureFlags::of(&config.features, &config.flags);
    }

    /// Whether it is on for a tenant: what its view says.
    pub(crate) fn is_on(&self, name: &str, tenant: &str) -> bool {
        let state = self.lock();
        state.configured.is_on(name, &state.overrides, state.asker(tenant)).on
    }

    /// Whether it is on for the program itself.
    pub(crate) fn is_on_here(&self, name: &str) -> bool {
        let state = self.lock();
        let asker = Asker { environment: &state.environment, tenant: None, key: PROGRAM };
        state.configured.is_on(name, &state.overrides, asker).on
    }

    pub(crate) fn views(&self, tenant: &str) -> Vec<FlagView> {
        let state = self.lock();
        let names: Vec<&str> = state.configured.names().collect();
        names.into_iter().filter_map(|name| state.view(name, tenant)).collect()
    }

    /// # Errors
    /// No such flag, too much to keep, or the store does not take it: then nothing is switched.
    pub(crate) fn change(
        &self,
        name: &str,
        change: operations::FlagChange,
        tenant: &str,
    ) -> Result<FlagView, OperationError> {
        let change = FlagChange {
            enabled: change.enabled,
            percent: change.percent,
            tenants: change.tenants.unwrap_or_default(),
        };
        self.update(name, tenant, |overrides| {
            overrides.change(name, change).map_err(|fault| OperationError::Refused(fault.to_string()))
        })
    }

    /// # Errors
    /// As [`Flags::change`].
    pub(crate) fn drop_change(&self, name: &str, tenant: &str) -> Result<FlagView, OperationError> {
        self.update(name, tenant, |overrides| {
            overrides.drop_change(name);
            Ok(())
        })
    }

    /// Kept first, then in force.
    fn update(
        &self,
        name: &str,
        tenant: &str,
        change: impl FnOnce(&mut Overrides) -> Result<(), OperationError>,
    ) -> Result<FlagView, OperationError> {
        let mut state = self.lock();
        if !state.configured.names().any(|known| known == name) {
            return Err(OperationError::NotFound);
        }
        let mut overrides = state.overrides.clone();
        change(&mut overrides)?;
        let refused = |why: String| OperationError::Refused(format!("the change cannot be kept: {why}"));
        let text = serde_json::to_string(&overrides).map_err(|error| refused(error.to_string()))?;
        self.store.set_meta(KEY, &text).map_err(|error| {
            tracing::error!(%error, "a switched flag cannot be kept");
            refused("the database does not take it".to_owned())
        })?;
        state.overrides = overrides;
        state.view(name, tenant).ok_or(OperationError::NotFound)
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    /// The share is one of tenants.
    fn asker<'a>(&'a self, tenant: &'a str) -> Asker<'a> {
        Asker { environment: &self.environment, tenant: Some(tenant), key: tenant }
    }

    fn view(&self, name: &str, tenant: &str) -> Option<FlagView> {
        let flag = self.configured.get(name, &self.overrides)?;
        let decision = flag.is_on(name, self.asker(tenant));
        let is_switched = self.overrides.get(name).is_some();
        Some(FlagView {
            name: name.to_owned(),
            about: flag.about,
            on: decision.on,
            why: words(decision.why, flag.percent),
            source: if is_switched { FlagSource::Override } else { FlagSource::Configuration },
            enabled: flag.enabled,
            percent: flag.percent,
            environments: flag.environments,
            tenants: flag.tenants,
        })
    }
}

fn words(why: Why, percent: u8) -> String {
    match why {
        Why::Unknown => "there is no such flag".to_owned(),
        Why::Disabled => "it is switched off for everybody".to_owned(),
        Why::Environment => "it is not on in this environment".to_owned(),
        Why::Tenant => "your tenant has an answer of its own".to_owned(),
        Why::Percent => format!("it is on for {percent} % of tenants"),
    }
}
