//! SQLite: the embedded default, one file and no server. The only folder with SQL for it.
//!
//! How values stand in columns:
//! - times are INTEGER nanoseconds since 1970; ids of tenants, accounts and users 16-byte BLOBs; a `u64` the
//!   INTEGER of the same bits; words such as sides and statuses TEXT.
//! - prices and rates are INTEGER in units of 10⁻⁹, as they are in memory.
//! - quantities and money need up to 128 bits. In tables of accounts both are exact decimal TEXT (`0.02`). In
//!   tables of ticks and bars, where size and speed matter, a quantity is INTEGER in units of 10⁻⁹, or exact
//!   decimal TEXT past 9.2·10⁹ units; the column is of type ANY in a STRICT table, so nothing converts it.

mod accounts;
mod archive;
mod audit;
mod connections;
mod corporate;
mod dead_letters;
mod equity;
mod failure;
mod file;
mod fills;
mod identity;
mod instruments;
mod lent;
mod market;
mod market_insert;
mod migrations;
mod orders;
mod pairs;
mod ping;
mod project;
mod replaced;
mod session;
mod upkeep;
mod values;

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use domain::{AccountId, TenantId};
use resilience::Clock;
use rusqlite::{Connection, Transaction, TransactionBehavior};

use crate::StoreConfig;
use crate::backend::{Outcome, TenantRows, Wanted};
use crate::pool::Side;
use crate::projection::Changes;
use crate::rows::{AccountRow, AuditRow, DenialRow, EquityRow, FillRow, OrderFilter, OrderRow};
use connections::Connections;
use failure::Failure;

/// One database file, or one in memory.
#[derive(Debug)]
pub(crate) struct Sqlite {
    connections: Connections,
    path: PathBuf,
}

impl Sqlite {
    /// `:memory:` for a database that nobody else sees. The tables are left as they are.
    pub(crate) fn open(path: &str, config: &StoreConfig, clock: Arc<dyn Clock>) -> Outcome<Self> {
        Ok(Self { connections: Connections::open(path, config, clock)?, path: PathBuf::from(path) })
    }

    /// Runs queries on one of the readers.
    fn read<T>(
        &self,
        doing: &'static str,
        work: impl FnOnce(&Connection) -> rusqlite::Result<T>,
    ) -> Outcome<T> {
        self.read_checked(doing, |connection| Ok(work(connection)?))
    }

    /// The same, for what may refuse what it reads.
    fn read_checked<T>(
        &self,
        doing: &'static str,
        work: impl FnOnce(&Connection) -> Result<T, Failure>,
    ) -> Outcome<T> {
        let config = &self.connections.config;
        let mut lent = self.connections.lend(Side::Read, config.acquire_timeout)?;
        lent.work(doing, Some(config.statement_timeout), |connection| work(connection))
    }

    /// Runs statements in a transaction on the writer; an error undoes all of them.
    fn write<T>(
        &self,
        doing: &'static str,
        work: impl FnOnce(&Transaction<'_>) -> Result<T, Failure>,
    ) -> Outcome<T> {
        self.write_within(Some(self.connections.config.statement_timeout), doing, work)
    }

    /// The same, with no limit or another.
    fn write_within<T>(
        &self,
        limit: Option<Duration>,
        doing: &'static str,
        work: impl FnOnce(&Transaction<'_>) -> Result<T, Failure>,
    ) -> Outcome<T> {
        let mut lent = self.connections.lend(Side::Write, self.connections.config.acquire_timeout)?;
        lent.work(doing, limit, |connection| {
            let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
            let done = work(&transaction)?;
            transaction.commit()?;
            Ok(done)
        })
    }

    #[cfg(test)]
    pub(crate) fn plain(path: &str) -> Outcome<Self> {
        Self::open(path, &StoreConfig::default(), Arc::new(resilience::SystemClock::new()))
    }

    #[cfg(test)]
    pub(crate) fn on_reader<T>(&self, work: impl FnOnce(&Connection) -> rusqlite::Result<T>) -> Outcome<T> {
        self.read("reading for a test", work)
    }

    #[cfg(test)]
    pub(crate) fn in_transaction<T>(
        &self,
        work: impl FnOnce(&Transaction<'_>) -> rusqlite::Result<T>,
    ) -> Outcome<T> {
        self.write("writing for a test", |transaction| Ok(work(transaction)?))
    }

    #[cfg(test)]
    pub(crate) fn on_writer<T>(&self, work: impl FnOnce(&mut Connection) -> T) -> T {
        let mut lent = self.connections.lend(Side::Write, Duration::ZERO).unwrap();
        work(&mut lent.session.as_mut().unwrap().connection)
    }
}

impl TenantRows for Sqlite {
    fn insert_account(&self, account: &AccountRow) -> Outcome<()> {
        self.write("making an account", |transaction| accounts::insert(transaction, account))
    }

    fn accounts(&self, tenant: TenantId) -> Outcome<Vec<AccountRow>> {
        self.read("listing accounts", |connection| accounts::all(connection, tenant))
    }

    fn account(&self, tenant: TenantId, account: AccountId) -> Outcome<Option<AccountRow>> {
        self.read("finding an account", |connection| accounts::one(connection, tenant, account))
    }

    fn orders(&self, wanted: &Wanted, filter: OrderFilter) -> Outcome<Vec<OrderRow>> {
        self.read("listing orders", |connection| orders::page(connection, wanted, filter))
    }

    fn order(&self, tenant: TenantId, account: AccountId, order: u64) -> Outcome<Option<OrderRow>> {
        self.read("finding an order", |connection| orders::one(connection, tenant, account, order))
    }

    fn denials(&self, wanted: &Wanted) -> Outcome<Vec<DenialRow>> {
        self.read("listing denied orders", |connection| orders::denials(connection, wanted))
    }

    fn fills(&self, wanted: &Wanted) -> Outcome<Vec<FillRow>> {
        self.read("listing fills", |connection| fills::page(connection, wanted))
    }

    fn equity(&self, tenant: TenantId, account: AccountId, limit: usize) -> Outcome<Vec<EquityRow>> {
        self.read("reading equity", |connection| equity::latest(connection, tenant, account, limit))
    }

    fn record_equity(&self, tenant: TenantId, account: AccountId, sample: &EquityRow) -> Outcome<()> {
        self.write("keeping an equity sample", |transaction| {
            equity::put(transaction, tenant, account, sample)
        })
    }

    fn append_audit(&self, tenant: TenantId, row: &AuditRow) -> Outcome<()> {
        self.write("keeping an audit row", |transaction| audit::append(transaction, tenant, row))
    }

    fn audit(&self, tenant: TenantId, before: Option<i64>, rows: i64) -> Outcome<Vec<(i64, AuditRow)>> {
        self.read("listing audit rows", |connection| audit::page(connection, tenant, before, rows))
    }

    fn projected_sequence(&self, tenant: TenantId, account: AccountId) -> Outcome<u64> {
        self.read("reading how far the tables are", |connection| {
            project::projected_sequence(connection, tenant, account)
        })
    }

    fn project(&self, tenant: TenantId, changes: &Changes) -> Outcome<u64> {
        self.write("projecting entries", |transaction| project::apply(transaction, tenant, changes))
    }
}
