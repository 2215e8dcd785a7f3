//! The names of the metrics that are counted here; each is labelled with its `topic`.

/// Messages published.
pub const PUBLISHED: &str = "bus_published_total";
/// Messages that a subscriber received; a message counts once for each.
pub const DELIVERED: &str = "bus_delivered_total";
/// Messages that a subscriber did not receive because its inbox was full or it left.
pub const DROPPED: &str = "bus_dropped_total";
