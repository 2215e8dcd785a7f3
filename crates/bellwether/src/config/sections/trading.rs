use domain::Money;
use risk::Rung;
use serde::{Deserialize, Serialize};

#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Trading {
    pub(crate) default_order_timeout_ms: i64,
}

impl Default for Trading {
    fn default() -> Self {
        Self { default_order_timeout_ms: 30_000 }
    }
}

/// How the paper accounts that the node creates begin.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Accounts {
    pub(crate) cash: Money,
    pub(crate) latency_ms: i64,
    pub(crate) latency_jitter_ms: i64,
}

impl Default for Accounts {
    fn default() -> Self {
        Self { cash: Money::from_units(1_000_000), latency_ms: 5, latency_jitter_ms: 5 }
    }
}

/// How accounts step down when the program is not well.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Ladder {
    pub(crate) step_up_after_ms: u64,
    pub(crate) override_minutes: u32,
    /// Of all that apply, the lowest rung counts.
    pub(crate) rules: Vec<LadderRule>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct LadderRule {
    /// A component's name, with a `*` at its end for all that begin so.
    pub(crate) component: String,
    /// This status or worse.
    pub(crate) status: LadderStatus,
    #[serde(default)]
    pub(crate) for_ms: u64,
    pub(crate) rung: Rung,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum LadderStatus {
    Degraded,
    Unhealthy,
}

impl LadderRule {
    fn unhealthy(component: &str, for_ms: u64, rung: Rung) -> Self {
        Self { component: component.to_owned(), status: LadderStatus::Unhealthy, for_ms, rung }
    }
}

/// A write that failed and was made good by the next try is no outage.
const STORING_FAILS_FOR_MS: u64 = 2_000;

impl Default for Ladder {
    fn default() -> Self {
        Self {
            step_up_after_ms: 10_000,
            override_minutes: 15,
            rules: vec![
                LadderRule::unhealthy("database", 0, Rung::NoNewRisk),
                LadderRule::unhealthy("database", 30_000, Rung::ReduceOnly),
                // Whyever rows do not arrive: to a trader the database is away.
                LadderRule::unhealthy("storing", STORING_FAILS_FOR_MS, Rung::NoNewRisk),
                LadderRule::unhealthy("storing", 30_000, Rung::ReduceOnly),
                LadderRule::unhealthy("feed:*", 0, Rung::NoNewRisk),
                LadderRule::unhealthy("feed:*", 30_000, Rung::CancelAll),
                LadderRule::unhealthy("venue:*", 0, Rung::ReduceOnly),
            ],
        }
    }
}
