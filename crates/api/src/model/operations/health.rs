use std::collections::BTreeMap;

use serde::Serialize;
use utoipa::ToSchema;

use crate::model::Status;

/// What an unwell component does to the whole.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Importance {
    /// Makes the whole unhealthy.
    Required,
    /// Degrades the whole.
    Supporting,
}

/// One change of a status.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct HealthChange {
    pub at_ms: i64,
    pub from: Status,
    pub to: Status,
    pub reason: String,
}

/// One part of the program and all that is known of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct HealthComponent {
    pub name: String,
    pub about: String,
    /// What to do while it is not well; empty for nothing.
    pub advice: String,
    pub status: Status,
    pub since_ms: i64,
    pub importance: Importance,
    /// Whether requests are sent elsewhere while it is unhealthy.
    pub gates_readiness: bool,
    pub depends_on: Vec<String>,
    /// The components at the bottom of it, when it is unwell because of others.
    pub affected_by: Vec<String>,
    /// Whether its name is shown to everybody.
    pub is_public: bool,
    #[schema(required)]
    pub message: Option<String>,
    pub facts: BTreeMap<String, String>,
    #[schema(required)]
    pub last_check_ms: Option<i64>,
    #[schema(required)]
    pub last_check_took_us: Option<u64>,
    pub consecutive_failures: u32,
    /// Oldest first.
    pub history: Vec<HealthChange>,
}

/// Something is done otherwise than usual for as long as a component is unwell.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Degradation {
    pub component: String,
    /// Such as `fallback`, `read_only` or `halted`.
    pub mode: String,
    pub since_ms: i64,
    pub words: String,
}

/// How the whole does, with everything that is known.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct HealthDetail {
    pub status: Status,
    pub since_ms: i64,
    pub ready: bool,
    /// Components that requests must wait for.
    pub missing: Vec<String>,
    /// Why it is not healthy, the root first.
    pub reasons: Vec<String>,
    /// The share of the time that is remembered in which it was not unhealthy, 0 to 1.
    #[schema(required)]
    pub uptime_share: Option<f64>,
    pub components: Vec<HealthComponent>,
    pub degradations: Vec<Degradation>,
    pub history: Vec<HealthChange>,
}

/// A component as everybody may see it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct SummaryComponent {
    pub name: String,
    pub status: Status,
}

/// How the whole does, as everybody may see it: names and statuses; `detail` for operators.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct HealthSummary {
    pub status: Status,
    pub version: String,
    pub components: Vec<SummaryComponent>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub detail: Option<HealthDetail>,
}
