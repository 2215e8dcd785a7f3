//! The names of the metrics that are counted here. Those of the bus are labelled with their `topic`.

/// Messages published.
pub const PUBLISHED: &str = "bus_published_total";
/// Messages that a subscriber received; a message counts once for each.
pub const DELIVERED: &str = "bus_delivered_total";
/// Messages that a subscriber did not receive because its inbox was full or it left.
pub const DROPPED: &str = "bus_dropped_total";

/// Messages that brokers have acknowledged.
pub const KAFKA_DELIVERED: &str = "kafka_messages_delivered_total";
/// Messages that were not delivered, each time that they were not.
pub const KAFKA_FAILED: &str = "kafka_messages_failed_total";
/// Times that a sender waited for room in the client.
pub const KAFKA_WAITS: &str = "kafka_producer_waits_total";
/// Records read from topics.
pub const KAFKA_CONSUMED: &str = "kafka_messages_consumed_total";
/// Records that this member is behind, by `topic`.
pub const KAFKA_LAG: &str = "kafka_consumer_lag";
/// Messages handed to the dead letters, by the `sink` that did not take them.
pub const DEAD_LETTERS: &str = "kafka_dlq_messages_total";
