use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// What a circuit breaker lets through: everything, nothing, or a few probes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum BreakerState {
    Closed,
    Open,
    HalfOpen,
}

/// What a person did to a breaker that is not left to itself.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct BreakerHold {
    pub by: String,
    pub reason: String,
    pub at_ms: i64,
}

/// A circuit breaker.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct BreakerView {
    pub state: BreakerState,
    pub since_ms: i64,
    pub consecutive_failures: u32,
    /// Of the calls in its window, where it has one.
    #[schema(required)]
    pub failure_rate: Option<f64>,
    /// Until it lets probes through, while it is open.
    #[schema(required)]
    pub retry_after_ms: Option<u64>,
    /// Who holds it open, and why; it stays open until it is closed or reset by hand.
    #[schema(required)]
    pub held: Option<BreakerHold>,
}

/// One layer around every call, and what it is set to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct LayerView {
    pub name: String,
    pub about: String,
}

/// How calls to one dependency are made, and how that goes.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct PolicyView {
    pub name: String,
    pub about: String,
    /// Outermost first.
    pub layers: Vec<LayerView>,
    #[schema(required)]
    pub breaker: Option<BreakerView>,
    pub calls: u64,
    pub succeeded: u64,
    pub failed: u64,
    pub retries: u64,
    /// Calls that did not leave, by reason.
    pub refused: BTreeMap<String, u64>,
    pub in_use: u64,
    #[schema(required)]
    pub p50_ms: Option<f64>,
    #[schema(required)]
    pub p99_ms: Option<f64>,
}

/// What a person does to a breaker.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum BreakerAction {
    /// Lets nothing through until it is closed or reset.
    Open,
    Close,
    /// Closes it and forgets what it has seen.
    Reset,
}

#[derive(Debug, Clone, PartialEq, Eq, ToSchema)]
pub struct BreakerRequest {
    pub action: BreakerAction,
    /// 1 to 200 characters.
    #[schema(min_length = 1, max_length = 200)]
    pub reason: String,
}
