//! The port to the running program: what the node supplies to be read and commanded.

use std::pin::Pin;
use std::sync::Arc;

use domain::{AccountId, OrderId, OrderRequest, Span, TenantId};
use engine::Rung;
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
    /// A field of the request does not go with how things stand.
    #[error("`{field}` {message}")]
    Invalid { field: &'static str, message: String },
    /// The cell's queue is full.
    #[error("busy")]
    Busy,
}

/// Where a person holds an account on the trading ladder.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RungPin {
    pub rung: Rung,
    /// Who and why.
    pub note: String,
    /// Without it, a rung that allows more than health asks for is refused.
    pub accepts_risk: bool,
    /// Until it is lifted, or for a rung that allows more for as long as configured, when absent.
    pub lasts: Option<Span>,
}

/// What the node supplies. Reads answer at once from snapshots and never wait for a cell. Everything of an
/// account takes the tenant that asks: for another tenant's account the answer is `None` or `NotFound`.
pub trait Platform: Send + Sync {
    fn overview(&self) -> Overview;

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

    fn pin_rung(&self, tenant: TenantId, account: AccountId, pin: RungPin) -> Command<Account>;

    /// `by` says who lets health decide again.
    fn unpin_rung(&self, tenant: TenantId, account: AccountId, by: String) -> Command<Account>;

    /// Everything that is streamed, from now on; see [`crate::stream::FRAMES_KEPT`] for the length.
    fn subscribe(&self) -> broadcast::Receiver<Arc<Frame>>;
}
