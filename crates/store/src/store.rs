use std::sync::Arc;
use std::time::Duration;

use resilience::{Clock, SystemClock};

use crate::archive::{self, Pieces, Summing, Sums, Table, Take};
use crate::backend::Backend;
use crate::dead_letters::DeadLetters;
use crate::identity::Identity;
use crate::market::MarketStore;
use crate::postgres::Postgres;
use crate::postgres::address::Address;
use crate::rows::{MigrationChange, MigrationRow};
use crate::sqlite::Sqlite;
use crate::tenant::TenantStore;
use crate::{StoreConfig, StoreError, TenantAccess};

/// The database. Cloning is cheap; all clones share its connections.
#[derive(Debug, Clone)]
pub struct Store {
    backend: Arc<dyn Backend>,
}

/// How a store's connections are in use now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PoolState {
    /// Connections that are open, of SQLite those for reading, and those of them that are in use.
    pub open: usize,
    pub in_use: usize,
    /// The most there can be; 0 for a database in memory, which has none but the one that writes.
    pub max: usize,
    /// SQLite's one that writes is in use.
    pub is_writing: bool,
}

impl Store {
    /// Opens the database a URL names and brings its tables to this program's version: `sqlite:./data/x.db` (or
    /// just the path), made where it does not exist with the directories above it; `sqlite::memory:` for one
    /// that ends with the process; `postgres://user:password@host:port/database?sslmode=verify-full`, also as
    /// `postgresql://` and `postgresql+asyncpg://`, a database that must exist on a server of version 14 or newer.
    /// Its connections are held as [`StoreConfig::default`] says.
    ///
    /// # Errors
    /// `Invalid` for another kind of URL or tables of a newer program, `Damaged` for a file that is no database,
    /// `Transient` for a server that cannot be reached.
    pub fn open(url: &str) -> Result<Self, StoreError> {
        Self::open_with(url, &StoreConfig::default())
    }

    /// As [`Store::open`], with settings of its own.
    ///
    /// # Errors
    /// See [`Store::open`]; `Invalid` for settings that do not go together.
    pub fn open_with(url: &str, config: &StoreConfig) -> Result<Self, StoreError> {
        Self::open_by(url, config, Arc::new(SystemClock::new()))
    }

    /// As [`Store::open_with`], by a clock of the caller's: ages, limits and times are measured with it.
    ///
    /// # Errors
    /// See [`Store::open_with`].
    pub fn open_by(url: &str, config: &StoreConfig, clock: Arc<dyn Clock>) -> Result<Self, StoreError> {
        let store = Self { backend: backend(url, config, clock)? };
        store.migrate_to(store.newest_version())?;
        Ok(store)
    }

    /// As [`Store::open_with`], with the tables left as they are: for looking at and changing their version.
    ///
    /// # Errors
    /// See [`Store::open`].
    pub fn open_unmigrated(url: &str, config: &StoreConfig) -> Result<Self, StoreError> {
        Ok(Self { backend: backend(url, config, Arc::new(SystemClock::new()))? })
    }

    #[cfg(test)]
    pub(crate) fn on(backend: Arc<dyn Backend>) -> Self {
        Self { backend }
    }

    /// One tenant's rows, for whoever may see them.
    #[must_use]
    pub fn tenant(&self, access: &TenantAccess) -> TenantStore {
        TenantStore::new(Arc::clone(&self.backend), access.tenant())
    }

    /// Tenants, users and passwords.
    #[must_use]
    pub fn identity(&self) -> Identity {
        Identity::new(Arc::clone(&self.backend))
    }

    /// What the markets did.
    #[must_use]
    pub fn market(&self) -> MarketStore {
        MarketStore::new(Arc::clone(&self.backend))
    }

    /// What no sink would take.
    #[must_use]
    pub fn dead_letters(&self) -> DeadLetters {
        DeadLetters::new(Arc::clone(&self.backend))
    }

    /// The version of the tables this program works with.
    #[must_use]
    pub fn newest_version(&self) -> u32 {
        self.backend.newest_version()
    }

    /// Every version this program knows, in order, and whether the database has it.
    ///
    /// # Errors
    /// `Damaged` when an applied version is not the one this program knows under its number.
    pub fn migrations(&self) -> Result<Vec<MigrationRow>, StoreError> {
        self.backend.migrations()
    }

    /// Every step ever taken, oldest first.
    ///
    /// # Errors
    /// [`StoreError`], as for all that touches the database.
    pub fn migration_history(&self) -> Result<Vec<MigrationChange>, StoreError> {
        self.backend.migration_history()
    }

