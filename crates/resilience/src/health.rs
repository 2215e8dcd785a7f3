//! How the program and what it depends on are doing: components with checks, states with reasons and history, and
//! what makes do meanwhile.
//!
//! A component is registered with an asynchronous check. [`Health::run`] checks each at its own pace: a check that
//! hangs or panics makes its own component unhealthy and harms no other; one that blocks its thread does so too, if
//! the runtime has several. An unhealthy component degrades those that depend on it, and is named as their root
//! cause. Nothing is decided here about what to do then.
//!
//! ```
//! use std::sync::Arc;
//! use std::time::Duration;
//!
//! use resilience::health::{Component, Health, HealthConfig, Importance, Observation, Status, flow_check};
//! use resilience::{SeededChance, TokioClock};
//!
//! # #[tokio::main(flavor = "current_thread", start_paused = true)]
//! # async fn main() {
//! let wall = Arc::new(|| 1_700_000_000_000);
//! let chance = Arc::new(SeededChance::new(1));
//! let health = Health::new(HealthConfig::default(), Arc::new(TokioClock::new()), chance, wall);
//!
//! let database = Component {
//!     gates_readiness: true,
//!     ..Component::new("database", "keeps the journal", Importance::Required)
//! };
//! health.register(database, || async { Observation::unhealthy("10.0.0.7 refuses connections") }).unwrap();
//! let writer = Component {
//!     depends_on: vec!["database".to_owned()],
//!     ..Component::new("writer", "commits to the journal", Importance::Supporting)
//! };
//! let age = || Some(Duration::from_secs(1));
//! let check = flow_check(age, Duration::from_secs(10), Duration::from_secs(60), || true);
//! health.register(writer, check).unwrap();
//!
//! health.run(tokio::time::sleep(Duration::from_secs(2))).await.unwrap();
//!
//! let overall = health.overall();
//! assert_eq!(overall.status, Status::Unhealthy);
//! assert_eq!(overall.reasons[0].component, "database");
//! assert_eq!(overall.reasons[1].affected_by, ["database"]);
//! assert_eq!(health.ready().missing, ["database"]);
//! # }
//! ```

use std::fmt;
use std::sync::atomic::AtomicBool;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::Notify;
use tokio::sync::broadcast::Receiver;

use crate::chance::Chance;
use crate::clock::Clock;

mod announcer;
mod attempt;
mod change;
mod component;
mod damper;
mod degradation;
mod error;
mod flow;
mod graph;
mod history;
mod observation;
mod roster;
mod scheduler;
mod status;
mod view;

#[cfg(test)]
mod tests;

pub use change::{CHANGES, CHECK_SECONDS, Change, HealthChange, OVERALL};
pub use component::{Component, Importance};
pub use degradation::{Degradation, DegradationGuard, Degradations, Mode};
pub use error::{AlreadyRunning, RegisterError};
pub use flow::flow_check;
pub use observation::Observation;
pub use status::Status;
pub use view::{ComponentSnapshot, Overall, PublicComponent, PublicHealth, Readiness, Reason, Snapshot};

use announcer::Announcer;
use attempt::{Answer, Probe};
use history::Moment;
use roster::Roster;

/// Unix milliseconds, for display. Must not call back into [`Health`].
pub type WallClock = Arc<dyn Fn() -> i64 + Send + Sync>;

/// Limits of the orchestrator.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HealthConfig {
    /// Components that may be registered at once: 1,000.
    pub components_max: usize,
    /// Degradations that are listed at once: 1,000.
    pub degradations_max: usize,
    /// Changes that a slow subscriber may be behind before it misses the oldest: 2,048, from 1 to 65,536.
    pub events_max: usize,
    /// The first check of a component comes at a random moment within this span: 1 s.
    pub start_within: Duration,
    /// The shortest pause between two checks of one component, however often it is poked: 500 ms.
    pub gap: Duration,
}

impl Default for HealthConfig {
    fn default() -> Self {
        Self {
            components_max: 1_000,
            degradations_max: 1_000,
            events_max: 2_048,
            start_within: Duration::from_secs(1),
            gap: Duration::from_millis(500),
        }
    }
}

/// The orchestrator. Clones share it.
#[derive(Clone)]
pub struct Health {
    inner: Arc<Inner>,
}

struct Inner {
    config: HealthConfig,
    clock: Arc<dyn Clock>,
    chance: Arc<dyn Chance>,
    wall: WallClock,
    state: Mutex<State>,
    announcer: Announcer,
    degradations: Degradations,
    roster_changed: Notify,
    is_running: AtomicBool,
}

#[derive(Debug)]
struct State {
    roster: Roster,
    next_id: u64,
}

