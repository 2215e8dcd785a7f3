//! The port to the running program: what the node supplies to be read and commanded.

use std::pin::Pin;
use std::sync::Arc;

use domain::{AccountId, OrderId, OrderRequest, TenantId};
use thiserror::Error;
use tokio::sync::broadcast;

use crate::model::{Account, Instrument, Order, OrderAccepted, Overview, Portfolio, Quote};
use crate::stream::Frame;

/// The answer to a command, when the account's cell has given it.
pub type Command<T> = Pin<Box<dyn Future<Output = Result<T, CommandError>> + Send>>;

/// Why a command was not carried out.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum CommandError {
    /// No such account of this tenant, or no such order of this account.
    #[error("not found")]
    NotFound,
    /// The risk gate said no. `code` is its stable word, `detail` names the limit and the figure.
    #[error("denied ({code}): {detail}")]
    Denied { code: &'static str, detail: String },
    /// The account's cell does not run.
    #[error("stopped: {detail}")]
    Stopped { detail: String },
    /// The cell's queue is full.
    #[error("busy")]
    Busy,
}

/// Whether the program can serve, and where not why not.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Readiness {
    /// Empty when ready; else one sentence for each thing that is missing.
    pub missing: Vec<String>,
}

/// What the node supplies. Reads answer at once from snapshots and never wait for a cell. Everything of an
/// account takes the tenant that asks: for another tenant's account the answer is `None` or `NotFound`.
pub trait Platform: Send + Sync {
    fn overview(&self) -> Overview;

    fn readiness(&self) -> Readiness;

    fn instruments(&self) -> Arc<Vec<Instrument>>;

    /// The last quote of every instrument that has one.
    fn quotes(&self) -> Vec<Quote>;

    /// The tenant's accounts.
    fn accounts(&self, tenant: TenantId) -> Vec<Account>;

    fn account(&self, tenant: TenantId, account: AccountId) -> Option<Account>;

    fn portfolio(&self, tenant: TenantId, account: AccountId) -> Option<Portfolio>;

    /// The orders not known to be over, in any order.
    fn open_orders(&self, tenant: TenantId, account: AccountId) -> Option<Vec<Order>>;

    fn submit(&self, tenant: TenantId, account: AccountId, request: OrderRequest) -> Command<OrderAccepted>;

    fn cancel(&self, tenant: TenantId, account: AccountId, order: OrderId) -> Command<()>;

    /// `note` says who halts and why.
    fn halt(&self, tenant: TenantId, account: AccountId, note: String) -> Command<Account>;

    /// `note` says who resumes.
    fn resume(&self, tenant: TenantId, account: AccountId, note: String) -> Command<Account>;

    /// Everything that is streamed, from now on; see [`crate::stream::FRAMES_KEPT`] for the length.
    fn subscribe(&self) -> broadcast::Receiver<Arc<Frame>>;
}
