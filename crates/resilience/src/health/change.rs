use serde::Serialize;

use super::status::Status;

/// The name under which changes of the whole are told; no component may have it.
pub const OVERALL: &str = "overall";

/// Histogram, seconds, labels `component`: how long a check took, cancelled ones included.
pub const CHECK_SECONDS: &str = "health_check_seconds";

/// Counter, labels `component`, `to` (`healthy`, `degraded`, `unhealthy`): changes of a component, or of the whole
/// under [`OVERALL`].
pub const CHANGES: &str = "health_changes_total";

/// A component, or the whole under the name [`OVERALL`], changed. For use inside: `reason` may hold addresses.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct HealthChange {
    pub component: String,
    pub from: Status,
    pub to: Status,
    /// Words, at most 200 bytes.
    pub reason: String,
    /// Unix milliseconds.
    pub at_ms: i64,
}

/// A change as the history keeps it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Change {
    /// Unix milliseconds.
    pub at_ms: i64,
    pub from: Status,
    pub to: Status,
    /// Words, at most 200 bytes; may hold addresses.
    pub reason: String,
}
