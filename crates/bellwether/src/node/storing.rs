//! Market data into the store: batches from the flow, one transaction each.

mod sink;

use std::collections::VecDeque;
use std::sync::Arc;

use domain::{MarketEvent, Span, Timestamp};
use engine::Clock;
use pipeline::{
    Backoff, BatchLimits, Batcher, Delivery, DropPolicy, MemoryDeadLetters, Sink, SinkConfig, SinkItem,
    SinkWorkers,
};
use store::MarketStore;

use super::guard::Guard;
use crate::clock::SystemClock;
use crate::config::{Backpressure, Pipeline};
#[cfg(feature = "kafka")]
pub(super) use sink::Sorted;
use sink::{StoreHealth, StoreSink};

/// Batches that could not be stored and are kept to be looked at; the oldest goes first.
const DEAD_LETTERS_MAX: usize = 1_000;

/// Events that are held while the store takes nothing; then the oldest batch goes and is counted.
const HELD_MAX: usize = 200_000;

/// What happens while the store takes nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Patience {
    /// The reader of a file waits, and is told to stop when the store is given up.
    Files,
    /// The market waits for nobody: batches are held and the store is asked until it works again.
    Live,
}

/// What became of everything.
#[derive(Debug)]
pub(crate) struct Drained {
    /// Rows that were new.
    pub(crate) stored: u64,
    /// Batches that are not in the store.
    pub(crate) lost: u64,
    /// What the store said last, if it failed.
    pub(crate) fault: Option<String>,
}

/// Gathers events and hands them to the store's own thread.
pub(crate) struct Storing {
    batcher: Batcher<SinkItem>,
    workers: SinkWorkers,
    health: Arc<StoreHealth>,
    held: VecDeque<Vec<SinkItem>>,
    held_items: usize,
    /// Batches that may wait in the queue before more are held here; `None` when the caller waits for the queue
    /// or its policy drops.
    queue_max: Option<usize>,
    dropped: u64,
}

impl Storing {
    /// `guard`: the policy around the store of a running node.
    pub(crate) fn start(
        config: &Pipeline,
        market: &MarketStore,
        patience: Patience,
        guard: Option<&Guard>,
    ) -> anyhow::Result<Self> {
        let health = Arc::new(StoreHealth::default());
        let sink = || StoreSink::new(market.clone(), Arc::clone(&health), patience, guard.cloned());
        // The reader of a file wants its order kept; a market's rows carry their time.
        let workers = if patience == Patience::Files { 1 } else { config.sink_workers.max(1) };
        let sinks = (0..workers).map(|_| Box::new(sink()) as Box<dyn Sink>).collect();
        let settings = SinkConfig {
            queue_max: config.sink_queue_max,
            policy: policy(config),
            // The sink itself says when a batch is given up.
            attempts_max: u32::MAX,
            backoff: Backoff { initial: Span::SECOND, multiplier: 2, cap: Span::from_seconds(5) },
            ..SinkConfig::new("store")
        };
        let clock = Arc::new(|| SystemClock.now());
        let delivery = Delivery::new(Arc::new(MemoryDeadLetters::new(DEAD_LETTERS_MAX)), clock);
        let workers = SinkWorkers::start(&settings, sinks, &delivery)?;
        let holds = patience == Patience::Live && settings.policy == DropPolicy::Block;
        Ok(Self {
            batcher: Batcher::new(limits(config)),
            workers,
            health,
            held: VecDeque::new(),
            held_items: 0,
            queue_max: holds.then_some(config.sink_queue_max),
            dropped: 0,
        })
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
        } else {
            self.pass_on();
        }
    }

    fn submit(&mut self, batch: Vec<SinkItem>) {
        self.held_items += batch.len();
        self.held.push_back(batch);
        while self.held_items > HELD_MAX
            && let Some(oldest) = self.take_held()
        {
            self.count_dropped(oldest.len());
        }
        self.pass_on();
    }

    /// As much of what is held as the queue has room for.
    fn pass_on(&mut self) {
        while self.queue_max.is_none_or(|max| self.workers.depth() < max)
            && let Some(batch) = self.take_held()
        {
            if let Err(refused) = self.workers.submit(batch) {
                self.count_dropped(refused.0.len());
            }
        }
    }

    fn take_held(&mut self) -> Option<Vec<SinkItem>> {
        let batch = self.held.pop_front()?;
        self.held_items -= batch.len();
        Some(batch)
    }

    fn count_dropped(&mut self, items: usize) {
        self.dropped += u64::try_from(items).unwrap_or(u64::MAX);
    }

    pub(crate) fn stored(&self) -> u64 {
        self.health.stored()
    }

    pub(crate) const fn dropped(&self) -> u64 {
        self.dropped
    }

    /// Why the store takes nothing at the moment.
    pub(crate) fn fault(&self) -> Option<String> {
        self.health.fault()
    }

    /// Whether reading on is of no use.
    pub(crate) fn is_given_up(&self) -> bool {
        self.health.is_given_up()
    }

    /// Stores what is still under way; what the store does not take now is lost.
    pub(crate) fn drain(mut self) -> Drained {
        if let Some(batch) = self.batcher.take() {
            self.submit(batch);
        }
        self.health.close();
        let mut lost = 0;
        if self.fault().is_some() {
            self.workers.stop_signal().stop();
            lost = u64::try_from(self.held.len()).unwrap_or(u64::MAX);
        } else {
            self.queue_max = None;
            self.pass_on();
        }
        let report = self.workers.drain();
        lost += report.buried;
        tracing::info!(committed = report.committed, lost, "market data is stored");
        Drained { stored: self.health.stored(), lost, fault: self.health.last_fault() }
    }
}

/// When a batch is full.
pub(super) const fn limits(config: &Pipeline) -> BatchLimits {
    BatchLimits {
        items_max: config.batch_size,
        age_max: Span::from_millis(config.flush_ms),
        bytes_max: config.max_bytes,
    }
}

const fn policy(config: &Pipeline) -> DropPolicy {
    match config.sink_backpressure_policy {
        Backpressure::Block => DropPolicy::Block,
        Backpressure::DropOldest => DropPolicy::Oldest,
        Backpressure::DropNewest => DropPolicy::Newest,
    }
}
