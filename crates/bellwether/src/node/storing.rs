//! Market data into the store: batches from the flow, one transaction each.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use domain::{MarketEvent, Timestamp};
use engine::Clock;
use pipeline::{
    BatchLimits, Batcher, Delivery, DropPolicy, MemoryDeadLetters, Sink, SinkConfig, SinkError, SinkItem,
    SinkWorkers,
};
use store::{Batch, MarketStore, StoreErrorKind};

use crate::clock::SystemClock;
use crate::config::Pipeline;

/// Batches that could not be stored and are kept to be looked at; the oldest goes first.
const DEAD_LETTERS_MAX: usize = 1_000;

/// Gathers events and hands them to the store's own thread.
pub(crate) struct Storing {
    batcher: Batcher<SinkItem>,
    workers: SinkWorkers,
    stored: Arc<AtomicU64>,
    dropped: u64,
}

impl Storing {
    pub(crate) fn start(config: &Pipeline, market: MarketStore) -> anyhow::Result<Self> {
        let stored = Arc::new(AtomicU64::new(0));
        let sink = StoreSink { market, stored: Arc::clone(&stored), sorted: Sorted::default() };
        let settings = SinkConfig {
            queue_max: config.sink_queue_max,
            policy: policy(config),
            ..SinkConfig::new("store")
        };
        let clock = Arc::new(|| SystemClock.now());
        let delivery = Delivery::new(Arc::new(MemoryDeadLetters::new(DEAD_LETTERS_MAX)), clock);
        // One worker: SQLite has one writer, and one keeps the order of time.
        let workers = SinkWorkers::start(&settings, vec![Box::new(sink) as Box<dyn Sink>], &delivery)?;
        let limits = BatchLimits {
            items_max: config.batch_size,
            age_max: domain::Span::from_millis(config.flush_ms),
            bytes_max: config.max_bytes,
        };
        Ok(Self { batcher: Batcher::new(limits), workers, stored, dropped: 0 })
    }

    pub(crate) fn on_event(&mut self, event: &MarketEvent, now: Timestamp) {
        if let Some(item) = SinkItem::of(event)
            && let Some(batch) = self.batcher.push(item, SinkItem::BYTES, now)
        {
            self.submit(batch);
        }
    }

    /// Time has passed: an old batch goes even if it is small.
    pub(crate) fn on_time(&mut self, now: Timestamp) {
        if let Some(batch) = self.batcher.due(now) {
            self.submit(batch);
        }
    }

    fn submit(&mut self, batch: Vec<SinkItem>) {
        if let Err(refused) = self.workers.submit(batch) {
            self.dropped += u64::try_from(refused.0.len()).unwrap_or(u64::MAX);
        }
    }

    pub(crate) fn stored(&self) -> u64 {
        self.stored.load(Ordering::Relaxed)
    }

    pub(crate) const fn dropped(&self) -> u64 {
        self.dropped
    }

    /// Stores what is still under way. Batches that could not be stored, and rows that were new.
    pub(crate) fn drain(mut self) -> (u64, u64) {
        if let Some(batch) = self.batcher.take() {
            self.submit(batch);
        }
        let report = self.workers.drain();
        tracing::info!(committed = report.committed, dead_letters = report.buried, "market data is stored");
        (report.buried, self.stored.load(Ordering::Relaxed))
    }
}

fn policy(config: &Pipeline) -> DropPolicy {
    match config.drop_policy.as_str() {
        "oldest" => DropPolicy::Oldest,
        "newest" => DropPolicy::Newest,
        _ => DropPolicy::Block,
    }
}

/// Sorts a batch by kind, in buffers that are kept.
#[derive(Default)]
struct Sorted {
    trades: Vec<domain::Trade>,
    quotes: Vec<domain::Quote>,
    bars: Vec<domain::Bar>,
    spreads: Vec<domain::CrossVenueSpread>,
}

impl Sorted {
    fn fill(&mut self, batch: &[SinkItem]) {
        self.trades.clear();
        self.quotes.clear();
        self.bars.clear();
        self.spreads.clear();
        for item in batch {
            match item {
                SinkItem::Trade(trade) => self.trades.push(*trade),
                SinkItem::Quote(quote) => self.quotes.push(*quote),
                SinkItem::Bar(bar) => self.bars.push(*bar),
                SinkItem::Spread(spread) => self.spreads.push(*spread),
            }
        }
    }
}

struct StoreSink {
    market: MarketStore,
    stored: Arc<AtomicU64>,
    sorted: Sorted,
}

impl Sink for StoreSink {
    fn commit(&mut self, batch: &[SinkItem]) -> Result<(), SinkError> {
        self.sorted.fill(batch);
        let Sorted { trades, quotes, bars, spreads } = &self.sorted;
        let inserted =
            self.market.insert_batch(&Batch { trades, quotes, bars, spreads }).map_err(|error| {
                SinkError {
                    retryable: matches!(error.kind, StoreErrorKind::Transient | StoreErrorKind::Full),
                    reason: error.to_string(),
                }
            })?;
        let rows = inserted.trades + inserted.quotes + inserted.bars + inserted.spreads;
        self.stored.fetch_add(rows, Ordering::Relaxed);
        Ok(())
    }
}
