//! One limit for all callers.

use std::sync::atomic::AtomicU64;
use std::time::Duration;

use super::quota::{Gcra, Quota, QuotaFault};
use super::{Limited, Remaining};
use crate::clock::{Clock, SystemClock, nanoseconds};

/// A rate limit without a lock. Share it behind an `Arc`.
///
/// ```
/// use resilience::rate::{Quota, RateLimit};
///
/// let limit = RateLimit::new(Quota::per_minute(2)).unwrap();
/// assert_eq!(limit.check().unwrap().remaining(), 1);
/// assert_eq!(limit.check().unwrap().remaining(), 0);
/// let refused = limit.check().unwrap_err();
/// assert!(refused.retry_after.as_secs() <= 30);
/// ```
#[derive(Debug)]
pub struct RateLimit<C = SystemClock> {
    full_at: AtomicU64,
    gcra: Gcra,
    clock: C,
}

impl RateLimit {
    /// # Errors
    /// A quota that cannot be kept.
    pub fn new(quota: Quota) -> Result<Self, QuotaFault> {
        Self::with_clock(quota, SystemClock::new())
    }
}

impl<C: Clock> RateLimit<C> {
    /// # Errors
    /// A quota that cannot be kept.
    pub fn with_clock(quota: Quota, clock: C) -> Result<Self, QuotaFault> {
        Ok(Self { full_at: AtomicU64::new(0), gcra: Gcra::new(quota)?, clock })
    }

    /// Lets one call through now, or says when the next one may come.
    ///
    /// # Errors
    /// The limit is reached; nothing was used up.
    #[inline]
    pub fn check(&self) -> Result<Remaining, Limited> {
        self.gcra.admit(&self.full_at, self.clock.now(), 1)
    }

    /// Lets a call through that counts as `cost` calls.
    ///
    /// # Errors
    /// The limit is reached, or the cost is more than a full burst; nothing was used up.
    pub fn check_cost(&self, cost: u32) -> Result<Remaining, Limited> {
        self.gcra.admit(&self.full_at, self.clock.now(), cost)
    }

    /// Waits for the next free place, in the order of asking, but not longer than `wait_max`. A caller who leaves
    /// while waiting has used its place up.
    ///
    /// # Errors
    /// The wait would be longer: said at once.
    pub async fn ready(&self, wait_max: Duration) -> Result<(), Limited> {
        let wait = self.gcra.reserve(&self.full_at, self.clock.now(), nanoseconds(wait_max))?;
        if wait > 0 {
            tokio::time::sleep(Duration::from_nanos(wait)).await;
        }
        Ok(())
    }
}
