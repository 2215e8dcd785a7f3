use std::sync::Arc;

use domain::{
    Bar, BarRule, CorporateAction, CrossVenueSpread, InstrumentId, Instruments, PairSpread, Quote,
    RegimeChange, Timestamp, Trade,
};

use crate::StoreError;
use crate::backend::Backend;
use crate::notation::spread_phase;
use crate::page::{Cut, List, Page, check_limit};

/// Market data to be stored at once, in any order.
#[derive(Debug, Clone, Copy, Default)]
pub struct Batch<'a> {
    pub trades: &'a [Trade],
    pub quotes: &'a [Quote],
    pub bars: &'a [Bar],
    pub spreads: &'a [CrossVenueSpread],
    pub pairs: &'a [PairSpread],
    pub regimes: &'a [RegimeChange],
}

impl Batch<'_> {
    /// Those that its rows name, each once. Runs of one are common, so few are even collected.
    pub(crate) fn instruments(&self) -> Vec<InstrumentId> {
        let mut named: Vec<InstrumentId> = Vec::new();
        let mut note = |id: InstrumentId| {
            if named.last() != Some(&id) {
                named.push(id);
            }
        };
        self.trades.iter().for_each(|trade| note(trade.instrument));
        self.quotes.iter().for_each(|quote| note(quote.instrument));
        self.bars.iter().for_each(|bar| note(bar.instrument));
        self.spreads.iter().for_each(|spread| [spread.buy, spread.sell].into_iter().for_each(&mut note));
        self.pairs.iter().for_each(|spread| [spread.first, spread.second].into_iter().for_each(&mut note));
        self.regimes.iter().for_each(|change| note(change.instrument));
        once(named)
    }
}

/// Each one once.
pub(crate) fn once(mut instruments: Vec<InstrumentId>) -> Vec<InstrumentId> {
    instruments.sort_unstable();
    instruments.dedup();
    instruments
}

pub(crate) fn never_put(id: InstrumentId) -> StoreError {
    StoreError::invalid(format!("instrument {id} was never put into the store")).of(id)
}

/// Rows that were new. What was there already is left as it is, so storing twice does no harm.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Inserted {
    pub trades: u64,
    pub quotes: u64,
    /// A bar of a later revision takes the place of one that was there, and so does a different one of the same
    /// revision with as many trades or more; it counts.
    pub bars: u64,
    pub spreads: u64,
    pub pairs: u64,
    pub regimes: u64,
}

/// What the markets did; the same for every tenant.
#[derive(Debug, Clone)]
pub struct MarketStore {
    backend: Arc<dyn Backend>,
}

impl MarketStore {
    pub(crate) fn new(backend: Arc<dyn Backend>) -> Self {
        Self { backend }
    }

    /// Keeps the table of instruments. Rows of market data name an instrument by its id, so an id must stay what
    /// it is: load the table at the start, list what is new behind it, put it back.
    ///
    /// # Errors
    /// `Conflict` when an id stands for another venue or symbol than before; nothing is stored then.
    pub fn put_instruments(&self, instruments: &Instruments) -> Result<(), StoreError> {
        self.backend.put_instruments(instruments)
    }

