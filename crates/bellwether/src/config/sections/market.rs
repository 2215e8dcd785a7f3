use domain::{BarRule, Rate};
use pipeline::DropPolicy;
use serde::{Deserialize, Serialize};

/// The market that needs no network.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Synthetic {
    pub(crate) seed: u64,
    pub(crate) warm_up_minutes: u32,
    pub(crate) messages_per_second: u32,
}

impl Default for Synthetic {
    fn default() -> Self {
        Self { seed: 1, warm_up_minutes: 30, messages_per_second: 300 }
    }
}

#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Pipeline {
    pub(crate) batch_size: usize,
    pub(crate) flush_ms: i64,
    pub(crate) max_bytes: usize,
    pub(crate) op_queue_max: usize,
    pub(crate) sink_queue_max: usize,
    /// Of the queues before operators.
    pub(crate) drop_policy: DropPolicy,
    pub(crate) sink_workers: usize,
    /// Of the queue before the store.
    pub(crate) sink_backpressure_policy: Backpressure,
    /// How much of the disk batches may take that wait for the store; 0 for none.
    pub(crate) spool_max_mb: u64,
    pub(crate) dead_letters_max: u64,
    /// 0 keeps dead letters until somebody replays or discards them.
    pub(crate) dead_letters_keep_hours: u32,
    pub(crate) pacing_budget_max_msgs_per_sec: u32,
    pub(crate) pacing_budget_burst: u32,
    /// 0 keeps trades and quotes for ever.
    pub(crate) keep_ticks_hours: u32,
    /// Every instrument's trades become bars by each of these.
    pub(crate) bars: Vec<BarRule>,
    /// 0 leaves late and amended trades out.
    pub(crate) bar_revision_trades: usize,
    pub(crate) stale_after_ms: i64,
    pub(crate) spread_min_net_rate: Rate,
    pub(crate) spread_max_quote_age_ms: i64,
    /// Two names of instruments each; those of markets that are not run are left out.
    pub(crate) pairs: Vec<String>,
    pub(crate) pair_sample_ms: i64,
    pub(crate) pair_window: usize,
    pub(crate) pair_open_z: Rate,
    pub(crate) pair_close_z: Rate,
    /// 0 follows no regimes.
    pub(crate) regime_samples: u32,
    pub(crate) regime_z: Rate,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Backpressure {
    Block,
    DropOldest,
    DropNewest,
}

impl Default for Pipeline {
    fn default() -> Self {
        Self {
            batch_size: 500,
            flush_ms: 100,
            max_bytes: 512_000,
            op_queue_max: 8,
            sink_queue_max: 16,
            drop_policy: DropPolicy::Oldest,
            sink_workers: 4,
            sink_backpressure_policy: Backpressure::Block,
            spool_max_mb: 1_024,
            dead_letters_max: 100_000,
            dead_letters_keep_hours: 720,
            pacing_budget_max_msgs_per_sec: 2_000,
            pacing_budget_burst: 2_000,
            keep_ticks_hours: 24,
            bars: vec![BarRule::SECOND, BarRule::MINUTE],
            bar_revision_trades: 256,
            stale_after_ms: 10_000,
            spread_min_net_rate: Rate::from_basis_points(1),
            spread_max_quote_age_ms: 5_000,
            pairs: vec!["NORTH:BTC-USD HARBOR:BTC-USD".to_owned()],
            pair_sample_ms: 1_000,
            pair_window: 300,
            pair_open_z: Rate::from_raw(3 * Rate::SCALE),
            pair_close_z: Rate::from_raw(Rate::SCALE),
            regime_samples: 900,
            regime_z: Rate::from_raw(3 * Rate::SCALE),
        }
    }
}
