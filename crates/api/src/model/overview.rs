use serde::Serialize;
use utoipa::ToSchema;

/// How a component, or the whole, is doing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Status {
    Healthy,
    Degraded,
    Unhealthy,
}

/// One part of the running program.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Component {
    pub name: String,
    pub status: Status,
    pub detail: String,
    pub last_change_ms: i64,
}

/// What has flowed since the start.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize, ToSchema)]
pub struct Flow {
    pub messages_in: u64,
    pub trades: u64,
    pub quotes: u64,
    pub depth_updates: u64,
    pub bars: u64,
    pub spreads: u64,
    pub messages_per_second: f64,
    pub sequence_gaps: u64,
    pub stored_rows: u64,
    pub dropped: u64,
}

/// The state of the whole program.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct Overview {
    pub version: String,
    /// Such as `development` or `production`.
    pub environment: String,
    /// Such as `paper` or `live`.
    pub mode: String,
    pub started_ms: i64,
    pub now_ms: i64,
    pub status: Status,
    pub components: Vec<Component>,
    pub flow: Flow,
}
