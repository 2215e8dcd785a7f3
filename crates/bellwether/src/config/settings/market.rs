//! Market data: the synthetic market and the pipeline.

use super::{HOUR_MS, Kind, MINUTE_MS, Rule, Setting, choice, decimal, millis, same, whole};

const BUILT: &str = "the pipeline is built with it";
const MADE: &str = "the market is made from it";

pub(super) const SETTINGS: &[Setting] = &[
    Setting::new(
        "synthetic.seed",
        Kind::Integer { min: 0, max: i64::MAX },
        "where the synthetic market's chance begins",
    )
    .restart(MADE),
    whole(
        "synthetic.warm_up_minutes",
        0,
        1_440,
        "how much past is made at the start, so that charts are not empty",
    )
    .restart(MADE),
    whole("synthetic.messages_per_second", 1, 2_000, "how busy the synthetic market is").restart(MADE),
    whole("pipeline.batch_size", 1, 100_000, "rows in a batch before it is stored")
        .named(&["PIPELINE_BATCH_SIZE"])
        .restart(BUILT),
    millis("pipeline.flush_ms", 1, MINUTE_MS, "age of a batch at which it is stored")
        .named(&["PIPELINE_FLUSH_MS"])
        .restart(BUILT),
    whole("pipeline.max_bytes", 1_024, 1_073_741_824, "bytes in a batch before it is stored")
        .named(&["PIPELINE_MAX_BYTES"])
        .restart(BUILT),
    whole("pipeline.op_queue_max", 1, 65_536, "batches that wait for an operator")
        .named(&["PIPELINE_OP_QUEUE_MAX"])
        .also(&[same("queues.op_queue_max")])
        .restart(BUILT),
    whole("pipeline.sink_queue_max", 1, 1_024, "batches that wait for the store")
        .named(&["PIPELINE_SINK_QUEUE_MAX"])
        .also(&[same("queues.sink_queue_max")])
        .restart(BUILT),
    choice(
        "pipeline.drop_policy",
        &["oldest", "newest", "block"],
        "what gives way when an operator's queue is full",
    )
    .named(&["PIPELINE_DROP_POLICY"])
    .also(&[same("queues.drop_policy")])
    .restart(BUILT),
    whole("pipeline.sink_workers", 1, 64, "threads that store batches; a store with one writer has one")
        .named(&["PIPELINE_SINK_WORKERS"])
        .restart(BUILT),
    choice(
        "pipeline.sink_backpressure_policy",
        &["block", "drop_oldest", "drop_newest"],
        "what gives way when the queue of the store is full",
    )
    .named(&["PIPELINE_SINK_BACKPRESSURE_POLICY"])
    .restart(BUILT),
    whole(
        "pipeline.spool_max_mb",
        0,
        1_048_576,
        "megabytes of the disk for market data that waits for the store; 0: none, what gives way then says the policy",
    )
    .restart(BUILT),
    whole(
        "pipeline.dead_letters_max",
        1,
        10_000_000,
        "dead letters that are kept; past it the oldest are let go and counted",
    )
    .restart(BUILT),
    whole(
        "pipeline.dead_letters_keep_hours",
        0,
        87_600,
        "hours that a dead letter is kept after it failed last; 0: until it is replayed or discarded",
    )
    .restart("the thread that deletes old ones is started with it"),
    whole(
        "pipeline.pacing_budget_max_msgs_per_sec",
        1,
        10_000_000,
        "messages a second taken from one provider",
    )
    .named(&["PIPELINE_PACING_BUDGET_MAX_MSGS_PER_SEC"])
    .restart(BUILT),
    whole("pipeline.pacing_budget_burst", 1, 10_000_000, "messages taken from one provider at once")
        .named(&["PIPELINE_PACING_BUDGET_BURST"])
        .restart(BUILT),
    whole("pipeline.keep_ticks_hours", 0, 87_600, "hours that trades and quotes are kept; 0: for ever")
        .named(&["PIPELINE_KEEP_TICKS_HOURS"])
        .restart("the thread that deletes old ticks is started with it"),
    Setting::new(
        "pipeline.bars",
        Kind::Texts(&Rule::BARS),
        "the bars that are made of every instrument's trades",
    )
    .named(&["PIPELINE_BARS"])
    .restart(BUILT),
    whole(
        "pipeline.bar_revision_trades",
        0,
        100_000,
        "trades kept of each instrument, so that bars are told anew when one comes late, is corrected or is taken \
         back; 0: such trades are left out",
    )
    .restart(BUILT),
    millis("pipeline.stale_after_ms", 1, HOUR_MS, "silence after which a venue counts as stale")
        .restart(BUILT),
    decimal("pipeline.spread_min_net_rate", &Rule::RATE, "spreads below this net share are not reported")
        .restart(BUILT),
    millis("pipeline.spread_max_quote_age_ms", 1, HOUR_MS, "quotes older than this make no spread")
        .restart(BUILT),
    Setting::new(
        "pipeline.pairs",
        Kind::Texts(&Rule::PAIR),
        "pairs whose prices move together, the first explained by the second; told when they come apart",
    )
    .restart(BUILT),
    millis("pipeline.pair_sample_ms", 1, HOUR_MS, "between two samples of a pair, and of bid and ask").restart(BUILT),
    whole("pipeline.pair_window", 3, 100_000, "samples that the hedge ratio of a pair is fitted to").restart(BUILT),
    decimal("pipeline.pair_open_z", &Rule::DEVIATIONS, "standard deviations at which a pair is apart").restart(BUILT),
    decimal("pipeline.pair_close_z", &Rule::DEVIATIONS, "standard deviations at which it is back").restart(BUILT),
    whole(
        "pipeline.regime_samples",
        0,
        100_000,
        "samples from which the usual distance of bid and ask is learnt; 0: no regimes are told",
    )
    .restart(BUILT),
    decimal("pipeline.regime_z", &Rule::DEVIATIONS, "standard deviations from which that distance is unusual")
        .restart(BUILT),
];
