//! Rate limit by the generic cell rate algorithm: one number says it all, the moment at which the whole burst will
//! be there again. A check is one compare-and-swap on it; no lock, no timer, no task.

mod keyed;
mod layer;
mod limit;
mod quota;

pub use keyed::{KeyedRateLimit, KeyedStats};
pub use layer::{RateLayer, RateService};
pub use limit::RateLimit;
pub use quota::{Quota, QuotaFault};

pub(crate) use quota::Gcra;

use std::time::Duration;

use crate::failure::{Failure, Kind};

/// A call was let through; this is what is left.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Remaining {
    limit: u32,
    /// Nanoseconds in which one call comes back.
    per: u64,
    /// Nanoseconds' worth of calls that may still be made at once.
    spare: u64,
    /// Nanoseconds until the whole burst is there again.
    reset: u64,
}

impl Remaining {
    /// Calls of a full burst.
    #[must_use]
    pub const fn limit(&self) -> u32 {
        self.limit
    }

    /// Calls that may still be made at once.
    #[must_use]
    pub fn remaining(&self) -> u32 {
        u32::try_from(self.spare / self.per).unwrap_or(u32::MAX)
    }

    /// Until the whole burst is there again, if nobody calls.
    #[must_use]
    pub const fn reset_after(&self) -> Duration {
        Duration::from_nanos(self.reset)
    }
}

/// A call was not let through.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("too many calls: the limit is {limit} at once, the next one may come in {} ms", retry_after.as_millis())]
pub struct Limited {
    /// Calls of a full burst.
    pub limit: u32,
    /// The soonest moment at which the same call can be let through; [`Duration::MAX`] if it never can, because it
    /// costs more than a full burst.
    pub retry_after: Duration,
    /// Until the whole burst is there again, if nobody calls.
    pub reset_after: Duration,
}

impl Failure for Limited {
    fn kind(&self) -> Kind {
        Kind::RateLimited { after: Some(self.retry_after) }
    }
}

#[cfg(test)]
mod tests;
