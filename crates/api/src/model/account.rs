use domain::{AccountId, Currency, Money, Quantity, Rate};
use serde::Serialize;
use utoipa::ToSchema;

use super::as_basis_points;

/// Which world an account trades in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum AccountMode {
    Paper,
    Live,
    Backtest,
}

/// What the risk gate allows an account.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
pub struct Limits {
    /// Units of the instrument in one order.
    #[schema(value_type = String)]
    pub max_order_size: Quantity,
    /// Units of one instrument, long or short.
    #[schema(value_type = String)]
    pub max_position_size: Quantity,
    /// Value of one order.
    #[schema(value_type = String)]
    pub max_notional: Money,
    /// Value of all positions and working orders together.
    #[schema(value_type = String)]
    pub max_gross_notional: Money,
    pub max_open_orders: u32,
    pub orders_per_second: u32,
    /// How far a limit price may lie from the reference price.
    #[serde(serialize_with = "as_basis_points")]
    #[schema(value_type = String)]
    pub price_collar_basis_points: Rate,
    /// The loss since the start of the day that halts the account.
    #[schema(value_type = String)]
    pub max_daily_loss: Money,
    /// The fall from the highest equity that halts the account.
    #[serde(serialize_with = "as_basis_points")]
    #[schema(value_type = String)]
    pub max_drawdown_basis_points: Rate,
}

/// One trading account of the caller's tenant.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Account {
    #[schema(value_type = String, format = Uuid)]
    pub id: AccountId,
    pub name: String,
    pub mode: AccountMode,
    /// What decides the account's orders.
    pub strategy: String,
    #[schema(value_type = String)]
    pub base_currency: Currency,
    pub halted: bool,
    #[schema(required)]
    pub halt_reason: Option<String>,
    #[schema(required)]
    pub halted_at_ms: Option<i64>,
    /// Cash and positions at their marks; null while a price is missing or a figure is out of range.
    #[schema(value_type = Option<String>, required)]
    pub equity: Option<Money>,
    /// Equity less the equity the UTC day began with.
    #[schema(value_type = Option<String>, required)]
    pub day_profit: Option<Money>,
    pub limits: Limits,
}

/// Why an account is halted.
#[derive(Debug, Clone, PartialEq, Eq, ToSchema)]
pub struct HaltRequest {
    /// 1 to 200 characters.
    #[schema(min_length = 1, max_length = 200)]
    pub reason: String,
}
