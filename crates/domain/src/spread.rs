use serde::{Deserialize, Serialize};

use crate::{Currency, InstrumentId, Money, Price, Quantity, Rate, Span, Timestamp};

/// Where a spread is in its life.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SpreadPhase {
    Opened,
    Changed,
    Closed,
}

/// The best bid of one venue above the best ask of another, after the taker fees of both.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct CrossVenueSpread {
    /// Numbers openings, from one; every phase of one spread carries the same number.
    pub id: u64,
    pub phase: SpreadPhase,
    pub asset: Currency,
    pub buy: InstrumentId,
    pub sell: InstrumentId,
    /// The ask that is paid.
    pub buy_price: Price,
    /// The bid that is received.
    pub sell_price: Price,
    /// Units of the asset available on both sides.
    pub quantity: Quantity,
    /// Before fees, for the whole quantity, in the quote currency.
    pub gross: Money,
    /// Both taker fees.
    pub fees: Money,
    /// Net profit per unit of money spent.
    pub net_rate: Rate,
    /// How old each quote was when the spread was seen.
    pub buy_age: Span,
    pub sell_age: Span,
    pub time: Timestamp,
}

impl CrossVenueSpread {
    /// Gross less fees.
    #[must_use]
    pub fn net(&self) -> Option<Money> {
        self.gross.checked_sub(self.fees)
    }
}
