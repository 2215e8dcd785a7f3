//! What happened to calls: plain counts, written to the metrics when asked for.

use std::sync::atomic::{AtomicU64, Ordering};

use super::PolicyError;
use crate::fallback::Source;

/// A count that only grows.
#[derive(Debug, Default)]
pub(super) struct Count(AtomicU64);

impl Count {
    #[inline]
    pub(super) fn more(&self) {
        self.0.fetch_add(1, Ordering::Relaxed);
    }

    pub(super) fn get(&self) -> u64 {
        self.0.load(Ordering::Relaxed)
    }
}

/// The largest of all values so far.
#[derive(Debug, Default)]
pub(super) struct Peak(AtomicU64);

impl Peak {
    /// Nearly always it is lower, and a look is all it costs.
    #[inline]
    pub(super) fn reach(&self, value: u64) {
        if self.get() < value {
            self.0.fetch_max(value, Ordering::Relaxed);
        }
    }

    pub(super) fn get(&self) -> u64 {
        self.0.load(Ordering::Relaxed)
    }
}

/// Everything that a policy counts itself. A good call touches one of them.
#[derive(Debug, Default)]
pub(super) struct Counts {
    pub(super) succeeded: Count,
    /// With an error of the operation, or out of time.
    pub(super) failed: Count,
    pub(super) cancelled: Count,
    /// How long the longest call took that ended in whatever way, in nanoseconds.
    pub(super) longest: Peak,
    /// Tries of a policy without a breaker, which would count them.
    pub(super) tries_succeeded: Count,
    pub(super) tries_failed: Count,
    pub(super) timed_out_per_try: Count,
    pub(super) timed_out_whole: Count,
    pub(super) retries: Count,
    /// Retries that were not made because their wait would have been longer than the time left.
    pub(super) retries_without_time: Count,
    /// Retries that were not made because the breaker had opened.
    pub(super) retries_while_open: Count,
    pub(super) rate_delayed: Count,
    pub(super) open: Count,
    pub(super) full: Count,
    pub(super) waited_too_long: Count,
    pub(super) rate_limited: Count,
    pub(super) shed: Count,
    pub(super) cached: Count,
    pub(super) secondary: Count,
    pub(super) default: Count,
}

impl Counts {
    #[inline]
    pub(super) fn count<T, E>(&self, outcome: &Result<T, PolicyError<E>>) {
        match outcome {
            Ok(_) => self.succeeded.more(),
            Err(error) => self.count_error(error),
        }
    }

    #[cold]
    fn count_error<E>(&self, error: &PolicyError<E>) {
        match error {
            PolicyError::Open { .. } => self.open.more(),
            PolicyError::Full => self.full.more(),
            PolicyError::WaitedTooLong { .. } => self.waited_too_long.more(),
            PolicyError::RateLimited { .. } => self.rate_limited.more(),
            PolicyError::Shed(_) => self.shed.more(),
            PolicyError::TimedOut { whole, .. } => {
                self.failed.more();
                if *whole {
                    self.timed_out_whole.more();
                }
            }
            PolicyError::Exhausted { .. } | PolicyError::Failed(_) => self.failed.more(),
        }
    }

    pub(super) fn count_source(&self, source: Source) {
        match source {
            Source::Fresh => {}
            Source::Cached { .. } => self.cached.more(),
            Source::Secondary => self.secondary.more(),
            Source::Default => self.default.more(),
        }
    }

    pub(super) fn refused(&self) -> [(&'static str, u64); 5] {
        [
            ("open", self.open.get()),
            ("full", self.full.get()),
            ("waited_too_long", self.waited_too_long.get()),
            ("rate_limited", self.rate_limited.get()),
            ("shed", self.shed.get()),
        ]
    }
}
