use domain::{AccountId, Currency, Money, Quantity, Rate, Span};
use engine::Halt;
use engine::view::AccountView;
use serde::Serialize;
use store::AccountRow;
use utoipa::ToSchema;

use super::as_basis_points;
use super::operations::{Rung, RungOverride};

/// Which world an account trades in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum AccountMode {
    Paper,
    Live,
    Backtest,
}

impl From<store::AccountMode> for AccountMode {
    fn from(mode: store::AccountMode) -> Self {
        match mode {
            store::AccountMode::Paper => Self::Paper,
            store::AccountMode::Live => Self::Live,
            store::AccountMode::Backtest => Self::Backtest,
        }
    }
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
    /// Rounded up where the rate is counted over longer than a second.
    pub orders_per_second: u32,
    /// How far a limit price may lie from the reference price.
    #[serde(serialize_with = "as_basis_points")]
    #[schema(value_type = String)]
    pub price_collar_basis_points: Rate,
    /// The loss since the start of the day from which on orders may only reduce positions.
    #[schema(value_type = String)]
    pub max_daily_loss: Money,
    /// The fall from the highest equity from which on orders may only reduce positions.
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
    /// Whether the halt lets pass orders that only reduce a position: true after a loss, false without a halt.
    pub halt_admits_reducing: bool,
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
    /// How far trading is stepped down.
    pub rung: Rung,
    /// Why; empty as long as nobody ever set a rung.
    pub rung_cause: String,
    pub rung_since_ms: i64,
    /// Set while a person holds the account on a rung.
    #[schema(required)]
    pub rung_override: Option<RungOverride>,
}

/// What is known of an account beside its cell.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Profile {
    pub name: String,
    pub mode: AccountMode,
    pub strategy: String,
}

impl From<&AccountRow> for Profile {
    fn from(row: &AccountRow) -> Self {
        Self { name: row.name.clone(), mode: row.mode.into(), strategy: row.strategy.clone() }
    }
}

impl Account {
    /// The account as it travels.
    #[must_use]
    pub fn of(view: &AccountView, profile: &Profile, rung_override: Option<RungOverride>) -> Self {
        Self {
            id: view.account,
            name: profile.name.clone(),
            mode: profile.mode,
            strategy: profile.strategy.clone(),
            base_currency: view.base_currency,
            halted: view.halt.is_some(),
            halt_admits_reducing: view.halt.as_ref().is_some_and(|halt| halt.kind.admits_reducing()),
            halt_reason: view.halt.as_ref().map(in_words),
            halted_at_ms: view.halt.as_ref().map(|halt| halt.since.millis()),
            equity: view.equity,
            day_profit: view.day_profit,
            limits: Limits::of(view),
            rung: view.standing.rung.into(),
            rung_cause: view.standing.cause.clone(),
            rung_since_ms: view.standing.since.millis(),
            rung_override,
        }
    }
}

fn in_words(halt: &Halt) -> String {
    if halt.note.is_empty() { halt.kind.to_string() } else { format!("{} ({})", halt.kind, halt.note) }
}

impl Limits {
    fn of(view: &AccountView) -> Self {
        let limits = &view.limits;
        Self {
            max_order_size: limits.max_order_size,
            max_position_size: limits.max_position_size,
            max_notional: limits.max_order_notional,
            max_gross_notional: limits.max_gross_notional,
            max_open_orders: limits.max_open_orders,
            orders_per_second: per_second(limits.orders_per_window, limits.rate_window),
            price_collar_basis_points: limits.price_collar,
            max_daily_loss: limits.max_daily_loss,
            max_drawdown_basis_points: limits.max_drawdown,
        }
    }
}

fn per_second(orders: u32, window: Span) -> u32 {
    let second = i128::from(Span::SECOND.nanos());
    let window = i128::from(window.nanos()).max(1);
    let rate = (i128::from(orders) * second + window - 1) / window;
    u32::try_from(rate).unwrap_or(u32::MAX)
}

/// Why an account is halted.
#[derive(Debug, Clone, PartialEq, Eq, ToSchema)]
pub struct HaltRequest {
    /// 1 to 200 characters.
    #[schema(min_length = 1, max_length = 200)]
    pub reason: String,
}
