use std::fs;
use std::path::Path;
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use rusqlite::{Connection, ErrorCode};

use super::failure::Failure;
use crate::{StoreError, StoreErrorKind};

/// Readers beside the one writer; a read waits for one to be free.
const READERS: usize = 4;

/// How long a call waits for a connection, or for another process to let go of the file.
const WAIT: Duration = Duration::from_secs(5);

const OPENING_TRIES: u32 = 50;
const OPENING_PAUSE: Duration = Duration::from_millis(20);

const STATEMENTS_KEPT: usize = 64;

const IN_MEMORY: &str = ":memory:";

/// One connection that writes and a few that read. A database in memory is one connection, so it has no others.
#[derive(Debug)]
pub(super) struct Connections {
    writer: Mutex<Connection>,
    idle: Mutex<Vec<Connection>>,
    returned: Condvar,
    has_readers: bool,
}

impl Connections {
    pub(super) fn open(path: &str) -> Result<Self, StoreError> {
        let in_memory = path == IN_MEMORY;
        let file = Path::new(path);
        if let Some(directory) = file.parent().filter(|_| !in_memory) {
            fs::create_dir_all(directory)
                .map_err(|error| StoreError::io(&error, "making the database's directory", directory))?;
        }
        let failed = |error: rusqlite::Error| Failure::from(error).while_doing("opening the database", file);
        let writer = open_writer_patiently(path).map_err(failed)?;
        let readers = if in_memory { 0 } else { READERS };
        let idle: rusqlite::Result<Vec<_>> = (0..readers).map(|_| open_reader(path)).collect();
        Ok(Self {
            writer: Mutex::new(writer),
            idle: Mutex::new(idle.map_err(failed)?),
            returned: Condvar::new(),
            has_readers: !in_memory,
        })
    }

    pub(super) fn with_writer<T>(&self, work: impl FnOnce(&mut Connection) -> T) -> T {
        work(&mut locked(&self.writer))
    }

    pub(super) fn with_reader<T>(
        &self,
        path: &Path,
        work: impl FnOnce(&Connection) -> Result<T, StoreError>,
    ) -> Result<T, StoreError> {
        if !self.has_readers {
            return work(&locked(&self.writer));
        }
        let lent = Lent { connection: Some(self.borrow(path)?), home: self };
        match &lent.connection {
            Some(connection) => work(connection),
            None => Err(busy(path)),
        }
    }

    /// On a connection of its own, for long work that is not plain reading; in memory there is only the one.
    pub(super) fn with_own<T>(
        &self,
        path: &Path,
        work: impl FnOnce(&Connection) -> rusqlite::Result<T>,
    ) -> rusqlite::Result<T> {
        if !self.has_readers {
            return work(&locked(&self.writer));
        }
        let connection = Connection::open(path)?;
        connection.busy_timeout(WAIT)?;
        work(&connection)
    }

    fn borrow(&self, path: &Path) -> Result<Connection, StoreError> {
        let waited = self.returned.wait_timeout_while(locked(&self.idle), WAIT, |idle| idle.is_empty());
        let (mut idle, _) = waited.unwrap_or_else(PoisonError::into_inner);
        idle.pop().ok_or_else(|| busy(path))
    }
}

/// A reader that goes home however its work ends.
struct Lent<'a> {
    connection: Option<Connection>,
    home: &'a Connections,
}

impl Drop for Lent<'_> {
    fn drop(&mut self) {
        locked(&self.home.idle).extend(self.connection.take());
        self.home.returned.notify_one();
    }
}

/// A panic while a connection was held leaves no open transaction behind: dropping one rolls it back.
fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

fn busy(path: &Path) -> StoreError {
    let what = format!("all {READERS} connections were busy for {} s; try again", WAIT.as_secs());
    StoreError::new(StoreErrorKind::Transient, what).at(path)
}

/// Two processes that make one file at once: SQLite answers the slower one at once instead of waiting, because it
/// changes the journal's mode.
fn open_writer_patiently(path: &str) -> rusqlite::Result<Connection> {
    for _ in 0..OPENING_TRIES {
        match open_writer(path) {
            Err(error) if error.sqlite_error_code() == Some(ErrorCode::DatabaseBusy) => {
                std::thread::sleep(OPENING_PAUSE);
            }
            opened => return opened,
        }
    }
    open_writer(path)
}

/// The larger pages halve the depth of the tick tables; they hold for a new file only.
fn open_writer(path: &str) -> rusqlite::Result<Connection> {
    let connection = Connection::open(path)?;
    connection.busy_timeout(WAIT)?;
    connection.execute_batch(
        "PRAGMA page_size = 8192;
         PRAGMA journal_mode = WAL;
         PRAGMA synchronous = NORMAL;
         PRAGMA foreign_keys = ON;
         PRAGMA temp_store = MEMORY;
         PRAGMA cache_size = -32768;
         PRAGMA journal_size_limit = 67108864;",
    )?;
    connection.set_prepared_statement_cache_capacity(STATEMENTS_KEPT);
    Ok(connection)
}

fn open_reader(path: &str) -> rusqlite::Result<Connection> {
    let connection = Connection::open(path)?;
    connection.busy_timeout(WAIT)?;
    connection.execute_batch(
        "PRAGMA query_only = ON;
         PRAGMA temp_store = MEMORY;
         PRAGMA cache_size = -16384;",
    )?;
    connection.set_prepared_statement_cache_capacity(STATEMENTS_KEPT);
    Ok(connection)
}
