use domain::{Instrument, InstrumentId, Order, OrderId, OrderRequest, Quantity, StrategyId, Timestamp};
use thiserror::Error;

use crate::{Intent, Rung, State};

/// How many intents one event may lead to; the desk refuses the rest.
pub const INTENTS_MAX: usize = 256;

/// The strategy asked for more than [`INTENTS_MAX`] things at one event.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("more than {INTENTS_MAX} intents at one event")]
pub struct DeskFull;

/// What a strategy sees and where it hands in what it wants. It cannot reach a venue.
#[derive(Debug)]
pub struct Desk<'a> {
    state: &'a State,
    intents: &'a mut Vec<Intent>,
    strategy: StrategyId,
}

impl<'a> Desk<'a> {
    pub(crate) const fn new(state: &'a State, intents: &'a mut Vec<Intent>, strategy: StrategyId) -> Self {
        Self { state, intents, strategy }
    }

    #[must_use]
    pub const fn now(&self) -> Timestamp {
        self.state.now()
    }

    /// Whether no order that adds to a position passes.
    #[must_use]
    pub const fn is_halted(&self) -> bool {
        self.state.halt().is_some()
    }

    /// Whether no order passes at all, not even one that only reduces a position.
    #[must_use]
    pub fn is_stopped(&self) -> bool {
        self.state.is_stopped()
    }

    /// How far the account may still go: below normal the gate denies what adds to a position.
    #[must_use]
    pub const fn rung(&self) -> Rung {
        self.state.rung()
    }

    #[must_use]
    pub fn instrument(&self, id: InstrumentId) -> Option<&Instrument> {
        self.state.instruments().get(id)
    }

    /// The signed quantity held.
    #[must_use]
    #[inline]
    pub fn position(&self, instrument: InstrumentId) -> Quantity {
        self.state.portfolio().position(instrument).quantity
    }

    /// The position that results when everything working fills: what a strategy should compare its target with,
    /// or it orders twice.
    #[must_use]
    #[inline]
    pub fn projected_position(&self, instrument: InstrumentId) -> Quantity {
        let working = self.state.orders().working(instrument);
        let held = self.position(instrument).raw();
        Quantity::from_raw(held.saturating_add(working.buy.raw()).saturating_sub(working.sell.raw()))
    }

    #[must_use]
    pub fn open_orders(&self) -> &[Order] {
        self.state.orders().open()
    }

    /// Everything else that is known of the account.
    #[must_use]
    pub const fn state(&self) -> &State {
        self.state
    }

    /// Asks for an order. Risk decides; a denial is journalled.
    ///
    /// # Errors
    /// [`DeskFull`].
    #[inline]
    pub fn submit(&mut self, request: OrderRequest) -> Result<(), DeskFull> {
        self.push(Intent::Submit(OrderRequest { strategy: self.strategy, ..request }))
    }

    /// Asks for the cancel of an open order.
    ///
    /// # Errors
    /// [`DeskFull`].
    pub fn cancel(&mut self, order: OrderId) -> Result<(), DeskFull> {
        self.push(Intent::Cancel(order))
    }

    #[inline]
    fn push(&mut self, intent: Intent) -> Result<(), DeskFull> {
        if self.intents.len() == INTENTS_MAX {
            return Err(DeskFull);
        }
        self.intents.push(intent);
        Ok(())
    }
}
