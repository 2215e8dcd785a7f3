//! History through the engine: the loop, and what comes out of it.

mod recorder;

use domain::{AccountId, Bar, Currency, Instruments, MarketEvent, Money, TenantId, Timestamp};
use engine::{Cell, CellFault, Entry, Journal, MemoryJournal, Opening, Record, State, Strategy};
use risk::Limits;
use sim::{Matching, MatchingConfig};
use thiserror::Error;

use crate::{EquityCurve, Statistics, TradeLedger};
use recorder::Recorder;

/// How a simulated account begins.
#[derive(Debug, Clone)]
pub struct Setup {
    pub instruments: Instruments,
    pub base_currency: Currency,
    pub cash: Money,
    pub limits: Limits,
    pub matching: MatchingConfig,
    /// The moment before the first event.
    pub start: Timestamp,
}

/// Why a run ended early.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum BacktestError {
    #[error("the account stopped: {0}")]
    Cell(#[from] CellFault),
    #[error("the journal cannot be opened: {0}")]
    Journal(#[from] engine::JournalFault),
}

/// One strategy on one account, fed event by event.
#[derive(Debug)]
pub struct Backtest<S, J = MemoryJournal> {
    cell: Cell<S, Matching, J, Recorder>,
    curve: EquityCurve,
    cash: Money,
    events: u64,
}

/// What a run made.
#[derive(Debug)]
pub struct Outcome<J = MemoryJournal> {
    pub state: State,
    pub journal: J,
    pub start_equity: Money,
    pub curve: EquityCurve,
    pub ledger: TradeLedger,
    pub events: u64,
    pub orders: u64,
    pub denials: u64,
    pub fills: u64,
}

impl<S: Strategy> Backtest<S> {
    /// A run whose journal is kept in memory.
    ///
    /// # Errors
    /// [`BacktestError`] when the opening cannot be journalled.
    pub fn new(setup: &Setup, strategy: S) -> Result<Self, BacktestError> {
        Self::with_journal(setup, strategy, MemoryJournal::default())
    }
}

impl<S: Strategy, J: Journal> Backtest<S, J> {
    /// A run with a journal of the caller's, which takes the opening first.
    ///
    /// # Errors
    /// [`BacktestError`] when the opening cannot be journalled.
    pub fn with_journal(setup: &Setup, strategy: S, mut journal: J) -> Result<Self, BacktestError> {
        let opening = Opening {
            tenant: TenantId(uuid::Uuid::nil()),
            account: AccountId(uuid::Uuid::nil()),
            base_currency: setup.base_currency,
            cash: vec![(setup.base_currency, setup.cash)],
            limits: setup.limits.clone(),
            instruments: setup.instruments.clone(),
        };
        let state = State::open(&opening, setup.start);
        let first = Entry { sequence: 1, time: setup.start, record: Record::Opened(Box::new(opening)) };
        journal.append(&first)?;
        journal.commit()?;
        let venue = Matching::new(setup.matching, &setup.instruments);
        let cell = Cell::new(state, strategy, venue, journal, Recorder::default());
        Ok(Self { cell, curve: EquityCurve::default(), cash: setup.cash, events: 0 })
    }

    /// The next event of history.
    ///
    /// # Errors
    /// [`BacktestError`]; the run is over.
    #[inline]
    pub fn on_market(&mut self, event: &MarketEvent) -> Result<(), BacktestError> {
        let cell = &self.cell;
        self.curve.before(event.time(), || cell.state().equity());
        self.events += 1;
        Ok(self.cell.on_market(event)?)
    }

    /// A run of bars, oldest first.
    ///
    /// # Errors
    /// [`BacktestError`]; the run is over.
    pub fn on_bars(&mut self, bars: &[Bar]) -> Result<(), BacktestError> {
        bars.iter().try_for_each(|bar| self.on_market(&MarketEvent::Bar(*bar)))
    }

    /// The books as they are.
    #[must_use]
    pub const fn state(&self) -> &State {
        self.cell.state()
    }

    /// Ends the run.
    #[must_use]
    pub fn finish(mut self) -> Outcome<J> {
        self.curve.finish(self.cell.state().equity());
        let (state, journal, recorder) = self.cell.into_parts();
        Outcome {
            state,
            journal,
            start_equity: self.cash,
            curve: self.curve,
            ledger: recorder.ledger,
            events: self.events,
            orders: recorder.orders,
            denials: recorder.denials,
            fills: recorder.fills,
        }
    }
}

impl<J> Outcome<J> {
    /// The statistics of the run; fees are those of instruments that settle in the base currency.
    #[must_use]
    pub fn statistics(&self) -> Statistics {
        let fees = self.state.portfolio().fees(self.state.base_currency(), self.state.instruments());
        Statistics::of(self.start_equity, self.curve.points(), self.ledger.trips(), fees.unwrap_or_default())
    }
}
