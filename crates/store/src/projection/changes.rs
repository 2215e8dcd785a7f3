use domain::{AccountId, Currency, Fill, Order};

use crate::rows::{AuditRow, DenialRow, EquityRow};

/// What consecutive journal entries of one account change in the tables.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Changes {
    account: AccountId,
    /// The first and the last entry covered, whether or not they change a row.
    first: u64,
    last: u64,
    changes: Vec<Change>,
}

/// A row's change and the entry it comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Change {
    pub(crate) sequence: u64,
    pub(crate) row: Row,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Row {
    Submitted(Order),
    OrderChanged { order: Order, reason: Option<&'static str> },
    Filled { fill: Fill, fee_currency: Option<Currency> },
    Denied(DenialRow),
    Equity(EquityRow),
    Audit(AuditRow),
}

impl Changes {
    /// None yet, for what follows entry `after`.
    pub(super) const fn after(account: AccountId, after: u64) -> Self {
        Self { account, first: after.saturating_add(1), last: after, changes: Vec::new() }
    }

    /// Covers the next entry too.
    pub(super) fn cover(&mut self, sequence: u64) {
        self.last = sequence;
    }

    pub(super) fn push(&mut self, row: Row) {
        self.changes.push(Change { sequence: self.last, row });
    }

    #[must_use]
    pub const fn account(&self) -> AccountId {
        self.account
    }

    /// Whether no entry is covered.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.last < self.first
    }

    /// How many rows change.
    #[must_use]
    pub fn len(&self) -> usize {
        self.changes.len()
    }

    /// The last entry covered.
    #[must_use]
    pub const fn last_sequence(&self) -> u64 {
        self.last
    }

    pub(crate) const fn first_sequence(&self) -> u64 {
        self.first
    }

    pub(crate) fn iter(&self) -> std::slice::Iter<'_, Change> {
        self.changes.iter()
    }
}
