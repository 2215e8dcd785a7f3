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

/// Two instruments whose prices move together, and are further from one another than is usual. Figures are
/// statistics, rounded to nine decimals.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct PairSpread {
    /// Numbers openings, from one; every phase of one spread carries the same number.
    pub id: u64,
    pub phase: SpreadPhase,
    pub first: InstrumentId,
    pub second: InstrumentId,
    /// Midpoints at the time.
    pub first_price: Price,
    pub second_price: Price,
    /// How much the first price moves for one unit of the second: units of the second to sell for one of the first.
    pub hedge_ratio: Rate,
    /// How far the first price is above what the second lets expect, in standard deviations.
    pub z_score: Rate,
    /// Of the two prices over the window, from −1 to 1.
    pub correlation: Rate,
    /// How many samples the figures rest on.
    pub samples: u32,
    pub time: Timestamp,
}

/// How wide bid and ask of an instrument are apart, for that instrument.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SpreadRegime {
    Tight,
    Usual,
    Wide,
}

/// Bid and ask of an instrument have come to be wider or tighter apart than before.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct RegimeChange {
    pub instrument: InstrumentId,
    pub from: SpreadRegime,
    pub to: SpreadRegime,
    /// Ask less bid as a share of their midpoint, now.
    pub share: Rate,
    /// What is usual, as a share.
    pub usual: Rate,
    /// How far from usual, in standard deviations of the logarithm.
    pub z_score: Rate,
    pub time: Timestamp,
}
