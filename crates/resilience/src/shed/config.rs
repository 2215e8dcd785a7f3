//! How much is too much.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::policy::{Checks, milliseconds};

/// How many calls in flight, and which waits, are too much.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct ShedConfig {
    /// Calls in flight for the most important class, 1 to 1,000,000. By default 1,000.
    pub in_flight_max: u32,
    /// Waits are too long when more than one in twenty lately was longer: 1 ms to a minute. By default 100 ms.
    #[serde(rename = "wait_target_ms", with = "milliseconds")]
    pub wait_target: Duration,
    /// What lately means, 100 ms to a minute. Also how soon a quiet spell ends the shedding. By default a second.
    #[serde(rename = "window_ms", with = "milliseconds")]
    pub window: Duration,
}

impl Default for ShedConfig {
    fn default() -> Self {
        Self { in_flight_max: 1_000, wait_target: Duration::from_millis(100), window: Duration::from_secs(1) }
    }
}

impl ShedConfig {
    pub(crate) fn check(&self, checks: &mut Checks) {
        let minute = Duration::from_secs(60);
        checks.within("in_flight_max", self.in_flight_max, 1..=1_000_000);
        checks.span("wait_target_ms", self.wait_target, Duration::from_millis(1)..=minute);
        checks.span("window_ms", self.window, Duration::from_millis(100)..=minute);
    }
}
