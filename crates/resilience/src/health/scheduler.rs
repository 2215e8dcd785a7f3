use std::collections::HashMap;
use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use tokio::task::{AbortHandle, Id, JoinError, JoinSet};
use tokio::time::{Instant, sleep_until, timeout};

use super::Health;
use super::announcer;
use super::attempt::{Answer, Probe};
use super::error::AlreadyRunning;
use super::observation::Observation;

/// The rounds of all components: one task each, so that no check waits for another.
#[derive(Debug, Default)]
struct Rounds {
    tasks: JoinSet<()>,
    by_probe: HashMap<u64, AbortHandle>,
}

impl Health {
    /// Runs the checks until `stop` is done; what is running then is cancelled. Components may come and go meanwhile.
    ///
    /// Each component is checked by a task of its own, one check at a time: first at a random moment within
    /// `start_within`, then every `interval`, sooner while it is unwell or when it is poked. The number of checks at
    /// once is bounded by the number of components.
    ///
    /// # Errors
    /// [`AlreadyRunning`] when they are run already.
    pub async fn run(&self, stop: impl Future<Output = ()>) -> Result<(), AlreadyRunning> {
        let _running = Running::begin(&self.inner.is_running)?;
        let mut stop = pin!(stop);
        let mut rounds = Rounds::default();
        loop {
            rounds.watch_new(self);
            tokio::select! {
                biased;
                () = &mut stop => return Ok(()),
                () = self.inner.roster_changed.notified() => {}
                Some(ended) = rounds.tasks.join_next_with_id() => rounds.forget(ended),
            }
        }
    }

    /// Checks one component again and again.
    async fn rounds(&self, probe: &Probe) {
        let mut due = after(Instant::now(), self.start_delay());
        let mut earliest = Instant::now();
        loop {
            probe.wait(due, earliest).await;
            let started = Instant::now();
            let began = self.inner.clock.now();
            let (answer, left) = probe.attempt().await;
            let took = self.since(began);
            announcer::time(&probe.name, took);
            let Some(interval) = self.record(probe, answer, took) else { return };
            let Some(interval) = self.ended(probe, left, began, interval).await else { return };
            earliest = after(Instant::now(), self.inner.config.gap);
            due = after(started, interval).max(earliest);
        }
    }

    /// Waits until a check that was given up has ended. As long as it does not, it counts as failed again and again.
    async fn ended(
        &self,
        probe: &Probe,
        mut left: JoinSet<Observation>,
        began: u64,
        mut interval: Duration,
    ) -> Option<Duration> {
        while timeout(interval, drain(&mut left)).await.is_err() {
            let waited = self.since(began);
            interval = self.record(probe, Answer::None { waited }, waited)?;
        }
        Some(interval)
    }

    fn since(&self, began: u64) -> Duration {
        Duration::from_nanos(self.inner.clock.now().saturating_sub(began))
    }

    fn start_delay(&self) -> Duration {
        let share = self.inner.chance.unit().clamp(0.0, 1.0);
        Duration::try_from_secs_f64(self.inner.config.start_within.as_secs_f64() * share).unwrap_or_default()
    }
}

impl Rounds {
    /// Starts the rounds of those that have none yet.
    fn watch_new(&mut self, health: &Health) {
        for probe in health.probes() {
            self.by_probe.entry(probe.id).or_insert_with(|| self.tasks.spawn(watch(health.clone(), probe)));
        }
    }

    /// A round ends when its component is gone. Should it end otherwise, it is started again.
    fn forget(&mut self, ended: Result<(Id, ()), JoinError>) {
        let id = match ended {
            Ok((id, ())) => id,
            Err(error) => {
                tracing::error!(%error, "the rounds of a health check broke off and are started again");
                error.id()
            }
        };
        self.by_probe.retain(|_, task| task.id() != id);
    }
}

async fn drain(left: &mut JoinSet<Observation>) {
    while left.join_next().await.is_some() {}
}

async fn watch(health: Health, probe: Arc<Probe>) {
    tokio::select! {
        biased;
        () = probe.gone.notified() => {}
        () = health.rounds(&probe) => {}
    }
}

impl Probe {
    /// Until the next check should start: when it is due, or when it is poked and the last one is long enough ago.
    async fn wait(&self, due: Instant, earliest: Instant) {
        tokio::select! {
            () = sleep_until(due) => {}
            () = self.poked.notified() => sleep_until(earliest).await,
        }
        // The check that starts now answers whoever poked until now.
        pin!(self.poked.notified()).enable();
    }
}

fn after(moment: Instant, span: Duration) -> Instant {
    moment.checked_add(span).unwrap_or(moment)
}

/// Holds the mark that the checks are run, also when the run is dropped.
struct Running<'a>(&'a AtomicBool);

impl<'a> Running<'a> {
    fn begin(mark: &'a AtomicBool) -> Result<Self, AlreadyRunning> {
        let was_running = mark.swap(true, Ordering::AcqRel);
        if was_running { Err(AlreadyRunning) } else { Ok(Self(mark)) }
    }
}

impl Drop for Running<'_> {
    fn drop(&mut self) {
        self.0.store(false, Ordering::Release);
    }
}
