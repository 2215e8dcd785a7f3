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
mod audit;
mod connections;
mod corporate;
mod equity;
mod failure;
mod fills;
mod identity;
mod instruments;
mod market;
mod market_insert;
mod migrations;
mod orders;
mod project;
mod upkeep;
mod values;
mod words;

use std::path::PathBuf;

use domain::{AccountId, TenantId};
use rusqlite::{Connection, Transaction, TransactionBehavior};

use crate::backend::{Outcome, TenantRows, Wanted};
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
    pub(crate) fn open(path: &str) -> Outcome<Self> {
        Ok(Self { connections: Connections::open(path)?, path: PathBuf::from(path) })
    }

    /// Runs queries on one of the readers.
    fn read<T>(&self, doing: &str, work: impl FnOnce(&Connection) -> rusqlite::Result<T>) -> Outcome<T> {
        self.connections.with_reader(&self.path, |connection| {
            work(connection).map_err(|error| Failure::from(error).while_doing(doing, &self.path))
        })
    }

    /// Runs statements in a transaction on the writer; an error undoes all of them.
    fn write<T>(&self, doing: &str, work: impl FnOnce(&Transaction<'_>) -> Result<T, Failure>) -> Outcome<T> {
        self.connections.with_writer(|connection| {
            let run = || -> Result<T, Failure> {
                let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
                let done = work(&transaction)?;
                transaction.commit()?;
                Ok(done)
            };
            run().map_err(|failure| failure.while_doing(doing, &self.path))
        })
    }

    #[cfg(test)]
    pub(crate) fn on_writer<T>(&self, work: impl FnOnce(&mut Connection) -> T) -> T {
        self.connections.with_writer(work)
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
