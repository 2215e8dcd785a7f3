//! How large a bulkhead is.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::policy::{Checks, milliseconds};

/// How many calls run at once, how many more may wait, and for how long.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct BulkheadConfig {
    /// Calls at once, 1 to 100,000. By default 100.
    pub at_once_max: u32,
    /// Calls that wait for a place, 0 (nobody waits) to 1,000,000. By default 100.
    pub waiting_max: u32,
    /// How long each of them waits, up to a minute. By default a second.
    #[serde(rename = "wait_max_ms", with = "milliseconds")]
    pub wait_max: Duration,
}

impl Default for BulkheadConfig {
    fn default() -> Self {
        Self { at_once_max: 100, waiting_max: 100, wait_max: Duration::from_secs(1) }
    }
}

impl BulkheadConfig {
    pub(crate) fn check(&self, checks: &mut Checks) {
        checks.within("at_once_max", self.at_once_max, 1..=100_000);
        checks.within("waiting_max", self.waiting_max, 0..=1_000_000);
        checks.span("wait_max_ms", self.wait_max, Duration::ZERO..=Duration::from_secs(60));
    }
}
