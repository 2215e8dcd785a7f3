use domain::{Currency, InstrumentId, Money, OrderId, Price, Quantity};
use serde::Serialize;
use utoipa::ToSchema;

use super::{Side, as_text};

/// Whether a fill gave or took liquidity.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Liquidity {
    Maker,
    Taker,
}

impl From<domain::Liquidity> for Liquidity {
    fn from(liquidity: domain::Liquidity) -> Self {
        match liquidity {
            domain::Liquidity::Maker => Self::Maker,
            domain::Liquidity::Taker => Self::Taker,
        }
    }
}

/// One execution.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
pub struct Fill {
    #[serde(serialize_with = "as_text")]
    #[schema(value_type = String)]
    pub id: u64,
    #[serde(serialize_with = "as_text")]
    #[schema(value_type = String)]
    pub order_id: OrderId,
    #[schema(value_type = u32)]
    pub instrument_id: InstrumentId,
    pub side: Side,
    #[schema(value_type = String)]
    pub price: Price,
    #[schema(value_type = String)]
    pub quantity: Quantity,
    /// Negative for a rebate.
    #[schema(value_type = String)]
    pub fee: Money,
    /// Null when the instrument is not listed with the account any more.
    #[schema(value_type = Option<String>, required)]
    pub fee_currency: Option<Currency>,
    pub liquidity: Liquidity,
    pub time_ms: i64,
}

impl Fill {
    /// The fill as it travels; fees are paid in the instrument's settlement currency.
    #[must_use]
    pub fn of(fill: &domain::Fill, fee_currency: Option<Currency>) -> Self {
        Self {
            id: fill.id.0,
            order_id: fill.order,
            instrument_id: fill.instrument,
            side: fill.side.into(),
            price: fill.price,
            quantity: fill.quantity,
            fee: fill.fee,
            fee_currency,
            liquidity: fill.liquidity.into(),
            time_ms: fill.time.millis(),
        }
    }
}
