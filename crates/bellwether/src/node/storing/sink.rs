//! The store's end of the queue: one transaction a batch, and how the store does.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use pipeline::{Sink, SinkError, SinkItem};
use resilience::PolicyError;
use store::{Batch, MarketStore, StoreErrorKind};

use super::{Guard, Patience};

/// Tries of one batch of a file before the store is given up.
const TRIES_MAX: u32 = 3;

/// How the store does, as the thread that writes to it sees it.
#[derive(Debug, Default)]
pub(super) struct StoreHealth {
    stored: AtomicU64,
    /// Nobody waits any more: each batch has one more try.
    closing: AtomicBool,
    given_up: AtomicBool,
    fault: Mutex<Fault>,
}

#[derive(Debug, Default)]
struct Fault {
    is_over: bool,
    last: Option<String>,
}

impl StoreHealth {
    pub(super) fn stored(&self) -> u64 {
        self.stored.load(Ordering::Relaxed)
    }

    /// Why the last try failed, until one succeeds.
    pub(super) fn fault(&self) -> Option<String> {
        let fault = self.lock();
        if fault.is_over { None } else { fault.last.clone() }
    }

    /// The same, whether or not a try has succeeded since.
    pub(super) fn last_fault(&self) -> Option<String> {
        self.lock().last.clone()
    }

    pub(super) fn is_given_up(&self) -> bool {
        self.given_up.load(Ordering::Acquire)
    }

    pub(super) fn close(&self) {
        self.closing.store(true, Ordering::Release);
    }

    fn is_closing(&self) -> bool {
        self.closing.load(Ordering::Acquire)
    }

    fn works(&self, rows: u64) {
        self.stored.fetch_add(rows, Ordering::Relaxed);
        let mut fault = self.lock();
        if fault.last.is_some() && !fault.is_over {
            fault.is_over = true;
            tracing::info!("market data is stored again");
        }
    }

    fn fails(&self, error: &str, patience: Patience) {
        let mut fault = self.lock();
        let is_new = fault.last.is_none() || fault.is_over;
        *fault = Fault { is_over: false, last: Some(error.to_owned()) };
        if is_new && patience == Patience::Live {
            tracing::error!(error, "market data cannot be stored; it is held and tried again");
        }
    }

    /// A fault is whole whenever the lock is free.
    fn lock(&self) -> MutexGuard<'_, Fault> {
        self.fault.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Sorts a batch by kind, in buffers that are kept.
#[derive(Debug, Default)]
pub(in crate::node) struct Sorted {
    trades: Vec<domain::Trade>,
    quotes: Vec<domain::Quote>,
    bars: Vec<domain::Bar>,
    spreads: Vec<domain::CrossVenueSpread>,
    pairs: Vec<domain::PairSpread>,
    regimes: Vec<domain::RegimeChange>,
}

impl Sorted {
    pub(in crate::node) fn fill<'a>(&mut self, batch: impl IntoIterator<Item = &'a SinkItem>) -> Batch<'_> {
        self.trades.clear();
        self.quotes.clear();
        self.bars.clear();
        self.spreads.clear();
        self.pairs.clear();
        self.regimes.clear();
        for item in batch {
            match item {
                SinkItem::Trade(trade) => self.trades.push(*trade),
                SinkItem::Quote(quote) => self.quotes.push(*quote),
                SinkItem::Bar(bar) => self.bars.push(*bar),
                SinkItem::Spread(spread) => self.spreads.push(*spread),
                SinkItem::Pair(spread) => self.pairs.push(*spread),
                SinkItem::Regime(change) => self.regimes.push(*change),
            }
        }
        let Self { trades, quotes, bars, spreads, pairs, regimes } = self;
        Batch { trades, quotes, bars, spreads, pairs, regimes }
    }
}

pub(super) struct StoreSink {
    market: MarketStore,
    health: Arc<StoreHealth>,
    patience: Patience,
    guard: Option<Guard>,
    sorted: Sorted,
    failures_in_a_row: u32,
}

impl StoreSink {
    pub(super) fn new(
        market: MarketStore,
        health: Arc<StoreHealth>,
        patience: Patience,
        guard: Option<Guard>,
    ) -> Self {
        Self { market, health, patience, guard, sorted: Sorted::default(), failures_in_a_row: 0 }
    }

    /// Whether the batch is to be tried again. Files are there to be read again, so they are given up soon.
    fn is_retryable(&mut self, kind: StoreErrorKind) -> bool {
        self.failures_in_a_row = self.failures_in_a_row.saturating_add(1);
        let may_pass = match self.patience {
            Patience::Live => {
                matches!(kind, StoreErrorKind::Transient | StoreErrorKind::TimedOut | StoreErrorKind::Full)
            }
            Patience::Files => kind == StoreErrorKind::Transient && self.failures_in_a_row < TRIES_MAX,
        };
        // A batch that cannot be stored says nothing of the next one.
        let is_of_the_batch = matches!(kind, StoreErrorKind::Invalid | StoreErrorKind::Conflict);
        if !may_pass && !is_of_the_batch && self.patience == Patience::Files {
            self.health.given_up.store(true, Ordering::Release);
        }
        may_pass && !self.health.is_closing()
    }
}

impl Sink for StoreSink {
    fn commit(&mut self, batch: &[SinkItem]) -> Result<(), SinkError> {
        let batch = self.sorted.fill(batch);
        let insert = || self.market.insert_batch(&batch);
        let inserted = match &self.guard {
            Some(guard) => guard.run(insert),
            None => insert().map_err(PolicyError::Failed),
        };
        match inserted {
            Ok(inserted) => {
                self.failures_in_a_row = 0;
                let told = inserted.spreads + inserted.pairs + inserted.regimes;
                let rows = inserted.trades + inserted.quotes + inserted.bars + told;
                self.health.works(rows);
                Ok(())
            }
            Err(refused) => {
                let reason = refused.to_string();
                self.health.fails(&reason, self.patience);
                // What the policy keeps back was not tried, so it may pass later.
                let kind = refused.into_inner().map_or(StoreErrorKind::Transient, |error| error.kind);
                Err(SinkError { retryable: self.is_retryable(kind), reason })
            }
        }
    }
}