    /// Takes the tables forward or back to a version; 0 leaves none, with everything that was in them.
    ///
    /// # Errors
    /// `Invalid` for a version that is not known; the versions before the one that failed stay.
    pub fn migrate_to(&self, version: u32) -> Result<(), StoreError> {
        self.backend.migrate_to(version)
    }

    /// How many rows each table has, and what they hash to, as of one moment.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn sums(&self) -> Result<Sums, StoreError> {
        let tables = archive::tables();
        let mut summing = Summing::of(&tables);
        self.dump(&tables, &mut |table, line| {
            summing.add(table, line);
            Ok(())
        })?;
        Ok(summing.finish(&tables))
    }

    pub(crate) fn dump(&self, tables: &[Table], take: Take<'_>) -> Result<(), StoreError> {
        self.backend.dump(tables, take)
    }

    pub(crate) fn load(&self, tables: &[Table], pieces: Pieces<'_>) -> Result<(), StoreError> {
        self.backend.load(tables, pieces)
    }

    /// # Errors
    /// `Invalid` when the tables are not of this program's version.
    pub(crate) fn check_newest(&self) -> Result<(), StoreError> {
        match self.migrations()?.iter().find(|row| row.applied_ms.is_none()) {
            None => Ok(()),
            Some(lacking) => Err(StoreError::invalid(format!(
                "the tables lack version {} (`{}`): bring them up to date with `bellwether database migrate` first",
                lacking.version, lacking.name
            ))),
        }
    }

    /// Brings tables that are empty, or not there, to a version that rows of it can be loaded into.
    pub(crate) fn make_room(&self, version: u32) -> Result<(), StoreError> {
        if version > self.newest_version() {
            let what = format!(
                "the backup has tables of version {version}, made by a newer program; this one knows {}",
                self.newest_version()
            );
            return Err(StoreError::invalid(what));
        }
        if self.migrations()?.iter().any(|row| row.applied_ms.is_some()) {
            self.migrate_to(self.newest_version())?;
            let used = self.sums()?.into_iter().find(|sum| sum.rows > 0);
            if let Some(used) = used {
                let what = format!("{} has rows already; restore into a new database", used.table);
                return Err(StoreError::conflict(what));
            }
        }
        self.migrate_to(version)
    }

    /// Reads through the whole database.
    ///
    /// # Errors
    /// `Damaged` with what is wrong.
    pub fn check(&self) -> Result<(), StoreError> {
        self.backend.check()
    }

    /// Whether the database can be read and written, here and now: reads, begins a transaction, writes a page and
    /// takes it back. A file that was deleted, replaced (told once), locked, full or read-only is told as that.
    /// Takes a little longer than `limit` at most.
    ///
    /// # Errors
    /// Why not: `Transient`, `TimedOut`, `Full`, `Damaged`.
    pub fn ping(&self, limit: Duration) -> Result<(), StoreError> {
        self.backend.ping(limit)
    }

    /// How its connections are in use.
    #[must_use]
    pub fn pool(&self) -> PoolState {
        self.backend.pool()
    }

    /// A value the program keeps for itself.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn meta(&self, key: &str) -> Result<Option<String>, StoreError> {
        self.backend.meta(key)
    }

    /// # Errors
    /// [`StoreError`].
    pub fn set_meta(&self, key: &str, value: &str) -> Result<(), StoreError> {
        self.backend.set_meta(key, value)
    }
}

/// A URL chooses the database.
fn backend(url: &str, config: &StoreConfig, clock: Arc<dyn Clock>) -> Result<Arc<dyn Backend>, StoreError> {
    if Address::is_one(url) {
        return Ok(Arc::new(Postgres::open(url, config, clock)?));
    }
    Ok(Arc::new(Sqlite::open(path_of(url)?, config, clock)?))
}

/// What stands behind `sqlite:`, or all of a plain path.
fn path_of(url: &str) -> Result<&str, StoreError> {
    let path = match url.split_once(':') {
        Some(("sqlite", path)) => path.strip_prefix("//").unwrap_or(path),
        Some((scheme, _)) if scheme.len() > 1 && !scheme.contains(['/', '\\', '.']) => {
            let what =
                format!("no database of kind `{scheme}` is known here; use sqlite:<path> or postgres://…");
            return Err(StoreError::invalid(what));
        }
        _ => url,
    };
    if path.is_empty() {
        return Err(StoreError::invalid("the database URL names no file; use `sqlite:<path>`"));
    }
    Ok(path)
}
