//! The names of the metrics that are counted here.

/// Whether a rule fires, by `alert` and `severity`: 1 or 0.
pub const FIRING: &str = "alerts_firing";
/// Notices handed to a channel, by `channel` and `outcome` (sent, failed).
pub const NOTICES: &str = "alerts_notices_total";
/// Notices let go because a channel's queue was full, by `channel`.
pub const NOTICES_DROPPED: &str = "alerts_notices_dropped_total";
/// Series past the limit of what one rule watches, by `alert`.
pub const INSTANCES_REFUSED: &str = "alerts_instances_refused_total";
