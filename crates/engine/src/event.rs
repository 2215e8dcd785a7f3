//! Everything that can wake a cell, on one screen. Fills, cancels, timers and people all enter here.

use domain::{Currency, Instrument, MarketEvent, Money, OrderEvent, OrderId, OrderRequest, Timestamp};
use risk::{HaltKind, Limits, Rung};
use serde::{Deserialize, Serialize};

#[derive(Debug, Clone, Copy)]
pub enum Event<'a> {
    Market(&'a MarketEvent),
    Intent {
        time: Timestamp,
        intent: Intent,
    },
    Report(Report),
    Control {
        time: Timestamp,
        control: &'a Control,
    },
    /// Nothing but time has passed.
    Time(Timestamp),
}

/// What a strategy or a person wants.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Intent {
    Submit(OrderRequest),
    Cancel(OrderId),
    CancelAll,
}

/// What a venue said of one of our orders.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Report {
    pub time: Timestamp,
    pub order: OrderId,
    pub event: OrderEvent,
    /// Why, for a rejection or an unasked cancellation.
    pub reason: Option<RejectReason>,
}

/// Why a venue refused or ended an order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RejectReason {
    /// The venue does not know the order: it never arrived.
    NotFound,
    KindNotSupported,
    TimeInForceNotSupported,
    UnknownInstrument,
    /// The rest of an immediate-or-cancel or fill-or-kill order found nobody.
    NotEnoughLiquidity,
    /// More orders rest at the venue than it keeps.
    VenueFull,
    /// A reason of the venue's own, by its number.
    Other(u32),
}

impl RejectReason {
    /// In words for the person who placed the order.
    #[must_use]
    pub const fn text(self) -> &'static str {
        match self {
            Self::NotFound => "the venue never received the order",
            Self::KindNotSupported => "the venue does not take this kind of order",
            Self::TimeInForceNotSupported => "the venue does not take this time in force",
            Self::UnknownInstrument => "the venue does not trade this instrument",
            Self::NotEnoughLiquidity => "not enough on the other side of the book",
            Self::VenueFull => "the venue keeps no more resting orders",
            Self::Other(_) => "the venue refused the order",
        }
    }
}

/// What an operator or the node decides about a cell.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Control {
    /// Stops new orders at once and cancels what works; for a loss, those that could add to a position.
    Halt {
        kind: HaltKind,
        note: String,
    },
    Resume {
        note: String,
    },
    SetLimits(Box<Limits>),
    Deposit {
        currency: Currency,
        amount: Money,
    },
    List(Box<Instrument>),
    /// Steps to a rung of the ladder. Where the account stands there already, nothing is recorded of it.
    SetRung {
        rung: Rung,
        cause: String,
    },
    /// After a restart: ask the venue about every order whose end is not known.
    Reconcile,
}
