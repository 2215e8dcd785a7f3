//! How often, and how long between.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::BudgetConfig;
use crate::policy::{Checks, milliseconds};

/// How often to try, and how long to wait between tries.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct RetryConfig {
    /// Tries with the first one, 1 (no retry) to 20. By default 3.
    pub tries_max: u32,
    /// The bound of the first wait, 1 ms to an hour. By default 2 s.
    #[serde(rename = "initial_ms", with = "milliseconds")]
    pub initial: Duration,
    /// How much larger each further bound is, 1 to 10. By default 2.
    pub multiplier: f64,
    /// The bound that no wait goes beyond unless the party asks for it; from `initial` to an hour. By default 10 s.
    #[serde(rename = "cap_ms", with = "milliseconds")]
    pub cap: Duration,
    pub budget: BudgetConfig,
}

impl Default for RetryConfig {
    fn default() -> Self {
        Self {
            tries_max: 3,
            initial: Duration::from_secs(2),
            multiplier: 2.0,
            cap: Duration::from_secs(10),
            budget: BudgetConfig::default(),
        }
    }
}

const WAIT_MAX: Duration = Duration::from_secs(3_600);

impl RetryConfig {
    pub(crate) fn check(&self, checks: &mut Checks) {
        checks.within("tries_max", self.tries_max, 1..=20);
        checks.span("initial_ms", self.initial, Duration::from_millis(1)..=WAIT_MAX);
        checks.within("multiplier", self.multiplier, 1.0..=10.0);
        checks.span("cap_ms", self.cap, self.initial.min(WAIT_MAX)..=WAIT_MAX);
        checks.section("budget", |checks| self.budget.check(checks));
    }
}
