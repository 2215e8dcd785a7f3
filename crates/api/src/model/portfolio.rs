use domain::{AccountId, Currency, InstrumentId, Money, Price, Quantity};
use serde::Serialize;
use utoipa::ToSchema;

/// What is held of one currency.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
pub struct Cash {
    #[schema(value_type = String)]
    pub currency: Currency,
    #[schema(value_type = String)]
    pub amount: Money,
}

/// One position; money is in the instrument's settlement currency. What needs a price that is not known is null.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
pub struct Position {
    #[schema(value_type = u32)]
    pub instrument_id: InstrumentId,
    /// Negative when short.
    #[schema(value_type = String)]
    pub quantity: Quantity,
    /// Of entry; null when flat.
    #[schema(value_type = Option<String>, required)]
    pub average_price: Option<Price>,
    #[schema(value_type = Option<String>, required)]
    pub mark_price: Option<Price>,
    /// At the mark, with the sign of the quantity.
    #[schema(value_type = Option<String>, required)]
    pub market_value: Option<Money>,
    /// Before fees.
    #[schema(value_type = String)]
    pub realised: Money,
    #[schema(value_type = Option<String>, required)]
    pub unrealised: Option<Money>,
}

/// An account's books. The totals are those of the positions that settle in the base currency, and null when a
/// figure they need is missing or out of range.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Portfolio {
    #[schema(value_type = String, format = Uuid)]
    pub account_id: AccountId,
    pub time_ms: i64,
    #[schema(value_type = String)]
    pub base_currency: Currency,
    #[schema(value_type = Option<String>, required)]
    pub equity: Option<Money>,
    #[schema(value_type = Option<String>, required)]
    pub realised: Option<Money>,
    #[schema(value_type = Option<String>, required)]
    pub unrealised: Option<Money>,
    #[schema(value_type = Option<String>, required)]
    pub fees: Option<Money>,
    pub cash: Vec<Cash>,
    pub positions: Vec<Position>,
}

/// What an account was worth at one moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
pub struct EquityPoint {
    pub time_ms: i64,
    #[schema(value_type = String)]
    pub equity: Money,
}
