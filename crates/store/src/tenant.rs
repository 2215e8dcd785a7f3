use std::sync::Arc;

use domain::{AccountId, OrderId, TenantId, Timestamp};

use crate::StoreError;
use crate::backend::{Backend, Wanted};
use crate::identity::{check_name, new_uuid};
use crate::page::{Cut, List, Page, check_limit};
use crate::projection::Changes;
use crate::rows::{
    AccountRow, AuditRow, DenialRow, EquityRow, FillRow, HistoryRow, NewAccount, OrderFilter, OrderRow,
};

/// One tenant's rows and no others. Another tenant's account is `NotFound`, like one that does not exist.
#[derive(Debug, Clone)]
pub struct TenantStore {
    backend: Arc<dyn Backend>,
    tenant: TenantId,
}

impl TenantStore {
    pub(crate) fn new(backend: Arc<dyn Backend>, tenant: TenantId) -> Self {
        Self { backend, tenant }
    }

    #[must_use]
    pub const fn tenant(&self) -> TenantId {
        self.tenant
    }

    /// Makes an account; `now` is the time it is given.
    ///
    /// # Errors
    /// `Conflict` when the tenant has one of that name, `Invalid` for a name that is none.
    pub fn create_account(&self, new: NewAccount, now: Timestamp) -> Result<AccountRow, StoreError> {
        check_name("account name", &new.name)?;
        let NewAccount { name, mode, strategy, parameters, base_currency } = new;
        let id = AccountId(new_uuid(now)?);
        let tenant = self.tenant;
        let account =
            AccountRow { id, tenant, name, mode, strategy, parameters, base_currency, created: now };
        self.backend.insert_account(&account)?;
        Ok(account)
    }

