use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;

/// An item that a sink refused for good, kept until somebody replays or discards it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = DeadLetter)]
pub struct DeadLetterView {
    pub number: u64,
    /// The sink that was meant.
    pub origin: String,
    /// `trade`, `quote`, `bar` or `spread`.
    pub kind: String,
    pub instrument_id: u32,
    /// The item itself.
    #[schema(value_type = Object)]
    pub item: Value,
    /// What the sink said last.
    pub error: String,
    /// How often the sink refused it by itself.
    pub attempts: u32,
    /// How often somebody replayed it in vain.
    pub replays: u32,
    pub first_failed_ms: i64,
    pub last_failed_ms: i64,
}

/// What was done with a dead letter, which is gone now.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct DeadLetterDone {
    pub number: u64,
    pub done: DeadLetterDeed,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum DeadLetterDeed {
    Replayed,
    Discarded,
}
