//! A cell's state and the fold that makes it.

mod fills;
mod fold;
mod opening;
mod reference;

use domain::{AccountId, Currency, Instruments, Money, Order, OrderId, TenantId, Timestamp};
use portfolio::Portfolio;
use risk::{Exposure, HaltKind, Limits, RateWindow};
use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::orders::Orders;
use fills::RecentFills;
use reference::References;

pub(crate) use fold::day_of;
pub use reference::Reference;

/// Why trading stands still.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Halt {
    pub kind: HaltKind,
    pub note: String,
    pub since: Timestamp,
}

/// Why a record cannot be folded into a state.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error, Serialize, Deserialize)]
pub enum FoldError {
    #[error("the order is not known")]
    UnknownOrder,
    #[error("the instrument is not listed")]
    UnknownInstrument,
    #[error("the event contradicts the order's status or size")]
    IllegalTransition,
    #[error("a number leaves its range")]
    OutOfRange,
    #[error("the order number is not the next one")]
    OrderNumber,
    #[error("the account is opened twice")]
    OpenedTwice,
}

/// One tenant account: everything the gate and the books need, nothing that the journal could not rebuild,
/// but for reference prices, which the market supplies again.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct State {
    tenant: TenantId,
    account: AccountId,
    base_currency: Currency,
    instruments: Instruments,
    limits: Limits,
    portfolio: Portfolio,
    orders: Orders,
    recent_fills: RecentFills,
    rate: RateWindow,
    halt: Option<Halt>,
    sequence: u64,
    last_order: OrderId,
    now: Timestamp,
    day: i64,
    day_equity: Money,
    equity_peak: Money,
    #[serde(skip)]
    references: References,
}

impl State {
    #[must_use]
    pub const fn tenant(&self) -> TenantId {
        self.tenant
    }

    #[must_use]
    pub const fn account(&self) -> AccountId {
        self.account
    }

    #[must_use]
    pub const fn base_currency(&self) -> Currency {
        self.base_currency
    }

    #[must_use]
    pub const fn instruments(&self) -> &Instruments {
        &self.instruments
    }

    #[must_use]
    pub const fn limits(&self) -> &Limits {
        &self.limits
    }

    #[must_use]
    pub const fn portfolio(&self) -> &Portfolio {
        &self.portfolio
    }

    #[must_use]
    pub const fn orders(&self) -> &Orders {
        &self.orders
    }

    #[must_use]
    pub const fn halt(&self) -> Option<&Halt> {
        self.halt.as_ref()
    }

    /// The number of the last journal entry folded in.
    #[must_use]
    pub const fn sequence(&self) -> u64 {
        self.sequence
    }

    /// The latest moment the cell was told.
    #[must_use]
    pub const fn now(&self) -> Timestamp {
        self.now
    }

    /// The equity that the current UTC day began with.
    #[must_use]
    pub const fn day_equity(&self) -> Money {
        self.day_equity
    }

    /// Cash and positions at their marks, in the base currency. `None` when a number leaves its range.
    #[must_use]
    pub fn equity(&self) -> Option<Money> {
        self.portfolio.equity(self.base_currency, &self.instruments).ok()
    }

    /// The reference price of an instrument, where the market gave one.
    #[must_use]
    pub fn reference(&self, instrument: domain::InstrumentId) -> Option<Reference> {
        self.references.get(instrument)
    }

    pub(crate) const fn next_order(&self) -> OrderId {
        OrderId(self.last_order.0 + 1)
    }

    pub(crate) fn advance(&mut self, time: Timestamp) {
        self.now = self.now.max(time);
    }

    /// What the gate must know before `order`. `None` when a figure leaves its range.
    pub(crate) fn exposure(&self, order: &Order) -> Option<(Exposure, Money)> {
        let instrument = order.request.instrument;
        let working = self.orders.working(instrument);
        let reference = self.references.get(instrument);
        let equity = self.equity()?;
        let exposure = Exposure {
            position: self.portfolio.position(instrument).quantity,
            working_buy: working.buy,
            working_sell: working.sell,
            reference: reference.map(|reference| reference.price),
            reference_age: reference.map_or(domain::Span::ZERO, |reference| self.now.since(reference.time)),
            reference_valid: reference.is_some_and(|reference| reference.valid),
            gross_notional: self.gross_notional()?,
            open_orders: u32::try_from(self.orders.open().len()).ok()?,
            orders_in_window: self.rate.count(self.now),
            day_profit: equity.checked_sub(self.day_equity)?,
            equity,
            equity_peak: self.equity_peak.max(equity),
            halt: self.halt.as_ref().map(|halt| halt.kind),
        };
        Some((exposure, equity))
    }

    /// The value of all positions and of all that may still fill, regardless of sign, at reference prices.
    fn gross_notional(&self) -> Option<Money> {
        let mut gross = Money::ZERO;
        for (index, instrument) in self.instruments.iter().enumerate() {
            let working = self.orders.working(instrument.id);
            let held = self.portfolio.position(instrument.id).quantity.abs();
            if held.is_zero() && working.buy.is_zero() && working.sell.is_zero() {
                continue;
            }
            debug_assert_eq!(index, instrument.id.index());
            let Some(price) = self.references.get(instrument.id).map(|reference| reference.price) else {
                continue;
            };
            let quantity = held.checked_add(working.buy)?.checked_add(working.sell)?;
            gross = gross.checked_add(instrument.value(price, quantity).ok()?.abs())?;
        }
        Some(gross)
    }
}
