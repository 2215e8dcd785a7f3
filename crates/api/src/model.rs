//! What travels: the JSON of every route and frame. Prices, quantities and money are decimal text, ids of more
//! than 53 bits are text, times are whole milliseconds UTC.

mod account;
mod fill;
mod market;
mod new_order;
pub mod operations;
mod order;
mod overview;
mod page;
mod pair;
mod portfolio;
mod session;
mod spread;

pub use account::{Account, AccountMode, HaltRequest, Limits, Profile};
pub use fill::{Fill, Liquidity};
pub use market::{Bar, Instrument, InstrumentKind, Quote};
pub use new_order::{NewOrder, NewOrderKind, OrderAccepted};
pub use order::{Order, OrderSource, OrderStatus, Side, TimeInForce};
pub use overview::{Component, Flow, Overview, Status};
pub use page::{
    AccountList, BarPage, DeadLetterPage, EquityList, FillPage, InstrumentList, List, OrderPage, Page,
    PairSpreadPage, QuoteList, RegimeChangePage, SpreadPage,
};
pub use pair::{PairSpread, RegimeChange, SpreadPhase, SpreadRegime};
pub use portfolio::{Cash, EquityPoint, Portfolio, Position};
pub use session::{Login, LoginRequest, Role, User};
pub use spread::Spread;

/// Serialises anything that has a text form as that text.
pub(crate) fn as_text<T, S>(value: &T, serializer: S) -> Result<S::Ok, S::Error>
where
    T: std::fmt::Display,
    S: serde::Serializer,
{
    serializer.collect_str(value)
}

/// A share as decimal text in hundredths of a percent.
pub(crate) fn as_basis_points<S: serde::Serializer>(
    rate: &domain::Rate,
    serializer: S,
) -> Result<S::Ok, S::Error> {
    let scaled = i128::from(rate.raw()) * 10_000;
    serializer.collect_str(&domain::Quantity::from_raw(scaled))
}

#[cfg(test)]
mod tests;