    /// In the order they were made.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn accounts(&self) -> Result<Vec<AccountRow>, StoreError> {
        self.backend.accounts(self.tenant)
    }

    /// # Errors
    /// `NotFound`.
    pub fn account(&self, account: AccountId) -> Result<AccountRow, StoreError> {
        let row = self.backend.account(self.tenant, account)?;
        row.ok_or_else(|| StoreError::not_found(format!("there is no account {account}")))
    }

    /// Orders that risk let through, newest first.
    ///
    /// # Errors
    /// `NotFound` for the account, `Invalid` for the cursor; as for all lists.
    pub fn orders(
        &self,
        account: AccountId,
        filter: OrderFilter,
        cut: &Cut,
    ) -> Result<Page<OrderRow>, StoreError> {
        let wanted = self.wanted(account, List::Orders, cut)?;
        let rows = self.backend.orders(&wanted, filter)?;
        Ok(cut.page(List::Orders, rows, |row| [row.sequence.cast_signed()]))
    }

    /// # Errors
    /// `NotFound` for the account or the order.
    pub fn order(&self, account: AccountId, order: OrderId) -> Result<OrderRow, StoreError> {
        self.account(account)?;
        let row = self.backend.order(self.tenant, account, order.0)?;
        row.ok_or_else(|| StoreError::not_found(format!("there is no order {order}")))
    }

    /// Orders that risk turned away, newest first.
    ///
    /// # Errors
    /// See [`TenantStore::orders`].
    pub fn denials(&self, account: AccountId, cut: &Cut) -> Result<Page<DenialRow>, StoreError> {
        let wanted = self.wanted(account, List::Denials, cut)?;
        let rows = self.backend.denials(&wanted)?;
        Ok(cut.page(List::Denials, rows, |row| [row.sequence.cast_signed()]))
    }

    /// Orders and denied ones in one list, newest first; `Open` leaves the denied ones out.
    ///
    /// # Errors
    /// See [`TenantStore::orders`].
    pub fn history(
        &self,
        account: AccountId,
        filter: OrderFilter,
        cut: &Cut,
    ) -> Result<Page<HistoryRow>, StoreError> {
        let wanted = self.wanted(account, List::History, cut)?;
        let orders = self.backend.orders(&wanted, filter)?;
        let denials = match filter {
            OrderFilter::Open => Vec::new(),
            OrderFilter::Closed | OrderFilter::All => self.backend.denials(&wanted)?,
        };
        let mut rows: Vec<HistoryRow> = orders.into_iter().map(HistoryRow::Order).collect();
        rows.extend(denials.into_iter().map(HistoryRow::Denied));
        rows.sort_by_key(|row| std::cmp::Reverse(row.sequence()));
        Ok(cut.page(List::History, rows, |row| [row.sequence().cast_signed()]))
    }

    /// Newest first.
    ///
    /// # Errors
    /// See [`TenantStore::orders`].
    pub fn fills(&self, account: AccountId, cut: &Cut) -> Result<Page<FillRow>, StoreError> {
        let wanted = self.wanted(account, List::Fills, cut)?;
        let rows = self.backend.fills(&wanted)?;
        Ok(cut.page(List::Fills, rows, |row| [row.sequence.cast_signed()]))
    }

    /// The latest `limit` samples, oldest first; `limit` is 1 to [`crate::LIMIT_MAX`].
    ///
    /// # Errors
    /// `NotFound` for the account, `Invalid` for the limit.
    pub fn equity(&self, account: AccountId, limit: usize) -> Result<Vec<EquityRow>, StoreError> {
        check_limit(limit)?;
        self.account(account)?;
        let mut rows = self.backend.equity(self.tenant, account, limit)?;
        rows.reverse();
        Ok(rows)
    }

    /// Keeps a sample beside those the projection takes; the last one of a moment stays.
    ///
    /// # Errors
    /// `NotFound` for the account.
    pub fn record_equity(&self, account: AccountId, sample: &EquityRow) -> Result<(), StoreError> {
        self.account(account)?;
        self.backend.record_equity(self.tenant, account, sample)
    }

    /// Puts something on record for good.
    ///
    /// # Errors
    /// `NotFound` for the account, where the row names one.
    pub fn append_audit(&self, row: &AuditRow) -> Result<(), StoreError> {
        row.account.map(|account| self.account(account)).transpose()?;
        self.backend.append_audit(self.tenant, row)
    }

    /// What was put on record, newest first.
    ///
    /// # Errors
    /// `Invalid` for the cursor.
    pub fn audit(&self, cut: &Cut) -> Result<Page<AuditRow>, StoreError> {
        let before = cut.place::<1>(List::Audit)?.map(|[number]| number);
        let rows = self.backend.audit(self.tenant, before, cut.rows_wanted())?;
        let Page { items, next_cursor } = cut.page(List::Audit, rows, |(number, _)| [*number]);
        Ok(Page { items: items.into_iter().map(|(_, row)| row).collect(), next_cursor })
    }

    /// The last journal entry whose changes are in the tables; zero for none.
    ///
    /// # Errors
    /// `NotFound` for the account.
    pub fn projected_sequence(&self, account: AccountId) -> Result<u64, StoreError> {
        self.account(account)?;
        self.backend.projected_sequence(self.tenant, account)
    }

    /// Writes what entries changed, in one transaction with the sequence of the last of them; changes that are
    /// in already are passed over. Returns the sequence that the tables then stand at.
    ///
    /// # Errors
    /// `NotFound` for the account; `Conflict` when entries between the tables and the changes are missing.
    pub fn project(&self, changes: &Changes) -> Result<u64, StoreError> {
        self.account(changes.account())?;
        self.backend.project(self.tenant, changes)
    }

    fn wanted(&self, account: AccountId, list: List, cut: &Cut) -> Result<Wanted, StoreError> {
        let before = cut.place::<1>(list)?.map(|[sequence]| sequence);
        self.account(account)?;
        Ok(Wanted { tenant: self.tenant, account, before, rows: cut.rows_wanted() })
    }
}