    /// Every instrument ever put, under its id.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn instruments(&self) -> Result<Instruments, StoreError> {
        self.backend.instruments()
    }

    /// Stores a batch in one transaction.
    ///
    /// # Errors
    /// `Invalid` for an instrument that was not put before, which the error names; `Full`. Nothing of the batch is
    /// stored then.
    pub fn insert_batch(&self, batch: &Batch<'_>) -> Result<Inserted, StoreError> {
        self.backend.insert_batch(batch)
    }

    /// Newest first.
    ///
    /// # Errors
    /// `Invalid` for the cursor.
    pub fn bars(&self, instrument: InstrumentId, rule: BarRule, cut: &Cut) -> Result<Page<Bar>, StoreError> {
        let before = cut.place::<2>(List::Bars)?;
        let rows = self.backend.bars(instrument, rule, before, cut.rows_wanted())?;
        Ok(cut.page(List::Bars, rows, bar_place))
    }

    /// Oldest first, from that open time and number on, at most `limit`: for reading history through, piece by
    /// piece. The next piece begins at the last bar's open time with the number after its own.
    ///
    /// # Errors
    /// `Invalid` for a limit outside 1 to [`crate::LIMIT_MAX`].
    pub fn bars_from(
        &self,
        instrument: InstrumentId,
        rule: BarRule,
        from: (Timestamp, u32),
        limit: usize,
    ) -> Result<Vec<Bar>, StoreError> {
        check_limit(limit)?;
        self.backend.bars_from(instrument, rule, from, i64::try_from(limit).unwrap_or(i64::MAX))
    }

    /// Hands every trade of `[from, until)` by the venue's time to `take`, oldest first, with the memory of a
    /// thousand. `take` ends it by returning false.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn read_trades(
        &self,
        instrument: InstrumentId,
        from: Timestamp,
        until: Timestamp,
        mut take: impl FnMut(Trade) -> bool,
    ) -> Result<(), StoreError> {
        const ROWS: i64 = 1000;
        let mut after = (from.nanos().saturating_sub(1), i64::MAX);
        loop {
            let rows = self.backend.trades_after(instrument, after, ROWS)?;
            let Some((number, last)) = rows.last() else { return Ok(()) };
            after = (last.venue_time.nanos(), *number);
            for (_, trade) in rows {
                if trade.venue_time >= until || !take(trade) {
                    return Ok(());
                }
            }
        }
    }

    /// Every phase of every spread, newest first.
    ///
    /// # Errors
    /// `Invalid` for the cursor.
    pub fn spreads(&self, cut: &Cut) -> Result<Page<CrossVenueSpread>, StoreError> {
        let before = cut.place::<3>(List::Spreads)?;
        let rows = self.backend.spreads(before, cut.rows_wanted())?;
        Ok(cut.page(List::Spreads, rows, spread_place))
    }

    /// Every phase of every pair that came apart, newest first.
    ///
    /// # Errors
    /// `Invalid` for the cursor.
    pub fn pairs(&self, cut: &Cut) -> Result<Page<PairSpread>, StoreError> {
        let before = cut.place::<3>(List::Pairs)?;
        let rows = self.backend.pairs(before, cut.rows_wanted())?;
        Ok(cut.page(List::Pairs, rows, pair_place))
    }

    /// Every change of the regime of bid and ask, newest first.
    ///
    /// # Errors
    /// `Invalid` for the cursor.
    pub fn regimes(&self, cut: &Cut) -> Result<Page<RegimeChange>, StoreError> {
        let before = cut.place::<2>(List::Regimes)?;
        let rows = self.backend.regimes(before, cut.rows_wanted())?;
        Ok(cut.page(List::Regimes, rows, regime_place))
    }

    /// The last one by the venue's time.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn latest_trade(&self, instrument: InstrumentId) -> Result<Option<Trade>, StoreError> {
        self.backend.latest_trade(instrument)
    }

    /// The last one received.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn latest_quote(&self, instrument: InstrumentId) -> Result<Option<Quote>, StoreError> {
        self.backend.latest_quote(instrument)
    }

    /// Stores splits and dividends in one transaction, and returns how many were new. Of an instrument there is one
    /// split and one dividend at a moment; the one that was there first stays, whatever its terms.
    ///
    /// # Errors
    /// `Invalid` for an instrument that was not put before; `Full`. Nothing is stored then.
    pub fn put_corporate_actions(&self, actions: &[CorporateAction]) -> Result<u64, StoreError> {
        self.backend.put_corporate_actions(actions)
    }

    /// All of `[from, until)`, oldest first. At the same time a dividend comes before a split, because it is owed
    /// per old share.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn corporate_actions(
        &self,
        instrument: InstrumentId,
        from: Timestamp,
        until: Timestamp,
    ) -> Result<Vec<CorporateAction>, StoreError> {
        self.backend.corporate_actions(instrument, from, until)
    }

    /// Deletes those instruments' trades and quotes from before that time; bars, spreads and corporate actions stay. Returns how many.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn prune_ticks(&self, instruments: &[InstrumentId], before: Timestamp) -> Result<u64, StoreError> {
        self.backend.prune_ticks(instruments, before)
    }
}

/// Where a bar's row stands in its list: by open time and number.
pub(crate) fn bar_place(bar: &Bar) -> [i64; 2] {
    [bar.open_time.nanos(), i64::from(bar.number)]
}

/// Where a spread's row stands in its list: by time, number and phase.
pub(crate) fn spread_place(spread: &CrossVenueSpread) -> [i64; 3] {
    [spread.time.nanos(), spread.id.cast_signed(), spread_phase::number(spread.phase)]
}

/// As [`spread_place`].
pub(crate) fn pair_place(spread: &PairSpread) -> [i64; 3] {
    [spread.time.nanos(), spread.id.cast_signed(), spread_phase::number(spread.phase)]
}

/// By time and instrument.
pub(crate) fn regime_place(change: &RegimeChange) -> [i64; 2] {
    [change.time.nanos(), i64::from(change.instrument.0)]
}
