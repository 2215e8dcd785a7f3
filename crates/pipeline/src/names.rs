//! The names of the metrics that are counted here.

/// Messages taken from sources, by `kind`.
pub const SOURCE_ITEMS: &str = "mdp_source_items_total";
/// Connections to sources that ended without being asked to, by `provider`.
pub const SOURCE_DISCONNECTS: &str = "mdp_source_disconnects_total";
/// Calls that had to wait for a provider's budget, by `provider`.
pub const PACING_BLOCKED: &str = "mdp_source_pacing_blocked_total";
/// Messages refused by the flow's checks, by `reason`.
pub const SOURCE_REFUSED: &str = "mdp_source_refused_total";
/// Order books that lost an update.
pub const SEQUENCE_GAPS: &str = "mdp_source_sequence_gaps_total";
/// Order books made whole again.
pub const RESYNCS: &str = "mdp_source_resyncs_total";
/// Comparisons of a rebuilt book with the venue's own best prices, by `result`.
pub const BOOK_CHECKS: &str = "mdp_book_checks_total";
/// Comparisons of a rebuilt book with the venue's own checksum, by `result`.
pub const BOOK_CHECKSUMS: &str = "mdp_book_checksums_total";

/// Bars emitted.
pub const BARS_OUT: &str = "operator_bars_out_total";
/// Trades that came after their bar was told, once a rule.
pub const BARS_LATE: &str = "operator_bars_late_trades_total";
/// Bars told anew for trades that came late or were amended.
pub const BARS_REVISED: &str = "operator_bars_revised_total";
/// Late or amended trades for which no bar could be told anew.
pub const BARS_LEFT_OUT: &str = "operator_bars_left_out_trades_total";
/// Trades that no bar takes: outside of a session, or out of range.
pub const BARS_REFUSED: &str = "operator_bars_refused_trades_total";
/// Spread events emitted.
pub const SPREADS_OUT: &str = "operator_spreads_out_total";

/// Items that wait in a queue between threads, by `queue`.
pub const QUEUE_DEPTH: &str = "mdp_queue_depth";
/// Items that a queue let go, by `queue` and `reason`.
pub const QUEUE_DROPPED: &str = "mdp_queue_dropped_total";

/// Items that went onto an edge of the pipeline, by `edge`: `operators` between the feed and the flow, or a sink.
pub const EDGE_ITEMS_TAKEN: &str = "mdp_edge_items_taken_total";
/// Items of which it is known what became of them, by `edge` and `fate`.
pub const EDGE_ITEMS: &str = "mdp_edge_items_total";

/// By `sink`, as are all below.
pub const SINK_COMMITTED: &str = "mdp_sink_batches_committed_total";
/// Batches that were refused, in whole or in part.
pub const SINK_FAILED: &str = "mdp_sink_batches_failed_total";
/// Batches that wait for a worker.
pub const SINK_QUEUE_DEPTH: &str = "mdp_sink_queue_depth";
/// How long one try of a commit took, failed ones included.
pub const SINK_COMMIT_SECONDS: &str = "mdp_sink_commit_seconds";
/// Tries after the first.
pub const SINK_RETRIES: &str = "mdp_sink_retries_total";

/// Items that wait on the disk for a sink that cannot be reached.
pub const SPOOL_ITEMS: &str = "mdp_spool_items";
/// Bytes of it.
pub const SPOOL_BYTES: &str = "mdp_spool_bytes";

/// Messages handed to the dead letters, whatever keeps them.
pub const DEAD_LETTERS: &str = "kafka_dlq_messages_total";
