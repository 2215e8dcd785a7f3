use serde::{Deserialize, Serialize};

use crate::{FillId, InstrumentId, Money, OrderId, Price, Quantity, Side, Timestamp};

/// Whether a fill gave or took liquidity.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Liquidity {
    Maker,
    Taker,
}

/// One execution of one of our orders.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Fill {
    pub id: FillId,
    pub order: OrderId,
    pub instrument: InstrumentId,
    pub side: Side,
    pub liquidity: Liquidity,
    pub price: Price,
    pub quantity: Quantity,
    /// In the instrument's settlement currency; negative for a rebate.
    pub fee: Money,
    pub time: Timestamp,
}

impl Fill {
    /// The change of position: positive for a buy.
    #[must_use]
    #[inline]
    pub const fn signed_quantity(&self) -> Quantity {
        match self.side {
            Side::Buy => self.quantity,
            Side::Sell => self.quantity.negate(),
        }
    }
}
