//! Hedging: when an answer is late, ask a second time and take what comes first.
//!
//! For reads alone: what is asked twice may be done twice. Hedges draw on a [`Budget`] of their own, so that a party
//! that is slow altogether is not asked twice for everything.

mod config;
mod latencies;
mod layer;
mod race;

pub use config::HedgeConfig;
pub use latencies::Latencies;
pub use layer::{HedgeLayer, HedgeService};

use std::future::poll_fn;
use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use serde::Serialize;
use tokio::time::Instant;

use crate::clock::nanoseconds;
use crate::failure::Failure;
use crate::policy::{Checks, Faults};
use crate::retry::{Budget, Idempotency};

use race::Race;

/// What hedging did so far.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct HedgeSnapshot {
    /// Further calls that were started.
    pub started: u64,
    /// Those of them whose answer came first.
    pub won: u64,
    /// Further calls that were not started, for want of budget.
    pub refused: u64,
    /// After how long a further call is started now.
    pub after: Duration,
}

/// Starts a further call when the first one is late. Calls that share it share its budget and its latencies.
#[derive(Debug)]
pub struct Hedge {
    config: arc_swap::ArcSwap<HedgeConfig>,
    budget: Budget,
    latencies: Latencies,
    started: AtomicU64,
    won: AtomicU64,
}

impl Hedge {
    /// # Errors
    /// Values out of their ranges, all at once.
    pub fn new(config: HedgeConfig) -> Result<Self, Faults> {
        Checks::of(|checks| config.check(checks))?;
        Ok(Self::unchecked(config))
    }

    pub(crate) fn unchecked(config: HedgeConfig) -> Self {
        Self {
            budget: Budget::new(&config.budget),
            config: arc_swap::ArcSwap::new(Arc::new(config)),
            latencies: Latencies::new(),
            started: AtomicU64::new(0),
            won: AtomicU64::new(0),
        }
    }

    pub(crate) fn set_unchecked(&self, config: HedgeConfig) {
        self.budget.set_config(&config.budget);
        self.config.store(Arc::new(config));
    }

    /// Runs `operation`, and runs it again beside the first one while no answer is there. It is told its number: 0,
    /// then 1 for the first further one. The first answer wins, be it a success or a refusal; the others are dropped.
    /// What may be tried again is no answer as long as another call is under
    /// way.
    ///
    /// # Errors
    /// The refusal, or the last of the other errors.
    pub async fn call<T, E, F, Fut>(&self, idempotency: Idempotency, mut operation: F) -> Result<T, E>
    where
        E: Failure,
        F: FnMut(u32) -> Fut,
        Fut: Future<Output = Result<T, E>>,
    {
        let mut first = pin!(operation(0));
        if !idempotency.is_idempotent() {
            return first.await;
        }
        self.budget.deposit();
        let mut timer = pin!(None);
        let mut race = Race::new(self, first.as_mut(), timer.as_mut(), operation);
        let mut began = None;
        let answer = poll_fn(|cx| {
            let answer = race.poll(cx);
            if answer.is_pending() {
                began.get_or_insert_with(Instant::now);
            }
            answer
        })
        .await;
        // What was there at the first look was never late, and says nothing of when others are.
        if let (Some(began), Ok(_)) = (began, &answer) {
            self.latencies.record(nanoseconds(began.elapsed()));
        }
        answer
    }

    /// Whether there may be a further call, which is counted then.
    fn grant(&self) -> bool {
        let is_granted = self.budget.withdraw();
        self.started.fetch_add(u64::from(is_granted), Ordering::Relaxed);
        is_granted
    }

    fn count_won(&self) {
        self.won.fetch_add(1, Ordering::Relaxed);
    }

    /// After how long without an answer a further call is started.
    pub fn after(&self) -> Duration {
        let config = self.config.load();
        let learnt = config.percentile.and_then(|percentile| self.latencies.percentile(percentile));
        learnt.map_or(config.after, Duration::from_nanos)
    }

    pub fn snapshot(&self) -> HedgeSnapshot {
        HedgeSnapshot {
            started: self.started.load(Ordering::Relaxed),
            won: self.won.load(Ordering::Relaxed),
            refused: self.budget.refused(),
            after: self.after(),
        }
    }
}

#[cfg(test)]
mod tests;
