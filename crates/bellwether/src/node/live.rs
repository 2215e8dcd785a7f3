//! The configuration of the running node: shown, watched, and taken over where that is safe.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use anyhow::Result;
use api::model::operations::{
    ConfigurationView, LastReload, RefusedChange, Reloaded, SettingChange, SettingRow,
};
use engine::Clock;
use secrets::Resolver;
use telemetry::Handles;
use tokio::runtime::Handle;
use tokio_util::sync::CancellationToken;

use super::accounts::Accounts;
use super::alerting::Alerting;
use super::flags::Flags;
use super::policies::Policies;
use super::stepping::Demands;
use super::{hide_secrets, ladder_config, outside};
use crate::clock::SystemClock;
use crate::config::reload::plan;
use crate::config::sections::Config;
use crate::config::watched::Watched;
use crate::config::{self, Faults, Flags as Arguments, Loaded};

/// How often the files are looked at.
const LOOK_EVERY: Duration = Duration::from_secs(2);

/// A file rests when it does not change for so long. After so many looks it is read all the same.
const SETTLE: Duration = Duration::from_millis(300);
const SETTLE_LOOKS_MAX: usize = 20;

/// Everything that takes a changed configuration over.
pub(crate) struct Parts {
    pub(crate) logs: Handles,
    pub(crate) policies: Arc<Policies>,
    pub(crate) flags: Arc<Flags>,
    pub(crate) alerting: Arc<Alerting>,
    pub(crate) demands: Arc<Demands>,
    pub(crate) accounts: Accounts,
    pub(crate) resolver: Resolver,
    pub(crate) runtime: Handle,
}

type Listener = Box<dyn Fn(&Config) + Send + Sync>;

/// The configuration in force.
pub(crate) struct Live {
    arguments: Arguments,
    parts: Parts,
    loaded: Mutex<Loaded>,
    /// Tells those who are not of the node, such as the API.
    listeners: Mutex<Vec<Listener>>,
    /// One reload at a time.
    reloading: Mutex<()>,
    last: Mutex<Option<LastReload>>,
}

impl Live {
    pub(crate) fn new(arguments: Arguments, loaded: Loaded, parts: Parts) -> Self {
        let loaded = Mutex::new(loaded);
        let (listeners, reloading, last) = (Mutex::default(), Mutex::default(), Mutex::default());
        Self { arguments, parts, loaded, listeners, reloading, last }
    }

    /// Calls `listener` with every configuration that is taken over from now on.
    pub(crate) fn on_change(&self, listener: impl Fn(&Config) + Send + Sync + 'static) {
        self.listeners.lock().unwrap_or_else(PoisonError::into_inner).push(Box::new(listener));
    }

    pub(crate) fn view(&self) -> ConfigurationView {
        let rows = self.loaded().rows().into_iter().map(|row| SettingRow {
            path: row.path,
            value: row.value,
            default: row.default,
            origin: row.origin,
            about: row.about.to_owned(),
            live: row.reload == config::Reload::Live,
        });
        let last_reload = self.last.lock().unwrap_or_else(PoisonError::into_inner).clone();
        ConfigurationView { rows: rows.collect(), last_reload }
    }

    /// Reads every layer again. With a fault anywhere nothing is changed. Not to be called on the runtime's threads:
    /// secrets may have to be fetched.
    pub(crate) fn reload(&self, by: &str) -> Reloaded {
        let _alone = self.reloading.lock().unwrap_or_else(PoisonError::into_inner);
        let reloaded = self
            .try_reload()
            .unwrap_or_else(|error| Reloaded { faults: faults_of(&error), ..Reloaded::default() });
        tell(&reloaded, by);
        let last =
            LastReload { at_ms: SystemClock.now().millis(), by: by.to_owned(), report: reloaded.clone() };
        *self.last.lock().unwrap_or_else(PoisonError::into_inner) = Some(last);
        reloaded
    }

