//! How long to wait.

use std::time::Duration;

use super::RetryConfig;

/// The share of a wait that the party asked for by which those who were asked the same are spread.
const SPREAD: f64 = 0.1;

impl RetryConfig {
    /// The most that the wait before the given retry can be; the first retry is 1.
    #[must_use]
    pub fn bound(&self, retry: u32) -> Duration {
        let steps = i32::try_from(retry.saturating_sub(1)).unwrap_or(i32::MAX);
        let seconds = self.initial.as_secs_f64() * self.multiplier.powi(steps);
        // Too large for a duration, or no number at all: certainly at the cap.
        Duration::try_from_secs_f64(seconds).map_or(self.cap, |bound| bound.min(self.cap))
    }

    /// The wait before the given retry. `chance`: evenly from 0 to below 1. `after`: what the party asked for; never
    /// less than that is waited.
    #[must_use]
    pub fn wait(&self, retry: u32, chance: f64, after: Option<Duration>) -> Duration {
        let chance = if chance.is_finite() { chance.clamp(0.0, 1.0) } else { 0.0 };
        let jittered = share(self.bound(retry), chance);
        after.map_or(jittered, |after| after.saturating_add(share(after, SPREAD * chance)).max(jittered))
    }
}

fn share(of: Duration, part: f64) -> Duration {
    Duration::try_from_secs_f64(of.as_secs_f64() * part).unwrap_or(of)
}
