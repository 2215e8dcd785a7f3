use domain::{AccountId, BarRule, InstrumentId};
use store::{
    HistoryRow, OrderFilter, Secret, Store, StoreError, StoreErrorKind as Kind, TenantAccess, TenantStore,
};
use uuid::Uuid;

use super::{Cut, History, HistoryFault, Known};
use crate::model::{Bar, EquityPoint, Fill, Order, Page, PairSpread, RegimeChange, Spread, User};

/// History as the store has it.
#[derive(Debug, Clone)]
pub struct StoredHistory {
    store: Store,
}

impl StoredHistory {
    #[must_use]
    pub const fn new(store: Store) -> Self {
        Self { store }
    }

    fn tenant(&self, access: &TenantAccess) -> TenantStore {
        self.store.tenant(access)
    }
}

impl History for StoredHistory {
    fn bars(&self, instrument: InstrumentId, rule: BarRule, cut: &Cut) -> Result<Page<Bar>, HistoryFault> {
        let page = self.store.market().bars(instrument, rule, &asked(cut)?).map_err(fault)?;
        Ok(Page { items: page.items.iter().map(Bar::from).collect(), next_cursor: page.next_cursor })
    }

    fn spreads(&self, cut: &Cut) -> Result<Page<Spread>, HistoryFault> {
        let page = self.store.market().spreads(&asked(cut)?).map_err(fault)?;
        let items = page.items.iter().filter_map(Spread::of).collect();
        Ok(Page { items, next_cursor: page.next_cursor })
    }

    fn pairs(&self, cut: &Cut) -> Result<Page<PairSpread>, HistoryFault> {
        let page = self.store.market().pairs(&asked(cut)?).map_err(fault)?;
        Ok(Page { items: page.items.iter().map(PairSpread::from).collect(), next_cursor: page.next_cursor })
    }

    fn regimes(&self, cut: &Cut) -> Result<Page<RegimeChange>, HistoryFault> {
        let page = self.store.market().regimes(&asked(cut)?).map_err(fault)?;
        Ok(Page { items: page.items.iter().map(RegimeChange::from).collect(), next_cursor: page.next_cursor })
    }

    fn closed_orders(
        &self,
        access: &TenantAccess,
        account: AccountId,
        cut: &Cut,
    ) -> Result<Page<Order>, HistoryFault> {
        let page = self.tenant(access).history(account, OrderFilter::Closed, &asked(cut)?).map_err(fault)?;
        let items = page.items.into_iter().map(|row| match row {
            HistoryRow::Order(row) => Order::of(&row.order, account, row.reason),
            HistoryRow::Denied(row) => Order::denied(&row.request, row.sequence, row.time, row.detail),
        });
        Ok(Page { items: items.collect(), next_cursor: page.next_cursor })
    }

    fn fills(
        &self,
        access: &TenantAccess,
        account: AccountId,
        cut: &Cut,
    ) -> Result<Page<Fill>, HistoryFault> {
        let page = self.tenant(access).fills(account, &asked(cut)?).map_err(fault)?;
        let items = page.items.iter().map(|row| Fill::of(&row.fill, row.fee_currency)).collect();
        Ok(Page { items, next_cursor: page.next_cursor })
    }

    fn equity(
        &self,
        access: &TenantAccess,
        account: AccountId,
        limit: usize,
    ) -> Result<Vec<EquityPoint>, HistoryFault> {
        let rows = self.tenant(access).equity(account, limit).map_err(fault)?;
        let points = rows.iter().map(|row| EquityPoint { time_ms: row.time.millis(), equity: row.equity });
        Ok(points.collect())
    }

    fn login(&self, username: &str, password: String) -> Result<Option<Known>, HistoryFault> {
        known(self.store.identity().login(username, &Secret::new(password)))
    }

    fn user(&self, id: Uuid) -> Result<Option<Known>, HistoryFault> {
        known(self.store.identity().access_of(id))
    }
}

fn known(login: Result<store::Login, StoreError>) -> Result<Option<Known>, HistoryFault> {
    match login {
        Ok(login) => Ok(Some(Known { user: User::from(&login.user), access: login.access })),
        Err(error) if error.kind == Kind::Unauthorised => Ok(None),
        Err(error) => Err(fault(error)),
    }
}

fn asked(cut: &Cut) -> Result<store::Cut, HistoryFault> {
    store::Cut::new(cut.limit, cut.cursor.clone()).map_err(fault)
}

/// Limits were checked before, so that of all that a list is asked with only the cursor can be invalid.
fn fault(error: StoreError) -> HistoryFault {
    match error.kind {
        Kind::Invalid => HistoryFault::Cursor,
        Kind::NotFound => HistoryFault::NotFound,
        Kind::Transient | Kind::TimedOut | Kind::UnknownOutcome => HistoryFault::Busy(error.to_string()),
        Kind::Conflict | Kind::Full | Kind::Damaged | Kind::Unauthorised => {
            HistoryFault::Store(error.to_string())
        }
    }
}
