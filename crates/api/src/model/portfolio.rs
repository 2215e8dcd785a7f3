use domain::{AccountId, Currency, InstrumentId, Money, Price, Quantity};
use engine::view::AccountView;
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

impl Portfolio {
    /// The books as they travel.
    #[must_use]
    pub fn of(view: &AccountView) -> Self {
        let lines = &view.statement.positions;
        let in_base = || lines.iter().filter(|line| line.currency == Some(view.base_currency));
        Self {
            account_id: view.account,
            time_ms: view.time.millis(),
            base_currency: view.base_currency,
            equity: view.equity,
            realised: sum(in_base().map(|line| Some(line.realised))),
            unrealised: sum(in_base().map(|line| line.unrealised)),
            fees: sum(in_base().map(|line| Some(line.fees))),
            cash: cash(view),
            positions: positions(view),
        }
    }
}

fn sum(mut amounts: impl Iterator<Item = Option<Money>>) -> Option<Money> {
    amounts.try_fold(Money::ZERO, |sum, amount| sum.checked_add(amount?))
}

fn cash(view: &AccountView) -> Vec<Cash> {
    let lines = view.statement.cash.iter();
    lines.map(|line| Cash { currency: line.currency, amount: line.amount }).collect()
}

fn positions(view: &AccountView) -> Vec<Position> {
    let lines = view.statement.positions.iter();
    lines
        .map(|line| Position {
            instrument_id: line.instrument,
            quantity: line.quantity,
            average_price: line.average_price,
            mark_price: line.mark,
            market_value: line.market_value,
            realised: line.realised,
            unrealised: line.unrealised,
        })
        .collect()
}

/// What an account was worth at one moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
pub struct EquityPoint {
    pub time_ms: i64,
    #[schema(value_type = String)]
    pub equity: Money,
}
