//! Names of the metrics, with their labels.

/// Counter, labels `policy`, `phase` ([`crate::Phase::code`]): requests that ran out of time. The policy counts its
/// own deadlines under the same name, with phases of its own.
pub const TIMEOUTS: &str = resilience::names::HTTP_REQUEST_TIMEOUT;

/// Counter, labels `policy`: requests that found every connection of the client taken, and were not made.
pub const BUSY: &str = "http_connections_busy_total";
