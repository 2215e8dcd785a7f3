//! The store's end of the queue: one transaction a batch, and how the store does.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use domain::InstrumentId;
use pipeline::{Sink, SinkError, SinkFault, SinkItem};
use resilience::PolicyError;
use store::{Batch, Inserted, Store, StoreError, StoreErrorKind};

use super::{Guard, Patience};

/// How long the store may take to show that it is there.
const PING_WITHIN: Duration = Duration::from_secs(2);

/// How the store does, as the threads that write to it see it.
#[derive(Debug)]
pub(super) struct StoreHealth {
    stored: AtomicU64,
    patience: Patience,
    fault: Mutex<Fault>,
}

#[derive(Debug, Default)]
struct Fault {
    is_over: bool,
    last: Option<String>,
}

impl StoreHealth {
    pub(super) fn new(patience: Patience) -> Self {
        Self { stored: AtomicU64::new(0), patience, fault: Mutex::default() }
    }

    pub(super) fn stored(&self) -> u64 {
        self.stored.load(Ordering::Relaxed)
    }

    /// Why the store could not be reached last, until it is.
    pub(super) fn fault(&self) -> Option<String> {
        let fault = self.lock();
        if fault.is_over { None } else { fault.last.clone() }
    }

    /// The same, whether or not it could be reached since.
    pub(super) fn last_fault(&self) -> Option<String> {
        self.lock().last.clone()
    }

    fn works(&self, rows: u64) {
        self.stored.fetch_add(rows, Ordering::Relaxed);
        let mut fault = self.lock();
        if fault.last.is_some() && !fault.is_over {
            fault.is_over = true;
            tracing::info!("market data is stored again");
        }
    }

    fn fails(&self, error: &str) {
        let mut fault = self.lock();
        let is_new = fault.last.is_none() || fault.is_over;
        *fault = Fault { is_over: false, last: Some(error.to_owned()) };
        if is_new && self.patience == Patience::Live {
            tracing::error!(error, "market data cannot be stored; it waits and is tried again");
        }
    }

    /// A batch was refused: that says nothing of the store, but somebody reads it at the end.
    fn refuses(&self, error: &str) {
        let mut fault = self.lock();
        if fault.last.is_none() || fault.is_over {
            *fault = Fault { is_over: true, last: Some(error.to_owned()) };
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
    store: Store,
    health: Arc<StoreHealth>,
    guard: Option<Guard>,
    sorted: Sorted,
}

impl StoreSink {
    pub(super) fn new(store: Store, health: Arc<StoreHealth>, guard: Option<Guard>) -> Self {
        Self { store, health, guard, sorted: Sorted::default() }
    }

    fn insert(&mut self, batch: &[SinkItem]) -> Result<Inserted, PolicyError<StoreError>> {
        let rows = self.sorted.fill(batch);
        let market = self.store.market();
        guarded(self.guard.as_ref(), || market.insert_batch(&rows))
    }
}

impl Sink for StoreSink {
    fn commit(&mut self, batch: &[SinkItem]) -> Result<(), SinkError> {
        match self.insert(batch) {
            Ok(inserted) => {
                let told = inserted.spreads + inserted.pairs + inserted.regimes;
                let rows = inserted.trades + inserted.quotes + inserted.bars + told;
                self.health.works(rows);
                Ok(())
            }
            Err(refused) => {
                let reason = refused.to_string();
                let fault = refused.into_inner().map_or(SinkFault::Unavailable, |error| fault(&error, batch));
                if fault == SinkFault::Unavailable {
                    self.health.fails(&reason);
                } else {
                    self.health.refuses(&reason);
                }
                Err(SinkError { fault, reason })
            }
        }
    }

    fn is_reachable(&mut self) -> bool {
        let store = &self.store;
        guarded(self.guard.as_ref(), || store.ping(PING_WITHIN)).is_ok()
    }
}

/// Through the policy around the store, where there is one.
pub(super) fn guarded<T>(
    guard: Option<&Guard>,
    call: impl FnMut() -> Result<T, StoreError>,
) -> Result<T, PolicyError<StoreError>> {
    let mut call = call;
    match guard {
        Some(guard) => guard.run(call),
        None => call().map_err(PolicyError::Failed),
    }
}

/// What is wrong with the rows is theirs; everything else passes, some day.
fn fault(error: &StoreError, batch: &[SinkItem]) -> SinkFault {
    match error.kind {
        StoreErrorKind::Invalid | StoreErrorKind::Conflict | StoreErrorKind::NotFound => {
            error.instrument.map_or(SinkFault::Refused, |id| SinkFault::RefusedItems(places(id, batch)))
        }
        _ => SinkFault::Unavailable,
    }
}

/// Where items of the batch name that instrument.
fn places(id: InstrumentId, batch: &[SinkItem]) -> Vec<usize> {
    let names = |item: &SinkItem| match item {
        SinkItem::Spread(spread) => spread.buy == id || spread.sell == id,
        SinkItem::Pair(spread) => spread.first == id || spread.second == id,
        _ => item.stream() == id,
    };
    batch.iter().enumerate().filter(|(_, item)| names(item)).map(|(place, _)| place).collect()
}

#[cfg(test)]
mod tests;
