use domain::{InstrumentId, Timestamp};

/// An item that a sink refused for good.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeadLetter {
    /// The sink that was meant.
    pub origin: String,
    /// What it is: `trade`, `quote`, `bar`, `spread`.
    pub kind: String,
    /// Its stream.
    pub instrument: InstrumentId,
    /// The item itself, as whoever buried it writes and reads it; at most [`crate::PAYLOAD_BYTES_MAX`]. The same
    /// item of the same origin is one letter.
    pub payload: String,
    /// What the sink said last.
    pub error: String,
    /// How often it was tried by itself.
    pub attempts: u32,
    pub first_failed: Timestamp,
    pub last_failed: Timestamp,
}

/// A letter as it is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeadLetterRow {
    /// Counted up and never used again.
    pub number: u64,
    pub letter: DeadLetter,
    /// How often it was replayed and refused again.
    pub replays: u32,
}
