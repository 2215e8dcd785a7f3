use std::time::Duration;

use domain::{Span, Timestamp};

/// Keeps two things of a kind apart.
#[derive(Debug, Clone, Copy)]
pub(super) struct Spacing {
    apart: Span,
    free_at: Timestamp,
}

impl Spacing {
    pub(super) fn new(apart: Duration) -> Self {
        let apart = Span::from_nanos(i64::try_from(apart.as_nanos()).unwrap_or(i64::MAX));
        Self { apart, free_at: Timestamp::MIN }
    }

    pub(super) fn is_free(&self, now: Timestamp) -> bool {
        now >= self.free_at
    }

    /// One more was done, whether or not it was free: a pong must go out at once.
    pub(super) fn spend(&mut self, now: Timestamp) {
        self.free_at = self.free_at.max(now).plus(self.apart);
    }

    /// Nothing before `until`.
    pub(super) fn hold(&mut self, until: Timestamp) {
        self.free_at = self.free_at.max(until);
    }
}
