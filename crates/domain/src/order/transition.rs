use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::{Fill, VenueOrderId};

/// Where an order is in its life.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OrderStatus {
    /// Journalled and sent; the venue has not answered.
    Pending,
    /// The answer was lost. Counts in risk; settled by asking the venue, never by sending again.
    Unknown,
    Working,
    PartiallyFilled,
    Filled,
    Cancelled,
    Rejected,
    Expired,
}

impl OrderStatus {
    /// Nothing more is expected. A late fill may still arrive and counts.
    #[must_use]
    #[inline]
    pub const fn is_terminal(self) -> bool {
        matches!(self, Self::Filled | Self::Cancelled | Self::Rejected | Self::Expired)
    }

    /// The law for everything but fills.
    pub(super) const fn after(self, event: &OrderEvent) -> Result<Self, IllegalTransition> {
        use OrderStatus::{Cancelled, Expired, PartiallyFilled, Pending, Rejected, Unknown, Working};
        let next = match (self, event) {
            (Pending | Unknown, OrderEvent::Accepted { .. }) => Working,
            (Working | PartiallyFilled, OrderEvent::Accepted { .. }) => self,
            (Pending | Unknown, OrderEvent::Rejected) => Rejected,
            (Pending | Unknown | Working | PartiallyFilled, OrderEvent::Cancelled) => Cancelled,
            (Pending | Unknown | Working | PartiallyFilled, OrderEvent::Expired) => Expired,
            (Pending | Unknown | Working | PartiallyFilled, OrderEvent::CancelRequested) => self,
            (Pending | Unknown, OrderEvent::AnswerLost) => Unknown,
            (Working | PartiallyFilled, OrderEvent::AnswerLost) => self,
            _ => return Err(IllegalTransition::WrongStatus(self)),
        };
        Ok(next)
    }

    /// A fill is money: it counts whatever was believed of the order. A late one does not revive it.
    pub(super) const fn after_fill(self, complete: bool) -> Self {
        match self {
            _ if complete => Self::Filled,
            Self::Cancelled | Self::Rejected | Self::Expired => self,
            _ => Self::PartiallyFilled,
        }
    }
}

/// What happened to an order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OrderEvent {
    Accepted { venue_order_id: Option<VenueOrderId> },
    Rejected,
    Filled(Fill),
    CancelRequested,
    Cancelled,
    Expired,
    AnswerLost,
}

/// Why an event cannot be true of an order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum IllegalTransition {
    #[error("cannot happen to an order that is {0:?}")]
    WrongStatus(OrderStatus),
    #[error("fills more than the order asked for")]
    Overfill,
    #[error("belongs to another order, instrument or side")]
    ForeignFill,
    #[error("makes a value that is out of range")]
    Overflow,
}
