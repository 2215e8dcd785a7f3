//! The journal's vocabulary: the facts that a cell's state is a fold of.

use domain::{
    AccountId, CorporateAction, Currency, Instrument, Instruments, Money, Order, OrderId, OrderRequest,
    TenantId, Timestamp,
};
use risk::{HaltKind, Limits, Reason, Rung};
use serde::{Deserialize, Serialize};

use crate::{FoldError, Report};

/// One fact, numbered without gaps from one.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Entry {
    pub sequence: u64,
    pub time: Timestamp,
    pub record: Record,
}

/// How an account begins.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Opening {
    pub tenant: TenantId,
    pub account: AccountId,
    pub base_currency: Currency,
    pub cash: Vec<(Currency, Money)>,
    pub limits: Limits,
    pub instruments: Instruments,
}

/// What happened. Variants are appended, never reordered: the number of a variant is part of the file format.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum Record {
    Opened(Box<Opening>),
    /// Approved by risk and about to be sent, with the equity the gate saw.
    Submitted {
        order: Order,
        equity: Money,
    },
    Denied {
        request: OrderRequest,
        reason: Reason,
    },
    CancelRequested(OrderId),
    Reported(Report),
    /// The venue said what cannot be; the cell halts.
    Unaccountable {
        report: Report,
        cause: FoldError,
    },
    Corporate(CorporateAction),
    Halted {
        kind: HaltKind,
        note: String,
    },
    Resumed {
        note: String,
    },
    LimitsSet(Box<Limits>),
    Deposited {
        currency: Currency,
        amount: Money,
    },
    Listed(Box<Instrument>),
    /// A new UTC day began with this equity: the base of the daily loss.
    DayOpened {
        day: i64,
        equity: Money,
    },
    /// The account stepped on the ladder.
    RungSet {
        rung: Rung,
        cause: String,
    },
}
