//! The read model: what pages and programs may know of a cell, as plain values.

use domain::{AccountId, Currency, Money, Order, TenantId, Timestamp};
use portfolio::Statement;
use risk::{HaltKind, Limits};
use serde::Serialize;

use crate::{Halt, Standing, State};

/// An account at one moment.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct AccountView {
    pub tenant: TenantId,
    pub account: AccountId,
    pub base_currency: Currency,
    pub time: Timestamp,
    pub sequence: u64,
    pub equity: Option<Money>,
    /// Equity less the equity the UTC day began with.
    pub day_profit: Option<Money>,
    pub halt: Option<Halt>,
    /// The loss limit that is reached at this moment.
    pub loss: Option<HaltKind>,
    pub standing: Standing,
    pub limits: Limits,
    pub statement: Statement,
    pub open_orders: Vec<Order>,
}

impl AccountView {
    #[must_use]
    pub fn of(state: &State) -> Self {
        let equity = state.equity();
        Self {
            tenant: state.tenant(),
            account: state.account(),
            base_currency: state.base_currency(),
            time: state.now(),
            sequence: state.sequence(),
            equity,
            day_profit: equity.and_then(|equity| equity.checked_sub(state.day_equity())),
            halt: state.halt().cloned(),
            loss: state.loss_reached(),
            standing: state.standing().clone(),
            limits: state.limits().clone(),
            statement: state.portfolio().statement(state.instruments()),
            open_orders: state.orders().open().to_vec(),
        }
    }
}
