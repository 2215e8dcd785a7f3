//! PostgreSQL: a server that several programs share. The only folder with SQL for it.
//!
//! How values stand in columns:
//! - times are bigint nanoseconds since 1970; ids of tenants, accounts and users uuid; a `u64` the bigint and the
//!   id of an instrument the integer of the same bits; words such as sides and statuses text.
//! - prices and rates are bigint in units of 10⁻⁹, as they are in memory.
//! - quantities and money need up to 128 bits and are numeric, exact, as one writes them (`0.02`): as narrow as a
//!   bigint for the usual ones, and of one kind with the large ones.
//!
//! Trades and quotes lie in partitions by day, or in hypertables where the server has TimescaleDB.

mod accounts;
pub(crate) mod address;
mod archive;
mod audit;
mod connections;
mod corporate;
mod dead_letters;
mod equity;
mod failure;
mod fills;
mod identity;
mod instruments;
mod lent;
mod link;
mod market;
mod market_insert;
mod migrations;
mod numeric;
mod orders;
mod pairs;
mod partitions;
mod ping;
mod project;
mod prune;
mod rows;
mod session;
mod socket;
mod tls;
mod until;
mod upkeep;
mod values;

use std::sync::Arc;
use std::time::Duration;

use domain::{AccountId, TenantId};
use resilience::Clock;

use crate::StoreConfig;
use crate::backend::{Outcome, TenantRows, Wanted};
use crate::pool::Side;
use crate::projection::Changes;
use crate::rows::{AccountRow, AuditRow, DenialRow, EquityRow, FillRow, OrderFilter, OrderRow};
use connections::Connections;
use failure::Failure;
use partitions::Partitions;
use session::Session;

/// One database of a server.
#[derive(Debug)]
pub(crate) struct Postgres {
    connections: Connections,
    partitions: Partitions,
}

impl Postgres {
    /// The tables are left as they are.
    pub(crate) fn open(url: &str, config: &StoreConfig, clock: Arc<dyn Clock>) -> Outcome<Self> {
        Ok(Self { connections: Connections::open(url, config, clock)?, partitions: Partitions::default() })
    }

    /// Runs queries, each for itself.
    fn read<T>(
        &self,
        doing: &'static str,
        work: impl FnOnce(&mut Session) -> Result<T, Failure>,
    ) -> Outcome<T> {
        let config = &self.connections.config;
        let mut lent = self.connections.lend(Side::Read, config.acquire_timeout)?;
        lent.work(doing, Some(config.statement_timeout), work)
    }

    /// Runs statements in a transaction; an error undoes all of them.
    fn write<T>(
        &self,
        doing: &'static str,
        work: impl FnOnce(&mut Session) -> Result<T, Failure>,
    ) -> Outcome<T> {
        self.write_within(Some(self.connections.config.statement_timeout), doing, work)
    }

    /// The same, with no limit or another.
    fn write_within<T>(
        &self,
        limit: Option<Duration>,
        doing: &'static str,
        work: impl FnOnce(&mut Session) -> Result<T, Failure>,
    ) -> Outcome<T> {
        let mut lent = self.connections.lend(Side::Write, self.connections.config.acquire_timeout)?;
        lent.transact(doing, limit, work)
    }
}

impl TenantRows for Postgres {
    fn insert_account(&self, account: &AccountRow) -> Outcome<()> {
        self.write("making an account", |session| accounts::insert(session, account))
    }

    fn accounts(&self, tenant: TenantId) -> Outcome<Vec<AccountRow>> {
        self.read("listing accounts", |session| accounts::all(session, tenant))
    }

    fn account(&self, tenant: TenantId, account: AccountId) -> Outcome<Option<AccountRow>> {
        self.read("finding an account", |session| accounts::one(session, tenant, account))
    }

    fn orders(&self, wanted: &Wanted, filter: OrderFilter) -> Outcome<Vec<OrderRow>> {
        self.read("listing orders", |session| orders::page(session, wanted, filter))
    }

    fn order(&self, tenant: TenantId, account: AccountId, order: u64) -> Outcome<Option<OrderRow>> {
        self.read("finding an order", |session| orders::one(session, tenant, account, order))
    }

    fn denials(&self, wanted: &Wanted) -> Outcome<Vec<DenialRow>> {
        self.read("listing denied orders", |session| orders::denials(session, wanted))
    }

    fn fills(&self, wanted: &Wanted) -> Outcome<Vec<FillRow>> {
        self.read("listing fills", |session| fills::page(session, wanted))
    }

    fn equity(&self, tenant: TenantId, account: AccountId, limit: usize) -> Outcome<Vec<EquityRow>> {
        self.read("reading equity", |session| equity::latest(session, tenant, account, limit))
    }

    fn record_equity(&self, tenant: TenantId, account: AccountId, sample: &EquityRow) -> Outcome<()> {
        self.write("keeping an equity sample", |session| equity::put(session, tenant, account, sample))
    }

    fn append_audit(&self, tenant: TenantId, row: &AuditRow) -> Outcome<()> {
        self.write("keeping an audit row", |session| audit::append(session, tenant, row))
    }

    fn audit(&self, tenant: TenantId, before: Option<i64>, rows: i64) -> Outcome<Vec<(i64, AuditRow)>> {
        self.read("listing audit rows", |session| audit::page(session, tenant, before, rows))
    }

    fn projected_sequence(&self, tenant: TenantId, account: AccountId) -> Outcome<u64> {
        self.read("reading how far the tables are", |session| {
            project::projected_sequence(session, tenant, account)
        })
    }

    fn project(&self, tenant: TenantId, changes: &Changes) -> Outcome<u64> {
        self.write("projecting entries", |session| project::apply(session, tenant, changes))
    }
}
