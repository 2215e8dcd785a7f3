//! A cell's state and the fold that makes it.

mod fills;
mod fold;
mod opening;
mod reference;
mod standing;

use domain::{AccountId, Currency, Instruments, Money, Order, OrderId, Quantity, Span, TenantId, Timestamp};
use portfolio::Portfolio;
use risk::{Exposure, HaltKind, Limits, RateWindow, Reason, Rung};
use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::orders::{Orders, Working};
use fills::RecentFills;
use reference::References;

pub(crate) use fold::day_of;
pub use reference::Reference;
pub use standing::{FLATTEN_RETRIES_MAX, FLATTEN_RETRY_AFTER, FLATTENER, Standing};
pub(crate) use standing::{Flattening, may_pass};

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
    /// From here on, what snapshots before the ladder do not have: their bytes end here and are refused.
    standing: Standing,
    flattening: Flattening,
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

    /// Whether nothing may leave at all. An account that is halted for a loss may still reduce its positions.
    #[must_use]
    pub fn is_stopped(&self) -> bool {
        self.halt.as_ref().is_some_and(|halt| !halt.kind.admits_reducing())
    }

    /// Where the account stands on the ladder, since when and why.
    #[must_use]
    pub const fn standing(&self) -> &Standing {
        &self.standing
    }

    #[must_use]
    #[inline]
    pub const fn rung(&self) -> Rung {
        self.standing.rung
    }

    /// The rung by which working orders are cancelled: after a loss none that could add to a position stays.
    pub(crate) fn cancelling_rung(&self) -> Rung {
        match &self.halt {
            Some(halt) if halt.kind.admits_reducing() => self.standing.rung.max(Rung::ReduceOnly),
            _ => self.standing.rung,
        }
    }

    pub(crate) const fn flattening(&self) -> &Flattening {
        &self.flattening
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

    /// The loss limit that is reached at this moment, whether or not an order has met it. `None` also while equity
    /// cannot be computed.
    #[must_use]
    pub fn loss_reached(&self) -> Option<HaltKind> {
        let equity = self.equity()?;
        let day_profit = equity.checked_sub(self.day_equity)?;
        risk::loss_reached(day_profit, equity, self.equity_peak.max(equity), &self.limits)?.halt()
    }

    /// The reference price of an instrument, where the market gave one.
    #[must_use]
    pub fn reference(&self, instrument: domain::InstrumentId) -> Option<Reference> {
        self.references.get(instrument)
    }

    pub(crate) const fn next_order(&self) -> OrderId {
        OrderId(self.last_order.0 + 1)
    }

    #[inline]
    pub(crate) fn advance(&mut self, time: Timestamp) {
        self.now = self.now.max(time);
    }

    /// What the gate must know before `order`, and the equity it is judged by.
    pub(crate) fn exposure(&self, order: &Order) -> Result<(Exposure, Money), Reason> {
        let instrument = self.instruments.get(order.request.instrument).ok_or(Reason::UnknownInstrument)?;
        let working = self.orders.working(instrument.id);
        let reference = self.references.get(instrument.id);
        let equity = self.equity().ok_or(Reason::NumberOutOfRange)?;
        let exposure = Exposure {
            position: self.portfolio.position(instrument.id).quantity,
            working_buy: working.buy,
            working_sell: working.sell,
            reference: reference.map(|reference| reference.price),
            reference_age: reference.map_or(Span::ZERO, |reference| self.now.since(reference.time)),
            reference_valid: reference.is_some_and(|reference| reference.valid),
            gross_notional: self.gross_notional(instrument.settlement)?,
            open_orders: u32::try_from(self.orders.open().len()).unwrap_or(u32::MAX),
            orders_in_window: self.rate.count(self.now),
            day_profit: equity.checked_sub(self.day_equity).ok_or(Reason::NumberOutOfRange)?,
            equity,
            equity_peak: self.equity_peak.max(equity),
            halt: self.halt.as_ref().map(|halt| halt.kind),
            rung: self.standing.rung,
        };
        Ok((exposure, equity))
    }

    /// The value of all positions and of all that may still fill, regardless of sign, over the instruments that
    /// settle in one currency. Right after a restart the last fill's price stands in for the market's.
    fn gross_notional(&self, settlement: Currency) -> Result<Money, Reason> {
        let mut gross = Money::ZERO;
        for instrument in self.instruments.iter().filter(|instrument| instrument.settlement == settlement) {
            let working = self.orders.working(instrument.id);
            let position = self.portfolio.position(instrument.id);
            if position.quantity.is_zero() && working.buy.is_zero() && working.sell.is_zero() {
                continue;
            }
            let reference = self.references.get(instrument.id).map(|reference| reference.price);
            let price = reference.or(position.mark).ok_or(Reason::NoReferencePrice)?;
            let value = gross_quantity(position.quantity, working)
                .and_then(|quantity| instrument.value(price, quantity).ok())
                .ok_or(Reason::NumberOutOfRange)?;
            gross = gross.checked_add(value.abs()).ok_or(Reason::NumberOutOfRange)?;
        }
        Ok(gross)
    }
}

fn gross_quantity(held: Quantity, working: Working) -> Option<Quantity> {
    held.abs().checked_add(working.buy)?.checked_add(working.sell)
}