    fn try_reload(&self) -> Result<Reloaded> {
        let new = config::load(&self.arguments)?;
        let running = self.loaded().clone();
        let new =
            self.parts.runtime.block_on(outside::with_secrets(new, &self.parts.resolver, Some(&running)))?;
        let plan = plan(&running, &new)?;
        hide_secrets(&self.parts.logs, &plan.next);
        if !plan.live.is_empty() {
            self.apply(&plan.next.config)?;
        }
        let (live, refused) = (plan.live, plan.refused);
        *self.loaded() = plan.next;
        Ok(Reloaded {
            changed: live
                .into_iter()
                .map(|change| SettingChange { path: change.path, from: change.from, to: change.to })
                .collect(),
            refused: refused
                .into_iter()
                .map(|refusal| RefusedChange { path: refusal.path, reason: refusal.reason.to_owned() })
                .collect(),
            faults: Vec::new(),
        })
    }

    /// Each part takes over what concerns it; what it has already, it keeps. What can fail comes first, so that nothing
    /// is left half changed.
    fn apply(&self, config: &Config) -> Result<()> {
        let parts = &self.parts;
        let _guard = parts.runtime.enter();
        let alerts = parts.alerting.renewed(config, &parts.policies)?;
        parts.policies.reconfigure(config)?;
        parts.alerting.take(alerts);
        parts.flags.reconfigure(config);
        self.set_level(config);
        parts.logs.set_slow_operation(Duration::from_millis(config.log.slow_operation_ms));
        parts.demands.set_rules(config.ladder.rules.clone());
        for account in parts.accounts.iter() {
            account.ladder().set_config(ladder_config(config));
            account.set_limits(&config.limits);
        }
        for listener in self.listeners.lock().unwrap_or_else(PoisonError::into_inner).iter() {
            listener(config);
        }
        Ok(())
    }

    /// Logs as much as the configuration and the flag `debug` say now.
    pub(crate) fn follow_flags(&self) {
        let config = self.loaded().config.clone();
        self.set_level(&config);
    }

    fn set_level(&self, config: &Config) {
        let is_debugged = self.parts.flags.is_on_here("debug");
        let level = if is_debugged { "debug" } else { &config.log.level };
        if let Err(reason) = self.parts.logs.set_level(level) {
            tracing::error!(reason, "the log keeps its level");
        }
    }

    /// Reloads whenever a file has changed, or the process gets SIGHUP, until the node stops.
    pub(crate) async fn watch(self: Arc<Self>, stop: CancellationToken) {
        let mut watched = self.loaded().watched();
        let Ok(mut hangups) = tokio::signal::unix::signal(tokio::signal::unix::SignalKind::hangup()) else {
            return;
        };
        loop {
            let by = tokio::select! {
                () = stop.cancelled() => return,
                _ = hangups.recv() => "signal SIGHUP",
                () = tokio::time::sleep(LOOK_EVERY) => "a changed file",
            };
            if by == "a changed file" && !has_settled(&mut watched).await {
                continue;
            }
            let live = Arc::clone(&self);
            if tokio::task::spawn_blocking(move || live.reload(by)).await.is_err() {
                tracing::error!("reloading the configuration ended by a panic; the old one holds");
            }
            watched.follow(&self.loaded().watched());
        }
    }

    fn loaded(&self) -> MutexGuard<'_, Loaded> {
        self.loaded.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Each fault by itself.
fn faults_of(error: &anyhow::Error) -> Vec<String> {
    match error.downcast_ref::<Faults>() {
        Some(Faults(faults)) => faults.iter().map(ToString::to_string).collect(),
        None => vec![format!("{error:#}")],
    }
}

/// Whether a file has changed. A file that is being written is left alone until it rests: half of one would be read as
/// one that sets less.
async fn has_settled(watched: &mut Watched) -> bool {
    if !watched.has_changed() {
        return false;
    }
    for _ in 0..SETTLE_LOOKS_MAX {
        tokio::time::sleep(SETTLE).await;
        if !watched.has_changed() {
            break;
        }
    }
    true
}

fn tell(reloaded: &Reloaded, by: &str) {
    for change in &reloaded.changed {
        tracing::warn!(
            setting = change.path,
            from = change.from,
            to = change.to,
            by,
            "a setting was changed"
        );
    }
    for refused in &reloaded.refused {
        let (setting, reason) = (&refused.path, &refused.reason);
        tracing::warn!(setting, reason, by, "a changed setting waits for a restart");
    }
    for fault in &reloaded.faults {
        tracing::error!(fault, by, "the changed configuration is faulty; the old one holds");
    }
}
