use domain::{Currency, InstrumentId, Instruments, Money, Price, Quantity};
use serde::{Deserialize, Serialize};

use crate::{Portfolio, Position, valuation};

/// The books as a person or a client reads them: in JSON every figure is decimal text.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Statement {
    /// Every instrument that was ever traded, in the order of ids.
    pub positions: Vec<PositionLine>,
    /// In the order of currencies.
    pub cash: Vec<CashLine>,
}

/// One position. What needs a price or an instrument that is not known is `None`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct PositionLine {
    pub instrument: InstrumentId,
    /// What the money in this line is in.
    pub currency: Option<Currency>,
    pub quantity: Quantity,
    /// Of entry, rounded to nine decimals; `None` when flat.
    pub average_price: Option<Price>,
    pub mark: Option<Price>,
    /// At the mark, with the sign of the quantity.
    pub market_value: Option<Money>,
    pub unrealised: Option<Money>,
    /// Before fees and dividends.
    pub realised: Money,
    pub fees: Money,
    pub dividends: Money,
}

/// What is held of one currency.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct CashLine {
    pub currency: Currency,
    pub amount: Money,
}

impl Portfolio {
    /// The books at their marks.
    #[must_use]
    pub fn statement(&self, instruments: &Instruments) -> Statement {
        Statement {
            positions: self.positions().map(|(id, position)| line(id, position, instruments)).collect(),
            cash: self.cash.iter().map(|(currency, amount)| CashLine { currency, amount }).collect(),
        }
    }
}

fn line(id: InstrumentId, position: &Position, instruments: &Instruments) -> PositionLine {
    let instrument = instruments.get(id);
    PositionLine {
        instrument: id,
        currency: instrument.map(|instrument| instrument.settlement),
        quantity: position.quantity,
        average_price: instrument.and_then(|instrument| position.average_price(instrument)),
        mark: position.mark,
        market_value: instrument.and_then(|instrument| valuation::value(position, instrument).ok()),
        unrealised: instrument.and_then(|instrument| valuation::unrealised(position, instrument).ok()),
        realised: position.realised,
        fees: position.fees,
        dividends: position.dividends,
    }
}
