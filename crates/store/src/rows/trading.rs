use domain::{Currency, Fill, Money, Order, OrderRequest, Timestamp};

/// Which orders are wanted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum OrderFilter {
    /// Not known to be over.
    Open,
    /// Filled, cancelled, rejected, expired; in a history also the denied ones.
    Closed,
    All,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OrderRow {
    /// The journal entry that submitted it.
    pub sequence: u64,
    pub order: Order,
    /// Why it was rejected or ended unasked, in words.
    pub reason: Option<String>,
}

/// An order that the risk gate turned away; it never got a number.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DenialRow {
    /// The journal entry that says so.
    pub sequence: u64,
    pub time: Timestamp,
    pub request: OrderRequest,
    /// `risk::Reason::code`.
    pub code: String,
    /// The limit and the figure, in words.
    pub detail: String,
}

/// An order or a denied one, as they stand in one list by time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum HistoryRow {
    Order(OrderRow),
    Denied(DenialRow),
}

impl HistoryRow {
    #[must_use]
    pub const fn sequence(&self) -> u64 {
        match self {
            Self::Order(row) => row.sequence,
            Self::Denied(row) => row.sequence,
        }
    }
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FillRow {
    /// The journal entry that booked it.
    pub sequence: u64,
    pub fill: Fill,
    /// `None` when the instrument was not listed with the account.
    pub fee_currency: Option<Currency>,
}

/// What an account was worth at a moment, in its base currency.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct EquityRow {
    pub time: Timestamp,
    pub equity: Money,
}
