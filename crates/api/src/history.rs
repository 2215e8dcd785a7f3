//! The port to what was stored. Calls block; the routes make them on blocking threads, a bounded number at once.

use domain::{AccountId, BarPeriod, InstrumentId, TenantId};
use thiserror::Error;

use crate::model::{Bar, EquityPoint, Fill, Order, Page, Spread, User};

/// Which piece of a list is wanted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cut {
    /// At least one.
    pub limit: usize,
    /// Where the piece before ended, as it was given out.
    pub cursor: Option<String>,
}

/// Why nothing could be read.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum HistoryFault {
    #[error("the cursor was not given out here")]
    Cursor,
    #[error("{0}")]
    Store(String),
}

/// Reads what was stored, newest first unless said otherwise.
pub trait History: Send + Sync {
    /// # Errors
    /// [`HistoryFault`], as for all.
    fn bars(&self, instrument: InstrumentId, period: BarPeriod, cut: &Cut) -> Result<Page<Bar>, HistoryFault>;

    /// # Errors
    /// [`HistoryFault`].
    fn spreads(&self, cut: &Cut) -> Result<Page<Spread>, HistoryFault>;

    /// Orders that are over, denied ones too.
    ///
    /// # Errors
    /// [`HistoryFault`].
    fn closed_orders(
        &self,
        tenant: TenantId,
        account: AccountId,
        cut: &Cut,
    ) -> Result<Page<Order>, HistoryFault>;

    /// # Errors
    /// [`HistoryFault`].
    fn fills(&self, tenant: TenantId, account: AccountId, cut: &Cut) -> Result<Page<Fill>, HistoryFault>;

    /// The latest `limit` points, oldest first.
    ///
    /// # Errors
    /// [`HistoryFault`].
    fn equity(
        &self,
        tenant: TenantId,
        account: AccountId,
        limit: usize,
    ) -> Result<Vec<EquityPoint>, HistoryFault>;

    /// The user of that name and password; `None` when there is none, after as long as it takes with one.
    ///
    /// # Errors
    /// [`HistoryFault`].
    fn authenticate(&self, username: &str, password: &str) -> Result<Option<User>, HistoryFault>;
}
