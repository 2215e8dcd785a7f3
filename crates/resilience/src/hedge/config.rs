//! When to ask a second time.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::policy::{Checks, milliseconds};
use crate::retry::BudgetConfig;

/// When to ask a second time, and how often.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct HedgeConfig {
    /// After how long without an answer, 1 ms to an hour. By default a second.
    #[serde(rename = "after_ms", with = "milliseconds")]
    pub after: Duration,
    /// Instead of `after`, once enough answers are known: when the answer is later than this percentage of the recent
    /// ones, 50 to 99.9. By default none.
    pub percentile: Option<f64>,
    /// Further calls at most, 1 to 5. By default 1.
    pub extra_max: u32,
    pub budget: BudgetConfig,
}

impl Default for HedgeConfig {
    fn default() -> Self {
        Self {
            after: Duration::from_secs(1),
            percentile: None,
            extra_max: 1,
            budget: BudgetConfig::default(),
        }
    }
}

impl HedgeConfig {
    pub(crate) fn check(&self, checks: &mut Checks) {
        checks.span("after_ms", self.after, Duration::from_millis(1)..=Duration::from_secs(3_600));
        if let Some(percentile) = self.percentile {
            checks.within("percentile", percentile, 50.0..=99.9);
        }
        checks.within("extra_max", self.extra_max, 1..=5);
        checks.section("budget", |checks| self.budget.check(checks));
    }
}