impl Health {
    /// Healthy and without components. `clock` measures how long things take, `chance` spreads the first checks.
    #[must_use]
    pub fn new(
        config: HealthConfig,
        clock: Arc<dyn Clock>,
        chance: Arc<dyn Chance>,
        wall: WallClock,
    ) -> Self {
        let now = Moment { at: clock.now(), at_ms: wall() };
        let inner = Inner {
            state: Mutex::new(State { roster: Roster::new(now), next_id: 0 }),
            announcer: Announcer::new(config.events_max),
            degradations: Degradations::new(config.degradations_max, Arc::clone(&wall)),
            roster_changed: Notify::new(),
            is_running: AtomicBool::new(false),
            config,
            clock,
            chance,
            wall,
        };
        announcer::show(OVERALL, Status::Healthy);
        Self { inner: Arc::new(inner) }
    }

    /// Takes a component in, before or while the checks are run. Until its first check it is degraded.
    ///
    /// # Errors
    /// [`RegisterError`] when the name is taken, there are too many, it would depend on itself, or a value is out of
    /// its range. Nothing has changed then.
    pub fn register<F, Fut>(&self, component: Component, check: F) -> Result<(), RegisterError>
    where
        F: Fn() -> Fut + Send + Sync + 'static,
        Fut: Future<Output = Observation> + Send + 'static,
    {
        let mut state = self.lock();
        state.roster.admit(&component, self.inner.config.components_max)?;
        let id = state.next_id;
        state.next_id = id.wrapping_add(1);
        let probe = Arc::new(Probe::new(id, &component.name, component.timeout, check));
        announcer::show(&component.name, Status::Degraded);
        let changes = state.roster.insert(component, probe, self.now());
        self.inner.announcer.tell(changes);
        self.inner.roster_changed.notify_one();
        Ok(())
    }

    /// Lets a component go with its history, cancelling a check that is running; `false` when there is none. What
    /// depends on it is degraded until it is there again, so let that go first. Its gauge is left at 0.
    pub fn deregister(&self, name: &str) -> bool {
        let mut state = self.lock();
        let Some((entry, changes)) = state.roster.remove(name, self.now()) else { return false };
        entry.probe.gone.notify_one();
        announcer::show(name, Status::Healthy);
        self.inner.announcer.tell(changes);
        // The check may own things that call back when they are dropped.
        drop(state);
        drop(entry);
        true
    }

    /// Asks for a check of the component now, because something failed or came back. However often it is asked
    /// before the check starts, there is one. `false` when there is no such component.
    pub fn poke(&self, name: &str) -> bool {
        let state = self.lock();
        let entry = state.roster.entries.get(name);
        entry.inspect(|entry| entry.probe.poked.notify_one()).is_some()
    }

    /// The state of the whole, and why.
    #[must_use]
    pub fn overall(&self) -> Overall {
        self.lock().roster.overall()
    }

    /// The state of one component, its dependencies considered; `None` when there is no such component.
    #[must_use]
    pub fn status_of(&self, name: &str) -> Option<Status> {
        self.lock().roster.entries.get(name).map(|entry| entry.standing.status)
    }

    /// Whether work should be sent here, and what is missing for it.
    #[must_use]
    pub fn ready(&self) -> Readiness {
        self.lock().roster.readiness()
    }

    /// The view for everybody: names and states only.
    #[must_use]
    pub fn public(&self) -> PublicHealth {
        self.lock().roster.public()
    }

    /// The view for those who may see inside: the whole [`Health::snapshot`].
    #[must_use]
    pub fn detailed(&self) -> Snapshot {
        self.snapshot()
    }

    /// Everything that is known, of one moment.
    #[must_use]
    pub fn snapshot(&self) -> Snapshot {
        let state = self.lock();
        state.roster.snapshot(self.now(), &self.inner.degradations)
    }

    /// Every change from now on. A subscriber that is too slow is told how many it missed.
    #[must_use]
    pub fn subscribe(&self) -> Receiver<HealthChange> {
        self.inner.announcer.subscribe()
    }

    /// What makes do at the moment.
    #[must_use]
    pub fn degradations(&self) -> &Degradations {
        &self.inner.degradations
    }

    fn probes(&self) -> Vec<Arc<Probe>> {
        self.lock().roster.entries.values().map(|entry| Arc::clone(&entry.probe)).collect()
    }

    /// How long after the start of this check the next one should start; `None` when the component is gone.
    fn record(&self, probe: &Probe, answer: Answer, took: Duration) -> Option<Duration> {
        let mut state = self.lock();
        let recorded = state.roster.record(probe, answer, took, self.now())?;
        self.inner.announcer.tell(recorded.changes);
        Some(recorded.interval)
    }

    fn now(&self) -> Moment {
        Moment { at: self.inner.clock.now(), at_ms: (self.inner.wall)() }
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.inner.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl fmt::Debug for Health {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Health").field("config", &self.inner.config).finish_non_exhaustive()
    }
}
