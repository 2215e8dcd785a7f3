//! The port to what was stored, and the store behind it. Calls block; the routes make them on blocking threads,
//! a bounded number at once.

mod stored;

use domain::{AccountId, BarRule, InstrumentId};
use resilience::{Failure, Kind};
use store::TenantAccess;
use thiserror::Error;
use uuid::Uuid;

use crate::model::{Bar, EquityPoint, Fill, Order, Page, PairSpread, RegimeChange, Spread, User};

pub use stored::StoredHistory;

/// Which piece of a list is wanted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cut {
    /// 1 to [`store::LIMIT_MAX`].
    pub limit: usize,
    /// Where the piece before ended, as it was given out.
    pub cursor: Option<String>,
}

/// Why nothing could be read.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum HistoryFault {
    #[error("the cursor was not given out here")]
    Cursor,
    #[error("there is no such thing")]
    NotFound,
    /// The same call may succeed later.
    #[error("busy: {0}")]
    Busy(String),
    #[error("{0}")]
    Store(String),
}

impl Failure for HistoryFault {
    fn kind(&self) -> Kind {
        match self {
            Self::Cursor => Kind::Invalid,
            Self::NotFound => Kind::Rejected,
            Self::Busy(_) | Self::Store(_) => Kind::Transient,
        }
    }
}

/// A user and the right to their tenant's rows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Known {
    pub user: User,
    pub access: TenantAccess,
}

/// Reads what was stored, newest first unless said otherwise.
pub trait History: Send + Sync {
    /// # Errors
    /// [`HistoryFault`], as for all.
    fn bars(&self, instrument: InstrumentId, rule: BarRule, cut: &Cut) -> Result<Page<Bar>, HistoryFault>;

    /// # Errors
    /// [`HistoryFault`].
    fn spreads(&self, cut: &Cut) -> Result<Page<Spread>, HistoryFault>;

    /// # Errors
    /// [`HistoryFault`].
    fn pairs(&self, cut: &Cut) -> Result<Page<PairSpread>, HistoryFault>;

    /// # Errors
    /// [`HistoryFault`].
    fn regimes(&self, cut: &Cut) -> Result<Page<RegimeChange>, HistoryFault>;

    /// Orders that are over, denied ones too.
    ///
    /// # Errors
    /// [`HistoryFault`].
    fn closed_orders(
        &self,
        access: &TenantAccess,
        account: AccountId,
        cut: &Cut,
    ) -> Result<Page<Order>, HistoryFault>;

    /// # Errors
    /// [`HistoryFault`].
    fn fills(&self, access: &TenantAccess, account: AccountId, cut: &Cut)
    -> Result<Page<Fill>, HistoryFault>;

    /// The latest `limit` points, oldest first.
    ///
    /// # Errors
    /// [`HistoryFault`].
    fn equity(
        &self,
        access: &TenantAccess,
        account: AccountId,
        limit: usize,
    ) -> Result<Vec<EquityPoint>, HistoryFault>;

    /// The user of that name and password; `None` when there is none, after as long as it takes with one.
    ///
    /// # Errors
    /// [`HistoryFault`].
    fn login(&self, username: &str, password: String) -> Result<Option<Known>, HistoryFault>;

    /// The user as they are now; `None` when there is none any more.
    ///
    /// # Errors
    /// [`HistoryFault`].
    fn user(&self, id: Uuid) -> Result<Option<Known>, HistoryFault>;
}

#[cfg(test)]
mod tests;
