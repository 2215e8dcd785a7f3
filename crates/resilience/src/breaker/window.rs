//! The recent calls of one closed epoch: the last so many, or those of the last so long. Without a lock.
//!
//! Results that arrive at the same moment may be seen in either order; none is lost and none is counted twice.

use super::config::{Window, WindowKind};
use super::state::Cause;

mod count;
mod time;

use count::CountWindow;
use time::TimeWindow;

/// What is in a window.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Counts {
    pub(super) calls: u64,
    pub(super) failures: u64,
    pub(super) slow: u64,
}

impl Counts {
    /// Whether it is too much, and of what. Failures are told before slow calls.
    pub(super) fn verdict(self, window: &Window) -> Option<Cause> {
        if self.calls < u64::from(window.minimum_calls) {
            return None;
        }
        if share(self.failures, self.calls) >= window.failure_rate {
            return Some(Cause::FailureRate);
        }
        (share(self.slow, self.calls) >= window.slow_rate).then_some(Cause::SlowRate)
    }
}

/// A part of a whole; of nothing, nothing.
#[expect(clippy::cast_precision_loss, reason = "exact below 2^53, and no matter above")]
pub(super) fn share(part: u64, whole: u64) -> f64 {
    if whole == 0 { 0.0 } else { part as f64 / whole as f64 }
}

#[derive(Debug)]
pub(super) enum Rolling {
    Count(CountWindow),
    Time(TimeWindow),
}

impl Rolling {
    /// Empty. `now`: nanoseconds.
    pub(super) fn new(kind: WindowKind, now: u64) -> Self {
        match kind {
            WindowKind::Count(calls) => Self::Count(CountWindow::new(calls)),
            WindowKind::Time(span) => Self::Time(TimeWindow::new(span, now)),
        }
    }

    /// Takes in one call that ended at `now`.
    #[inline]
    pub(super) fn record(&self, now: u64, has_failed: bool, is_slow: bool) {
        match self {
            Self::Count(window) => window.record(has_failed, is_slow),
            Self::Time(window) => window.record(now, has_failed, is_slow),
        }
    }

    pub(super) fn counts(&self, now: u64) -> Counts {
        match self {
            Self::Count(window) => window.counts(),
            Self::Time(window) => window.counts(now),
        }
    }
}
