//! What the tests share: an orchestrator on the runtime's paused time, and a party whose state they set.

use std::future::{Ready, ready};
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::sync::oneshot;
use tokio::task::JoinHandle;
use tokio::time::Instant;

use crate::health::attempt::Answer;
use crate::health::{Component, Health, HealthConfig, Importance, Observation, Status};
use crate::{SeededChance, TokioClock};

/// Unix milliseconds of the beginning of every test.
pub(super) const BEGAN_MS: i64 = 1_700_000_000_000;

/// First checks come at once.
pub(super) fn config() -> HealthConfig {
    HealthConfig { start_within: Duration::ZERO, ..HealthConfig::default() }
}

pub(super) fn health() -> Health {
    with(config())
}

pub(super) fn with(config: HealthConfig) -> Health {
    let began = Instant::now();
    let wall = move || BEGAN_MS + i64::try_from(began.elapsed().as_millis()).unwrap();
    Health::new(config, Arc::new(TokioClock::new()), Arc::new(SeededChance::new(7)), Arc::new(wall))
}

pub(super) fn required(name: &str) -> Component {
    Component { gates_readiness: true, ..Component::new(name, "about", Importance::Required) }
}

pub(super) fn supporting(name: &str) -> Component {
    Component::new(name, "about", Importance::Supporting)
}

pub(super) fn depending(component: Component, on: &[&str]) -> Component {
    Component { depends_on: on.iter().map(ToString::to_string).collect(), ..component }
}

pub(super) async fn seconds(seconds: f64) {
    tokio::time::sleep(Duration::from_secs_f64(seconds)).await;
}

/// As if the check of a component had answered.
pub(super) fn observe(health: &Health, name: &str, observation: Observation) {
    let probe = Arc::clone(&health.lock().roster.entries[name].probe);
    health.record(&probe, Answer::Seen(observation), Duration::ZERO).unwrap();
}

pub(super) fn answer(health: &Health, name: &str, status: Status) {
    observe(health, name, Observation::new(status, format!("{name} is {}", status.name())));
}

/// Registers one with a check that is never run.
pub(super) fn put(health: &Health, component: Component) {
    health.register(component, || ready(Observation::healthy(""))).unwrap();
}

/// Registers one and lets its check have answered.
pub(super) fn put_as(health: &Health, component: Component, status: Status) {
    let name = component.name.clone();
    put(health, component);
    answer(health, &name, status);
}

/// Names of the reasons, in order.
pub(super) fn reasons(health: &Health) -> Vec<String> {
    health.overall().reasons.into_iter().map(|reason| reason.component).collect()
}

/// Runs the checks until it is stopped or dropped.
pub(super) struct Runner {
    stop: Option<oneshot::Sender<()>>,
    pub(super) task: JoinHandle<()>,
}

pub(super) fn run(health: &Health) -> Runner {
    let (stop, stopped) = oneshot::channel();
    let health = health.clone();
    let task = tokio::spawn(async move {
        health.run(async { drop(stopped.await) }).await.unwrap();
    });
    Runner { stop: Some(stop), task }
}

impl Runner {
    pub(super) async fn stop(mut self) {
        drop(self.stop.take());
        self.task.await.unwrap();
    }
}

/// Something that is checked.
#[derive(Clone)]
pub(super) struct Party(Arc<Seen>);

struct Seen {
    status: Mutex<Status>,
    checks: AtomicU32,
}

impl Party {
    pub(super) fn new(status: Status) -> Self {
        Self(Arc::new(Seen { status: Mutex::new(status), checks: AtomicU32::new(0) }))
    }

    pub(super) fn set(&self, status: Status) {
        *self.0.status.lock().unwrap_or_else(PoisonError::into_inner) = status;
    }

    pub(super) fn status(&self) -> Status {
        *self.0.status.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn checks(&self) -> u32 {
        self.0.checks.load(Ordering::SeqCst)
    }

    /// A check that answers at once.
    pub(super) fn check(&self) -> impl Fn() -> Ready<Observation> + Send + Sync + 'static {
        let party = self.clone();
        move || {
            party.0.checks.fetch_add(1, Ordering::SeqCst);
            ready(Observation::new(party.status(), "seen"))
        }
    }
}
