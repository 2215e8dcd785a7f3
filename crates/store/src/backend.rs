//! What a database must do. Each backend is a folder that implements these five traits; the rest of the crate
//! knows no more of it. Lists come newest first; `before` leaves out rows at or after that place.

use std::fmt::Debug;
use std::time::Duration;

use domain::{
    AccountId, Bar, BarRule, CorporateAction, CrossVenueSpread, InstrumentId, Instruments, PairSpread, Quote,
    RegimeChange, TenantId, Timestamp, Trade,
};
use uuid::Uuid;

use crate::StoreError;
use crate::archive::{Pieces, Table, Take};
use crate::market::{Batch, Inserted};
use crate::projection::Changes;
use crate::rows::{
    AccountRow, AuditRow, DeadLetter, DeadLetterRow, DenialRow, EquityRow, FillRow, MigrationChange,
    MigrationRow, OrderFilter, OrderRow, TenantRow, UserRow,
};
use crate::store::PoolState;

pub(crate) type Outcome<T> = Result<T, StoreError>;

pub(crate) trait Backend:
    UpkeepRows + IdentityRows + TenantRows + MarketRows + ArchiveRows + DeadLetterRows + Debug
{
}

impl<B: UpkeepRows + IdentityRows + TenantRows + MarketRows + ArchiveRows + DeadLetterRows + Debug> Backend
    for B
{
}

pub(crate) trait UpkeepRows: Send + Sync {
    fn migrations(&self) -> Outcome<Vec<MigrationRow>>;

    /// Oldest first.
    fn migration_history(&self) -> Outcome<Vec<MigrationChange>>;

    /// Takes the tables forward or back, each version in a transaction of its own.
    fn migrate_to(&self, version: u32) -> Outcome<()>;

    fn newest_version(&self) -> u32;

    fn check(&self) -> Outcome<()>;

    /// Reads and writes within about that time.
    fn ping(&self, limit: Duration) -> Outcome<()>;

    fn pool(&self) -> PoolState;

    fn meta(&self, key: &str) -> Outcome<Option<String>>;

    fn set_meta(&self, key: &str, value: &str) -> Outcome<()>;
}

pub(crate) trait ArchiveRows: Send + Sync {
    /// Hands over every row, table after table in the order of their keys, as of one moment.
    fn dump(&self, tables: &[Table], take: Take<'_>) -> Outcome<()>;

    /// Stores all of it in one transaction, or nothing. The tables must be there, and empty.
    fn load(&self, tables: &[Table], pieces: Pieces<'_>) -> Outcome<()>;
}

pub(crate) trait IdentityRows: Send + Sync {
    fn insert_tenant(&self, tenant: &TenantRow) -> Outcome<()>;

    /// By name.
    fn tenants(&self) -> Outcome<Vec<TenantRow>>;

    fn insert_user(&self, user: &UserRow, password_hash: &str) -> Outcome<()>;

    fn user(&self, id: Uuid) -> Outcome<Option<UserRow>>;

    fn user_with_hash(&self, username: &str) -> Outcome<Option<(UserRow, String)>>;

    /// The first one.
    fn admin(&self) -> Outcome<Option<UserRow>>;

    fn set_password_hash(&self, user: Uuid, password_hash: &str) -> Outcome<()>;
}

pub(crate) trait TenantRows: Send + Sync {
    fn insert_account(&self, account: &AccountRow) -> Outcome<()>;

    /// In the order they were made.
    fn accounts(&self, tenant: TenantId) -> Outcome<Vec<AccountRow>>;

    fn account(&self, tenant: TenantId, account: AccountId) -> Outcome<Option<AccountRow>>;

    fn orders(&self, wanted: &Wanted, filter: OrderFilter) -> Outcome<Vec<OrderRow>>;

    fn order(&self, tenant: TenantId, account: AccountId, order: u64) -> Outcome<Option<OrderRow>>;

    fn denials(&self, wanted: &Wanted) -> Outcome<Vec<DenialRow>>;

    fn fills(&self, wanted: &Wanted) -> Outcome<Vec<FillRow>>;

    /// The latest `limit`, newest first.
    fn equity(&self, tenant: TenantId, account: AccountId, limit: usize) -> Outcome<Vec<EquityRow>>;

    fn record_equity(&self, tenant: TenantId, account: AccountId, sample: &EquityRow) -> Outcome<()>;

    fn append_audit(&self, tenant: TenantId, row: &AuditRow) -> Outcome<()>;

    /// With each row's number, which is its place.
    fn audit(&self, tenant: TenantId, before: Option<i64>, rows: i64) -> Outcome<Vec<(i64, AuditRow)>>;

    fn projected_sequence(&self, tenant: TenantId, account: AccountId) -> Outcome<u64>;

    /// In one transaction; changes that are in already are passed over.
    fn project(&self, tenant: TenantId, changes: &Changes) -> Outcome<u64>;
}

/// A piece of one account's rows, by the journal sequence they came with.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Wanted {
    pub(crate) tenant: TenantId,
    pub(crate) account: AccountId,
    pub(crate) before: Option<i64>,
    pub(crate) rows: i64,
}

pub(crate) trait MarketRows: Send + Sync {
    fn put_instruments(&self, instruments: &Instruments) -> Outcome<()>;

