//! Retry: again, later, and not too often.
//!
//! Three things keep retries from becoming a storm: only what the error's [`Kind`] allows is tried again; waits are
//! drawn evenly from zero to a bound that doubles (full jitter), so that callers who failed together do not come back
//! together; and a [`Budget`] ties the number of retries to the number of calls.

mod backoff;
mod budget;
mod config;
mod decision;
mod layer;

pub use budget::{Budget, BudgetConfig};
pub use config::RetryConfig;
pub use decision::GiveUp;
pub use layer::{RetryFuture, RetryLayer, RetryService};

pub(crate) use decision::{Failed, decide};

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use tokio::time::Instant;

use crate::chance::Chance;
use crate::failure::{Failure, Kind};
use crate::policy::{Checks, Faults};

/// Whether doing it twice does the same as doing it once.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Idempotency {
    /// Reads, and writes that carry their own identity.
    Idempotent,
    /// Twice is one too many: it is tried again only when it is certain that nothing was done.
    NotIdempotent,
}

impl Idempotency {
    #[must_use]
    pub const fn is_idempotent(self) -> bool {
        matches!(self, Self::Idempotent)
    }
}

/// Tries again. Calls that share it share its budget.
pub struct Retry {
    config: RetryConfig,
    budget: Budget,
    chance: Arc<dyn Chance>,
}

/// The last error of a call, and why there was no further try.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{last} (after {tries} {}, {why})", if *.tries == 1 { "try" } else { "tries" })]
pub struct GaveUp<E> {
    pub tries: u32,
    pub why: GiveUp,
    pub last: E,
}

impl<E: Failure> Failure for GaveUp<E> {
    fn kind(&self) -> Kind {
        self.last.kind()
    }
}

impl Retry {
    /// # Errors
    /// Values out of their ranges, all at once.
    pub fn new(config: RetryConfig, chance: Arc<dyn Chance>) -> Result<Self, Faults> {
        Checks::of(|checks| config.check(checks))?;
        Ok(Self { config, budget: Budget::new(&config.budget), chance })
    }

    pub const fn budget(&self) -> &Budget {
        &self.budget
    }

    /// Runs `operation` until it succeeds or must not be tried again. It is told the number of the try, from 1.
    /// `whole`: no wait reaches past this time from now.
    ///
    /// # Errors
    /// The last error, and why it was the last.
    pub async fn call<T, E, F, Fut>(
        &self,
        idempotency: Idempotency,
        whole: Option<Duration>,
        mut operation: F,
    ) -> Result<T, GaveUp<E>>
    where
        E: Failure,
        F: FnMut(u32) -> Fut,
        Fut: Future<Output = Result<T, E>>,
    {
        let started = whole.map(|_| Instant::now());
        self.budget.deposit();
        let mut tries = 0_u32;
        loop {
            tries = tries.saturating_add(1);
            let last = match operation(tries).await {
                Ok(value) => return Ok(value),
                Err(error) => error,
            };
            let time_left =
                whole.zip(started).map(|(whole, started)| whole.saturating_sub(started.elapsed()));
            match self.decide(&Failed { kind: last.kind(), idempotency, tries, time_left, is_barred: false })
            {
                Ok(delay) => tokio::time::sleep(delay).await,
                Err(why) => return Err(GaveUp { tries, why, last }),
            }
        }
    }

    fn decide(&self, failed: &Failed) -> Result<Duration, GiveUp> {
        decide(&self.config, &self.budget, self.chance.as_ref(), failed)
    }
}

impl fmt::Debug for Retry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Retry")
            .field("config", &self.config)
            .field("budget", &self.budget)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests;
