use axum::extract::ws::Utf8Bytes;
use domain::{AccountId, TenantId};
use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::auth::Authenticated;
use crate::model::operations::{AlertChange, LogLine};
use crate::model::{Account, Bar, Fill, Order, Overview, PairSpread, Portfolio, Quote, RegimeChange, Spread};

/// What a client can subscribe to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Topic {
    Quotes,
    Bars,
    Spreads,
    Orders,
    Fills,
    Accounts,
    Health,
    /// For administrators alone, as the next.
    Log,
    Alerts,
}

impl Topic {
    /// The topic's own bit in a set of topics.
    pub(crate) const fn bit(self) -> u16 {
        1 << self as u16
    }

    /// Whether only those who operate the program may have it.
    const fn is_for_operators(self) -> bool {
        matches!(self, Self::Log | Self::Alerts)
    }
}

/// A frame could not be written as JSON.
#[derive(Debug, Error)]
#[error("a frame cannot be written: {0}")]
pub struct FrameError(#[from] serde_json::Error);

/// One frame, already written: however many clients take it, its text is made once.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Frame {
    pub(crate) topic: Topic,
    /// Whose it is; `None` for what everyone may see.
    pub(crate) tenant: Option<TenantId>,
    pub(crate) text: Utf8Bytes,
}

#[derive(Serialize)]
struct Tagged<'a, T> {
    r#type: &'static str,
    #[serde(flatten)]
    body: &'a T,
}

#[derive(Serialize)]
struct OfAccount<'a, T> {
    account_id: AccountId,
    #[serde(flatten)]
    body: &'a T,
}

#[derive(Serialize)]
struct LiveBar<'a> {
    #[serde(flatten)]
    bar: &'a Bar,
    closed: bool,
}

#[derive(Serialize)]
struct FullAccount<'a> {
    #[serde(flatten)]
    account: &'a Account,
    portfolio: &'a Portfolio,
}

impl Frame {
    /// # Errors
    /// [`FrameError`], as for all.
    pub fn quote(quote: &Quote) -> Result<Self, FrameError> {
        Self::write(Topic::Quotes, None, "quote", quote)
    }

    /// # Errors
    /// [`FrameError`].
    pub fn bar(bar: &Bar, closed: bool) -> Result<Self, FrameError> {
        Self::write(Topic::Bars, None, "bar", &LiveBar { bar, closed })
    }

    /// # Errors
    /// [`FrameError`].
    pub fn spread(spread: &Spread) -> Result<Self, FrameError> {
        Self::write(Topic::Spreads, None, "spread", spread)
    }

    /// # Errors
    /// [`FrameError`].
    pub fn pair(spread: &PairSpread) -> Result<Self, FrameError> {
        Self::write(Topic::Spreads, None, "pair", spread)
    }

    /// # Errors
    /// [`FrameError`].
    pub fn regime(change: &RegimeChange) -> Result<Self, FrameError> {
        Self::write(Topic::Spreads, None, "regime", change)
    }

    /// # Errors
    /// [`FrameError`].
    pub fn health(overview: &Overview) -> Result<Self, FrameError> {
        Self::write(Topic::Health, None, "health", overview)
    }

    /// # Errors
    /// [`FrameError`].
    pub fn log(line: &LogLine) -> Result<Self, FrameError> {
        Self::write(Topic::Log, None, "log", line)
    }

    /// # Errors
    /// [`FrameError`].
    pub fn alert(change: &AlertChange) -> Result<Self, FrameError> {
        Self::write(Topic::Alerts, None, "alert", change)
    }

    /// # Errors
    /// [`FrameError`].
    pub fn order(tenant: TenantId, account_id: AccountId, order: &Order) -> Result<Self, FrameError> {
        Self::write(Topic::Orders, Some(tenant), "order", &OfAccount { account_id, body: order })
    }

    /// # Errors
    /// [`FrameError`].
    pub fn fill(tenant: TenantId, account_id: AccountId, fill: &Fill) -> Result<Self, FrameError> {
        Self::write(Topic::Fills, Some(tenant), "fill", &OfAccount { account_id, body: fill })
    }

    /// # Errors
    /// [`FrameError`].
    pub fn account(tenant: TenantId, account: &Account, portfolio: &Portfolio) -> Result<Self, FrameError> {
        Self::write(Topic::Accounts, Some(tenant), "account", &FullAccount { account, portfolio })
    }

    fn write<T: Serialize>(
        topic: Topic,
        tenant: Option<TenantId>,
        r#type: &'static str,
        body: &T,
    ) -> Result<Self, FrameError> {
        let text = serde_json::to_string(&Tagged { r#type, body })?;
        Ok(Self { topic, tenant, text: text.into() })
    }

    /// Whether a client that asked for `topics` is to get it.
    pub(crate) fn is_for(&self, who: &Authenticated, topics: u16) -> bool {
        topics & self.topic.bit() != 0
            && self.tenant.is_none_or(|owner| owner == who.tenant())
            && (who.may_operate() || !self.topic.is_for_operators())
    }
}
