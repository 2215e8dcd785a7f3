//! What was stored, read through the database's policy: while that keeps calls back, whoever asks hears so at once.

use api::model::{Bar, EquityPoint, Fill, Order, Page, PairSpread, RegimeChange, Spread};
use api::{Cut, History, HistoryFault, Known, StoredHistory};
use domain::{AccountId, BarRule, InstrumentId};
use resilience::PolicyError;
use store::TenantAccess;
use uuid::Uuid;

use super::guard::Guard;

pub(crate) struct GuardedHistory {
    stored: StoredHistory,
    guard: Guard,
}

impl GuardedHistory {
    pub(crate) const fn new(stored: StoredHistory, guard: Guard) -> Self {
        Self { stored, guard }
    }

    fn read<T>(
        &self,
        mut read: impl FnMut(&StoredHistory) -> Result<T, HistoryFault>,
    ) -> Result<T, HistoryFault> {
        self.guard.run(|| read(&self.stored)).map_err(|error| match error {
            PolicyError::Failed(fault) | PolicyError::Exhausted { last: fault, .. } => fault,
            refused => HistoryFault::Busy(refused.to_string()),
        })
    }
}

impl History for GuardedHistory {
    fn bars(&self, instrument: InstrumentId, rule: BarRule, cut: &Cut) -> Result<Page<Bar>, HistoryFault> {
        self.read(|stored| stored.bars(instrument, rule, cut))
    }

    fn spreads(&self, cut: &Cut) -> Result<Page<Spread>, HistoryFault> {
        self.read(|stored| stored.spreads(cut))
    }

    fn pairs(&self, cut: &Cut) -> Result<Page<PairSpread>, HistoryFault> {
        self.read(|stored| stored.pairs(cut))
    }

    fn regimes(&self, cut: &Cut) -> Result<Page<RegimeChange>, HistoryFault> {
        self.read(|stored| stored.regimes(cut))
    }

    fn closed_orders(
        &self,
        access: &TenantAccess,
        account: AccountId,
        cut: &Cut,
    ) -> Result<Page<Order>, HistoryFault> {
        self.read(|stored| stored.closed_orders(access, account, cut))
    }

    fn fills(
        &self,
        access: &TenantAccess,
        account: AccountId,
        cut: &Cut,
    ) -> Result<Page<Fill>, HistoryFault> {
        self.read(|stored| stored.fills(access, account, cut))
    }

    fn equity(
        &self,
        access: &TenantAccess,
        account: AccountId,
        limit: usize,
    ) -> Result<Vec<EquityPoint>, HistoryFault> {
        self.read(|stored| stored.equity(access, account, limit))
    }

    fn login(&self, username: &str, password: String) -> Result<Option<Known>, HistoryFault> {
        self.read(|stored| stored.login(username, password.clone()))
    }

    fn user(&self, id: Uuid) -> Result<Option<Known>, HistoryFault> {
        self.read(|stored| stored.user(id))
    }
}