    fn instruments(&self) -> Outcome<Instruments>;

    fn insert_batch(&self, batch: &Batch<'_>) -> Outcome<Inserted>;

    fn bars(
        &self,
        instrument: InstrumentId,
        rule: BarRule,
        before: Option<[i64; 2]>,
        rows: i64,
    ) -> Outcome<Vec<Bar>>;

    fn bars_from(
        &self,
        instrument: InstrumentId,
        rule: BarRule,
        from: (Timestamp, u32),
        rows: i64,
    ) -> Outcome<Vec<Bar>>;

    /// Oldest first, from just behind `after`, a time and a number within it. With each trade's number.
    fn trades_after(
        &self,
        instrument: InstrumentId,
        after: (i64, i64),
        rows: i64,
    ) -> Outcome<Vec<(i64, Trade)>>;

    fn spreads(&self, before: Option<[i64; 3]>, rows: i64) -> Outcome<Vec<CrossVenueSpread>>;

    fn pairs(&self, before: Option<[i64; 3]>, rows: i64) -> Outcome<Vec<PairSpread>>;

    fn regimes(&self, before: Option<[i64; 2]>, rows: i64) -> Outcome<Vec<RegimeChange>>;

    fn latest_trade(&self, instrument: InstrumentId) -> Outcome<Option<Trade>>;

    fn latest_quote(&self, instrument: InstrumentId) -> Outcome<Option<Quote>>;

    /// Deletes the instruments' trades and quotes before that time.
    fn prune_ticks(&self, instruments: &[InstrumentId], before: Timestamp) -> Outcome<u64>;

    /// Those that are there already are passed over.
    fn put_corporate_actions(&self, actions: &[CorporateAction]) -> Outcome<u64>;

    /// Those of `[from, until)`, oldest first; of one moment, dividends before splits.
    fn corporate_actions(
        &self,
        instrument: InstrumentId,
        from: Timestamp,
        until: Timestamp,
    ) -> Outcome<Vec<CorporateAction>>;
}

pub(crate) trait DeadLetterRows: Send + Sync {
    /// In one transaction; the oldest past `rows_max` go with it, and how many those are is returned.
    fn put_dead_letters(&self, letters: &[DeadLetter], rows_max: i64) -> Outcome<u64>;

    fn dead_letters(&self, before: Option<i64>, rows: i64) -> Outcome<Vec<DeadLetterRow>>;

    fn dead_letter(&self, number: i64) -> Outcome<Option<DeadLetterRow>>;

    /// Whether it was there, as of what follows.
    fn remove_dead_letter(&self, number: i64) -> Outcome<bool>;

    fn refuse_dead_letter_again(&self, number: i64, error: &str, time: Timestamp) -> Outcome<bool>;

    fn count_dead_letters(&self) -> Outcome<u64>;

    fn prune_dead_letters(&self, before: Timestamp) -> Outcome<u64>;
}
