//! Everything that is kept: the journal of each account, the tables that pages and programs read, the market's
//! history, and who may see what.
//!
//! [`journal`] is the truth about an account; [`Store`] holds what is projected from it, with tenants, users and
//! market data beside it. Which database that is, a URL decides; SQL is written in that database's folder and
//! nowhere else. This crate is not a place for decisions: it interprets no order, knows no venue, reads no clock
//! of the day (times are handed in; how long things take is measured by a monotonic clock) and starts no thread. Every call blocks until it is done: call it from a thread that may.

pub mod archive;
pub mod journal;
pub mod names;
pub mod page;
pub mod rows;

mod access;
mod backend;
mod config;
mod dead_letters;
mod error;
mod identity;
mod market;
mod migrations;
mod notation;
mod pool;
mod postgres;
mod projection;
mod redis;
mod sqlite;
mod store;
mod tenant;
mod timing;

pub use access::TenantAccess;
pub use config::{POOL_MAX, StoreConfig, TlsMode};
pub use dead_letters::{DeadLetters, PAYLOAD_BYTES_MAX};
pub use error::{StoreError, StoreErrorKind};
pub use identity::{Admin, Identity, Login, NewUser, PASSWORD_BYTES_MAX, PASSWORD_CHARACTERS_MIN, Secret};
pub use journal::{
    Entries, FileJournal, JournalOptions, OpenReport, Recovered, ReplayJournal, Sync, entries, recover,
};
pub use market::{Batch, Inserted, MarketStore};
pub use page::{Cut, LIMIT_MAX, Page};
pub use projection::{CHANGES_PENDING_MAX, Changes, Projector, catch_up};
pub use redis::{LatestValues, Redis, RedisConfig, RedisFault};
pub use rows::{
    AccountMode, AccountRow, AuditRow, DeadLetter, DeadLetterRow, DenialRow, Direction, EquityRow, FillRow,
    HistoryRow, MigrationChange, MigrationRow, NewAccount, OrderFilter, OrderRow, Role, TenantRow, UserRow,
};
pub use store::{PoolState, Store};
pub use tenant::TenantStore;

#[cfg(test)]
mod tests;
