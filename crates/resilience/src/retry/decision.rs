//! Whether there is another try, and when.

use std::fmt;
use std::time::Duration;

use super::{Budget, Idempotency, RetryConfig};
use crate::chance::Chance;
use crate::failure::Kind;

/// Why there is no further try.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum GiveUp {
    /// The error does not allow it: it is an answer, or something may have been done that must not be done twice.
    NotRetryable,
    /// That was the last one.
    TriesUsed,
    /// The wait would reach past the time that the whole call has.
    NoTime,
    /// There were too many retries lately.
    NoBudget,
    /// The party must not be called at the moment: its breaker is open.
    Barred,
}

impl fmt::Display for GiveUp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::NotRetryable => "which must not be repeated",
            Self::TriesUsed => "which is all there are",
            Self::NoTime => "as no time is left for another",
            Self::NoBudget => "as too many others were repeated lately",
            Self::Barred => "as the service must not be called now",
        })
    }
}

/// A try that failed.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Failed {
    pub(crate) kind: Kind,
    pub(crate) idempotency: Idempotency,
    /// Tries that were made, with this one.
    pub(crate) tries: u32,
    /// Until the whole call is out of time.
    pub(crate) time_left: Option<Duration>,
    /// No try would be let through at the moment.
    pub(crate) is_barred: bool,
}

/// How long to wait before the next try. The budget is asked last, so that nothing is taken from it in vain.
pub(crate) fn decide(
    config: &RetryConfig,
    budget: &Budget,
    chance: &dyn Chance,
    failed: &Failed,
) -> Result<Duration, GiveUp> {
    if !failed.kind.is_retryable(failed.idempotency.is_idempotent()) {
        return Err(GiveUp::NotRetryable);
    }
    if failed.tries >= config.tries_max {
        return Err(GiveUp::TriesUsed);
    }
    if failed.is_barred {
        return Err(GiveUp::Barred);
    }
    let after = match failed.kind {
        Kind::RateLimited { after } => after,
        _ => None,
    };
    let wait = config.wait(failed.tries, chance.unit(), after);
    if failed.time_left.is_some_and(|left| wait >= left) {
        return Err(GiveUp::NoTime);
    }
    if budget.withdraw() { Ok(wait) } else { Err(GiveUp::NoBudget) }
}
