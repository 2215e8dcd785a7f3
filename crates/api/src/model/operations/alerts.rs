use std::collections::BTreeMap;

use serde::Serialize;
use utoipa::ToSchema;

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum AlertSeverity {
    Info,
    Warning,
    Critical,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum AlertState {
    Ok,
    /// The condition holds, but not yet for long enough.
    Pending,
    Firing,
}

/// One series that a rule warns of.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct AlertInstance {
    pub labels: BTreeMap<String, String>,
    pub state: AlertState,
    pub since_ms: i64,
    #[schema(required)]
    pub value: Option<f64>,
}

/// A rule and how it stands.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct AlertView {
    pub name: String,
    pub severity: AlertSeverity,
    pub about: String,
    pub condition: String,
    pub for_seconds: u32,
    /// The worst of the instances.
    pub state: AlertState,
    pub instances: Vec<AlertInstance>,
    #[schema(required)]
    pub silenced_until_ms: Option<i64>,
    /// Who silenced it and why.
    #[schema(required)]
    pub silence: Option<String>,
    #[schema(required)]
    pub last_told_ms: Option<i64>,
}

/// A way on which people are told.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct AlertChannel {
    pub name: String,
    pub enabled: bool,
    pub sent: u64,
    pub failed: u64,
    pub dropped: u64,
    #[schema(required)]
    pub last_sent_ms: Option<i64>,
    #[schema(required)]
    pub last_error: Option<String>,
}

/// An alert began or ended.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct AlertChange {
    pub name: String,
    pub at_ms: i64,
    /// False when it ended.
    pub firing: bool,
    pub labels: BTreeMap<String, String>,
    #[schema(required)]
    pub value: Option<f64>,
}

/// Every rule, every channel, and what happened last.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct AlertBoard {
    pub alerts: Vec<AlertView>,
    pub channels: Vec<AlertChannel>,
    /// Newest first.
    pub history: Vec<AlertChange>,
}

#[derive(Debug, Clone, PartialEq, Eq, ToSchema)]
pub struct SilenceRequest {
    #[schema(minimum = 1, maximum = 10_080)]
    pub minutes: u32,
    /// 1 to 200 characters.
    #[schema(min_length = 1, max_length = 200)]
    pub reason: String,
}
