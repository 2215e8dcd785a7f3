//! The yardstick: buy once, then wait.

use domain::{Instrument, Instruments, MarketEvent, OrderRequest, Price, Side};
use engine::{Desk, Strategy};

use super::Sizing;
use super::sizing::{EQUITY_SHARE, NOTIONAL, QUANTITY};
use crate::StrategyError;
use crate::parameters::{ParameterDoc, Parameters, StrategyDoc};

pub(crate) const DOC: StrategyDoc = StrategyDoc {
    name: "buy_and_hold",
    summary: "Buys at the first bar or quote, and holds. The yardstick for everything else.",
    parameters: &[INSTRUMENT, QUANTITY, NOTIONAL, EQUITY_SHARE],
};

pub(super) const INSTRUMENT: ParameterDoc = ParameterDoc {
    name: "instrument",
    expected: "a listed instrument as `VENUE:SYMBOL`, or a symbol that only one venue lists",
    default: None,
    summary: "What is traded.",
};

/// Buys by a market order at the first bar, trade or two-sided quote of its instrument, unless something is held
/// or on its way already. It asks once: an order that is refused is not repeated.
#[derive(Debug)]
pub struct BuyAndHold {
    instrument: Instrument,
    sizing: Sizing,
    has_asked: bool,
}

impl BuyAndHold {
    #[must_use]
    pub const fn new(instrument: Instrument, sizing: Sizing) -> Self {
        Self { instrument, sizing, has_asked: false }
    }

    pub(crate) fn from_parameters(
        parameters: &Parameters<'_>,
        instruments: &Instruments,
    ) -> Result<Self, StrategyError> {
        let instrument = parameters.instrument("instrument", instruments)?;
        let sizing = Sizing::from_parameters(parameters, instrument)?;
        Ok(Self::new(instrument.clone(), sizing))
    }

    fn buy(&mut self, desk: &mut Desk<'_>, price: Price) {
        self.has_asked = true;
        if !desk.projected_position(self.instrument.id).is_zero() {
            return;
        }
        let quantity = self.sizing.quantity(desk, &self.instrument, price);
        if let Some(quantity) = quantity.filter(|quantity| quantity.is_positive()) {
            let order = OrderRequest::market(self.instrument.id, Side::Buy, quantity);
            // A full desk means that this strategy did not get its turn: it asks again.
            self.has_asked = desk.submit(order).is_ok();
        }
    }
}

impl Strategy for BuyAndHold {
    fn name(&self) -> &str {
        DOC.name
    }

    #[inline]
    fn on_market(&mut self, desk: &mut Desk<'_>, event: &MarketEvent) {
        if self.has_asked || event.instrument() != self.instrument.id {
            return;
        }
        match event {
            MarketEvent::Bar(bar) => self.buy(desk, bar.close),
            MarketEvent::Trade(trade) => self.buy(desk, trade.price),
            MarketEvent::Quote(quote) if quote.is_two_sided() => self.buy(desk, quote.ask.price),
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests;
