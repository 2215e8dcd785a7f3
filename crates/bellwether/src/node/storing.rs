//! Market data into the store: batches from the flow, one transaction each.

mod latest;
mod letters;
mod sink;

use std::path::PathBuf;
use std::sync::Arc;

use domain::{MarketEvent, Span, Timestamp};
use engine::Clock;
use pipeline::{
    Account, Backoff, BatchLimits, DeadLetters, Delivery, DropPolicy, Ledger, MemoryDeadLetters, Sink,
    SinkConfig, SinkItem, SinkLanes, SpoolConfig, Ticket,
};
use store::Store;

use super::edges::Edges;
use super::guard::Guard;
use crate::clock::SystemClock;
use crate::config::{Backpressure, Config, Pipeline};
pub(crate) use latest::{LATEST, Latest, Line};
use letters::Letters;
pub(crate) use letters::{Desk, EXPIRED, ReplayError};
#[cfg(feature = "kafka")]
pub(super) use sink::Sorted;
use sink::{StoreHealth, StoreSink};

/// What the sink is called in metrics and of dead letters.
pub(crate) const STORE: &str = "store";

/// Refused rows of a file that are held to be counted; the file has them all.
const FILE_LETTERS_MAX: usize = 1_000;

/// Tries of one batch of a file before the store is given up: the file is there to be read again.
const FILE_TRIES_MAX: u32 = 3;

/// What happens while the store takes nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Patience {
    /// The reader of a file waits, and is told to stop when the store is given up.
    Files,
    /// The market waits for nobody: batches go onto the disk until the store works again.
    Live,
}

/// What became of everything.
#[derive(Debug)]
pub(crate) struct Drained {
    /// Rows that were new.
    pub(crate) stored: u64,
    /// Items that are neither in the store nor on the disk nor with the dead letters of the store.
    pub(crate) lost: u64,
    /// Items on the disk, for the next start.
    pub(crate) spooled: u64,
    /// What the store said last, if it failed.
    pub(crate) fault: Option<String>,
}

/// Gathers events and hands them to the store's own threads.
pub(crate) struct Storing {
    lanes: SinkLanes,
    health: Arc<StoreHealth>,
    account: Account,
    patience: Patience,
}

impl Storing {
    /// Of a file that is read once.
    pub(crate) fn of_files(config: &Pipeline, store: &Store) -> anyhow::Result<Self> {
        let settings = SinkConfig {
            unreached_max: Some(FILE_TRIES_MAX),
            backoff: Backoff { initial: Span::SECOND, multiplier: 2, cap: Span::from_seconds(5) },
            ..settings(config)
        };
        let letters = Arc::new(MemoryDeadLetters::new(FILE_LETTERS_MAX));
        let delivery = delivery(letters, Ledger::new(1), Account::new(STORE));
        Self::start((&settings, 1), store, delivery, Patience::Files, None)
    }

    /// Of a running node. `guard`: the policy around its store.
    pub(crate) fn live(
        config: &Config,
        store: &Store,
        guard: &Guard,
        letters: Arc<dyn DeadLetters>,
        edges: &Edges,
    ) -> anyhow::Result<Self> {
        let settings = live_settings(config);
        let delivery = delivery(letters, edges.ledger.clone(), edges.store.clone());
        let workers = config.pipeline.sink_workers.max(1);
        Self::start((&settings, workers), store, delivery, Patience::Live, Some(guard))
    }

    fn start(
        (settings, workers): (&SinkConfig, usize),
        store: &Store,
        delivery: Delivery,
        patience: Patience,
        guard: Option<&Guard>,
    ) -> anyhow::Result<Self> {
        let health = Arc::new(StoreHealth::new(patience));
        let sink = || StoreSink::new(store.clone(), Arc::clone(&health), guard.cloned());
        let sinks = (0..workers).map(|_| Box::new(sink()) as Box<dyn Sink>).collect();
        let account = delivery.account.clone();
        let lanes = SinkLanes::start(settings, sinks, delivery)?;
        Ok(Self { lanes, health, account, patience })
    }

    /// `ticket`: of the messages that led to the event, where somebody waits to hear of them.
    pub(crate) fn on_event(&mut self, event: &MarketEvent, ticket: Option<Ticket>, now: Timestamp) {
        if let Some(item) = SinkItem::of(event) {
            self.lanes.take(item, ticket, now);
        }
    }

    /// Time has passed: old batches go even if they are small.
    pub(crate) fn on_time(&mut self, now: Timestamp) {
        self.lanes.on_time(now);
    }

    /// Rows that were new.
    pub(crate) fn stored(&self) -> u64 {
        self.health.stored()
    }

    /// Stream by stream what became of everything.
    pub(crate) const fn account(&self) -> &Account {
        &self.account
    }

    /// Items that wait on the disk.
    pub(crate) fn spooled(&self) -> u64 {
        self.lanes.spooled()
    }

    /// Why the store takes nothing at the moment.
    pub(crate) fn fault(&self) -> Option<String> {
        self.health.fault()
    }

    /// Whether reading on is of no use.
    pub(crate) fn is_given_up(&self) -> bool {
        self.lanes.is_given_up()
    }

    /// Stores what is still under way. What the store does not take now waits on the disk, or is lost where there is
    /// no spool.
    pub(crate) fn drain(self) -> Drained {
        if self.patience == Patience::Live {
            self.lanes.stop_signal().stop();
        }
        let report = self.lanes.drain();
        let (items, spooled) = (report.items, report.items.under_way());
        // The letters of a file are told as rows that are missing, because the file is not stored as a whole then.
        let refused = if self.patience == Patience::Files { items.buried } else { 0 };
        let lost = items.dropped.total() + refused;
        tracing::info!(committed = report.committed, lost, spooled, "market data is stored");
        Drained { stored: self.health.stored(), lost, spooled, fault: self.health.last_fault() }
    }
}

/// Where the sinks of a running node bury what they refuse.
pub(crate) fn letters(config: &Config, store: &Store, guard: &Guard) -> Arc<dyn DeadLetters> {
    Arc::new(Letters::new(store, config.pipeline.dead_letters_max, Some(guard.clone())))
}

/// Of a sink of a running node.
pub(super) fn live_settings(config: &Config) -> SinkConfig {
    let bytes_max = config.pipeline.spool_max_mb << 20;
    let spool = SpoolConfig { folder: spool_folder(config), bytes_max };
    SinkConfig {
        backoff: Backoff { initial: Span::SECOND, multiplier: 2, cap: Span::from_seconds(5) },
        spool: (bytes_max > 0).then_some(spool),
        ..settings(&config.pipeline)
    }
}

pub(super) fn delivery(letters: Arc<dyn DeadLetters>, ledger: Ledger, account: Account) -> Delivery {
    Delivery::new(letters, Arc::new(|| SystemClock.now()), ledger, account)
}

/// Where items wait for a store that is away.
fn spool_folder(config: &Config) -> PathBuf {
    config.data_dir.join("spool")
}

fn settings(config: &Pipeline) -> SinkConfig {
    SinkConfig {
        limits: limits(config),
        queue_max: config.sink_queue_max,
        policy: policy(config),
        ..SinkConfig::new(STORE)
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

pub(crate) const fn policy(config: &Pipeline) -> DropPolicy {
    match config.sink_backpressure_policy {
        Backpressure::Block => DropPolicy::Block,
        Backpressure::DropOldest => DropPolicy::Oldest,
        Backpressure::DropNewest => DropPolicy::Newest,
    }
}
