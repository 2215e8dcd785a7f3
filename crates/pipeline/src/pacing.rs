//! Keeps calls to a provider within its budget.

use domain::{Span, Timestamp};
use metrics::{Counter, counter};
use thiserror::Error;

use crate::names;

/// A provider's budget.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PacingLimits {
    pub per_second: u32,
    /// How many calls may come at once after a rest.
    pub burst: u32,
}

impl Default for PacingLimits {
    /// 2000 a second, 2000 at once.
    fn default() -> Self {
        Self { per_second: 2_000, burst: 2_000 }
    }
}

/// The budget is spent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("the budget is spent; there is room again in {} ms", retry_after.millis())]
pub struct Blocked {
    pub retry_after: Span,
}

/// One token in billionths, so that a token's fraction for every nanosecond is a whole number.
const TOKEN: i128 = 1_000_000_000;

/// A token bucket: it holds `burst` tokens at first and gains `per_second` of them in a second. Time is injected;
/// a clock that goes back gains nothing and costs nothing.
pub struct Pacer {
    limits: PacingLimits,
    /// In billionths of a token.
    level: i128,
    filled: Timestamp,
    blocked: u64,
    blocked_metric: Counter,
}

impl Pacer {
    /// A full bucket; `provider` labels the metric.
    #[must_use]
    pub fn new(provider: &str, limits: PacingLimits, now: Timestamp) -> Self {
        Self {
            limits,
            level: i128::from(limits.burst) * TOKEN,
            filled: now,
            blocked: 0,
            blocked_metric: counter!(names::PACING_BLOCKED, "provider" => provider.to_owned()),
        }
    }

    /// Takes one token.
    ///
    /// # Errors
    /// [`Blocked`] when there is none; it is counted.
    pub fn take(&mut self, now: Timestamp) -> Result<(), Blocked> {
        self.fill(now);
        if self.level >= TOKEN {
            self.level -= TOKEN;
            return Ok(());
        }
        self.blocked += 1;
        self.blocked_metric.increment(1);
        Err(Blocked { retry_after: self.wait() })
    }

    /// How many calls were blocked.
    #[must_use]
    pub const fn blocked(&self) -> u64 {
        self.blocked
    }

    fn fill(&mut self, now: Timestamp) {
        let elapsed = i128::from(now.since(self.filled).nanos()).max(0);
        let gained = elapsed * i128::from(self.limits.per_second);
        self.level = (self.level + gained).min(i128::from(self.limits.burst) * TOKEN);
        self.filled = now;
    }

    /// Until a whole token is there, rounded up; for ever when none ever comes.
    fn wait(&self) -> Span {
        let (missing, rate) = (TOKEN - self.level, i128::from(self.limits.per_second));
        if rate == 0 || self.limits.burst == 0 {
            return Span::from_nanos(i64::MAX);
        }
        Span::from_nanos(i64::try_from((missing + rate - 1) / rate).unwrap_or(i64::MAX))
    }
}

impl std::fmt::Debug for Pacer {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter
            .debug_struct("Pacer")
            .field("limits", &self.limits)
            .field("level", &self.level)
            .field("filled", &self.filled)
            .field("blocked", &self.blocked)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests;
