//! How many calls, and the arithmetic of letting them through.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use super::{Limited, Remaining};
use crate::clock::nanoseconds;

/// How many calls may come at once, and how fast they come back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Quota {
    /// The time in which one call comes back; a nanosecond or more.
    pub per: Duration,
    /// Calls that may come at once after a rest; 1 or more.
    pub burst: u32,
}

impl Quota {
    /// `calls` in every `window`, all of them at once if need be. What does not divide evenly is rounded to the strict
    /// side: by less than a nanosecond a call.
    #[must_use]
    pub fn of(calls: u32, window: Duration) -> Self {
        let per = nanoseconds(window).div_ceil(u64::from(calls.max(1)));
        Self { per: Duration::from_nanos(per), burst: calls }
    }

    #[must_use]
    pub fn per_second(calls: u32) -> Self {
        Self::of(calls, Duration::from_secs(1))
    }

    #[must_use]
    pub fn per_minute(calls: u32) -> Self {
        Self::of(calls, Duration::from_secs(60))
    }

    /// The same rate with another burst.
    #[must_use]
    pub const fn with_burst(self, burst: u32) -> Self {
        Self { burst, ..self }
    }
}

/// Why a quota cannot be kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum QuotaFault {
    #[error("a rate limit must let at least one call through: the burst is 0")]
    NoBurst,
    #[error("a call must take at least a nanosecond to come back: a billion calls a second are the most")]
    TooFast,
    #[error("a burst must come back within 100 years")]
    TooSlow,
}

/// The longest time a whole burst may take to come back: a clock that has run for 400 years still does not overflow.
const SPAN_MAX: u64 = 100 * 365 * 24 * 3600 * 1_000_000_000;

/// A quota, checked and in nanoseconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Gcra {
    per: u64,
    /// In which a whole burst comes back.
    span: u64,
    burst: u32,
}

impl Gcra {
    pub(crate) fn new(quota: Quota) -> Result<Self, QuotaFault> {
        let per = nanoseconds(quota.per);
        let span = per.checked_mul(u64::from(quota.burst)).filter(|span| *span <= SPAN_MAX);
        match (quota.burst, per) {
            (0, _) => Err(QuotaFault::NoBurst),
            (_, 0) => Err(QuotaFault::TooFast),
            (burst, per) => Ok(Self { per, span: span.ok_or(QuotaFault::TooSlow)?, burst }),
        }
    }

    /// Lets `cost` calls through or none. `full_at`: the moment at which the whole burst is there again.
    #[inline]
    pub(crate) fn admit(&self, full_at: &AtomicU64, now: u64, cost: u32) -> Result<Remaining, Limited> {
        let mut seen = full_at.load(Ordering::Relaxed);
        loop {
            let (next, remaining) = self.decide(seen, now, cost, 0)?;
            // The number is all there is to agree on, so the order of other memory does not matter.
            match full_at.compare_exchange_weak(seen, next, Ordering::Relaxed, Ordering::Relaxed) {
                Ok(_) => return Ok(remaining),
                Err(other) => seen = other,
            }
        }
    }

    /// Takes the next free place, now or later: how long to wait for it. Refuses when that is longer than `wait_max`.
    pub(crate) fn reserve(&self, full_at: &AtomicU64, now: u64, wait_max: u64) -> Result<u64, Limited> {
        let mut seen = full_at.load(Ordering::Relaxed);
        loop {
            let (next, _) = self.decide(seen, now, 1, wait_max)?;
            match full_at.compare_exchange_weak(seen, next, Ordering::Relaxed, Ordering::Relaxed) {
                Ok(_) => return Ok(next.saturating_sub(now.saturating_add(self.span))),
                Err(other) => seen = other,
            }
        }
    }

    /// The next value of `full_at`, if `cost` calls may be made within `wait_max`.
    #[inline]
    pub(crate) fn decide(
        &self,
        full_at: u64,
        now: u64,
        cost: u32,
        wait_max: u64,
    ) -> Result<(u64, Remaining), Limited> {
        let horizon = now.saturating_add(self.span).saturating_add(wait_max);
        let next =
            self.per.checked_mul(u64::from(cost)).and_then(|price| full_at.max(now).checked_add(price));
        match next {
            Some(next) if next <= horizon => {
                let (spare, reset) = (horizon - next, next - now);
                Ok((next, Remaining { limit: self.burst, per: self.per, spare, reset }))
            }
            _ => Err(self.limited(full_at, now, cost, next)),
        }
    }

    #[cold]
    fn limited(&self, full_at: u64, now: u64, cost: u32, next: Option<u64>) -> Limited {
        let wait = next.map_or(u64::MAX, |next| next.saturating_sub(now.saturating_add(self.span)));
        let retry_after = if cost > self.burst { Duration::MAX } else { Duration::from_nanos(wait) };
        let reset_after = Duration::from_nanos(full_at.saturating_sub(now));
        Limited { limit: self.burst, retry_after, reset_after }
    }

    /// What `full_at` becomes under another quota: as many calls stay used up as were.
    pub(crate) fn carry(&self, full_at: u64, now: u64, to: &Self) -> u64 {
        let used = full_at.saturating_sub(now).div_ceil(self.per);
        now.saturating_add(used.saturating_mul(to.per).min(to.span))
    }
}
