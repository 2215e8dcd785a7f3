use serde::Serialize;
use utoipa::ToSchema;

/// What became of the items that went over an edge: `taken` is the sum of all others.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, ToSchema)]
pub struct EdgeCounts {
    pub taken: u64,
    pub delivered: u64,
    pub dead_letters: u64,
    /// Pushed out by newer ones.
    pub dropped_oldest: u64,
    /// Refused because there was no room.
    pub dropped_newest: u64,
    /// Given up when the program stopped.
    pub abandoned: u64,
    /// Could not be read back from the disk.
    pub damaged: u64,
    pub under_way: u64,
}

/// The same of one stream.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct StreamCounts {
    pub instrument_id: u32,
    pub symbol: String,
    pub venue: String,
    #[serde(flatten)]
    pub counts: EdgeCounts,
}

/// An edge of the pipeline.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct EdgeView {
    pub name: String,
    pub from: String,
    pub to: String,
    /// What happens when there is no more room: `block`, `oldest` or `newest`.
    pub policy: String,
    #[serde(flatten)]
    pub counts: EdgeCounts,
    /// Of what is under way: on the disk.
    pub spooled: u64,
    pub streams: Vec<StreamCounts>,
}

/// How far a stream of a source is safe: it need not tell again what lies before.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
pub struct SettledPosition {
    pub stream: u32,
    pub offset: u64,
}

/// The account of the pipeline since the program was started.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct PipelineView {
    pub edges: Vec<EdgeView>,
    /// Pieces of the source's messages that are not safe yet.
    pub unsettled_pieces: u64,
    pub settled: Vec<SettledPosition>,
}
