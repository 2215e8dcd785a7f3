use serde::{Deserialize, Serialize};

use crate::{OrderId, Price, Quantity};

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Side {
    Buy,
    Sell,
}

impl Side {
    #[must_use]
    pub const fn opposite(self) -> Self {
        match self {
            Self::Buy => Self::Sell,
            Self::Sell => Self::Buy,
        }
    }

    /// The quantity with the sign of its effect on a position.
    #[must_use]
    #[inline]
    pub const fn signed(self, quantity: Quantity) -> Quantity {
        match self {
            Self::Buy => quantity,
            Self::Sell => quantity.negate(),
        }
    }
}

/// How an order meets the market.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OrderKind {
    Market,
    Limit {
        price: Price,
    },
    /// A market order once the market trades at or through `trigger`.
    Stop {
        trigger: Price,
    },
    StopLimit {
        trigger: Price,
        price: Price,
    },
    /// A stop that follows the best price at a distance.
    TrailingStop {
        distance: Price,
    },
}

impl OrderKind {
    /// The worst price the order accepts, where it names one.
    #[must_use]
    #[inline]
    pub const fn limit_price(self) -> Option<Price> {
        match self {
            Self::Limit { price } | Self::StopLimit { price, .. } => Some(price),
            Self::Market | Self::Stop { .. } | Self::TrailingStop { .. } => None,
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TimeInForce {
    Day,
    #[serde(rename = "gtc")]
    GoodTillCancelled,
    #[serde(rename = "ioc")]
    ImmediateOrCancel,
    #[serde(rename = "fok")]
    FillOrKill,
    #[serde(rename = "opg")]
    AtOpen,
    #[serde(rename = "cls")]
    AtClose,
}

/// What an order is to the others of its group.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LinkRole {
    /// Its complete fill wakes the others.
    Entry,
    TakeProfit,
    StopLoss,
    /// A fill of one cancels the others.
    OneCancelsOther,
}

/// Ties an order to a group, named by the first order in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Link {
    pub group: OrderId,
    pub role: LinkRole,
}
