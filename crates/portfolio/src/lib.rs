//! The books of one account: fills and corporate actions become positions, cash, fees and profit, all exact.
//!
//! Nothing is lost to rounding: where a division truncates (the cost of a partly closed position, the value of an
//! inverse contract), the remainder stays in the open position, so realised plus unrealised profit is always
//! what the fills say. Values themselves round only as `domain::Instrument::value` documents.
//!
//! This crate is not a risk model and not a venue's statement: it knows no limits, margins or clocks, converts no
//! currency, and believes every fill it is given exactly once. Repeated fills are recognised before they get here.

mod booking;
mod corporate;
mod valuation;

mod cash;
pub mod error;
pub mod position;
pub mod statement;

pub use corporate::CorporateEffect;
pub use error::BookingError;
pub use position::Position;
pub use statement::{CashLine, PositionLine, Statement};

use domain::{Currency, Fill, Instrument, InstrumentId, Money, Price};
use serde::{Deserialize, Serialize};

use crate::{booking::Booking, cash::Cash};

/// Positions and cash of one account. Positions are dense by instrument, so a lookup is an index.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Portfolio {
    positions: Vec<Position>,
    cash: Cash,
}

impl Portfolio {
    /// Books that hold nothing but cash; amounts of one currency add up, to the end of the range of money at most.
    #[must_use]
    pub fn new(cash: &[(Currency, Money)]) -> Self {
        let mut portfolio = Self::default();
        for &(currency, amount) in cash {
            let held = portfolio.cash.of(currency).raw();
            portfolio.cash.set(currency, Money::from_raw(held.saturating_add(amount.raw())));
        }
        portfolio
    }

    /// Makes room for the instrument, so that nothing about it allocates later.
    pub fn ensure(&mut self, instrument: &Instrument) {
        self.ensure_position(instrument.id);
        self.cash.ensure(instrument.settlement);
    }

    fn ensure_position(&mut self, instrument: InstrumentId) {
        let needed = instrument.index() + 1;
        if self.positions.len() < needed {
            self.positions.resize(needed, Position::default());
        }
    }

    /// Adds cash, or takes it where the amount is negative.
    ///
    /// # Errors
    /// `Number` when the sum is out of range, and then nothing has changed.
    pub fn deposit(&mut self, currency: Currency, amount: Money) -> Result<(), BookingError> {
        let held = self.cash.of(currency).checked_add(amount).ok_or(BookingError::OUT_OF_RANGE)?;
        self.cash.set(currency, held);
        Ok(())
    }

    /// Books a fill. Where the instrument settles in full, the whole value moves through cash; a derivative moves
    /// its realised profit only. The fee is paid in the settlement currency either way.
    ///
    /// # Errors
    /// [`BookingError`], and then nothing has changed.
    #[inline]
    pub fn apply_fill(&mut self, fill: &Fill, instrument: &Instrument) -> Result<(), BookingError> {
        let booking = Booking::of(fill, instrument, &self.position(fill.instrument))?;
        self.commit(instrument, booking)
    }

    fn commit(&mut self, instrument: &Instrument, booking: Booking) -> Result<(), BookingError> {
        self.deposit(instrument.settlement, booking.cash)?;
        self.put(instrument.id, booking.position);
        Ok(())
    }

    fn put(&mut self, instrument: InstrumentId, position: Position) {
        self.ensure_position(instrument);
        if let Some(slot) = self.positions.get_mut(instrument.index()) {
            *slot = position;
        }
    }

    /// Notes the last price of an instrument.
    #[inline]
    pub fn mark(&mut self, instrument: InstrumentId, price: Price) {
        match self.positions.get_mut(instrument.index()) {
            Some(position) => position.mark = Some(price),
            None => self.put(instrument, Position { mark: Some(price), ..Position::default() }),
        }
    }

    /// The position in an instrument; an empty one where it was never traded.
    #[must_use]
    #[inline]
    pub fn position(&self, instrument: InstrumentId) -> Position {
        self.positions.get(instrument.index()).copied().unwrap_or_default()
    }

    /// Every instrument that was traded, in the order of ids, those closed since included.
    pub fn positions(&self) -> impl Iterator<Item = (InstrumentId, &Position)> {
        (0..).map(InstrumentId).zip(&self.positions).filter(|(_, position)| !position.is_empty())
    }

    /// What is held of a currency; negative when it is owed.
    #[must_use]
    #[inline]
    pub fn cash(&self, currency: Currency) -> Money {
        self.cash.of(currency)
    }
}

#[cfg(test)]
mod tests;
