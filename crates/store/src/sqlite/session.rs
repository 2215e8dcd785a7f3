use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use resilience::Clock;
use rusqlite::{Connection, ErrorCode, OpenFlags};

use crate::pool::{Pooled, Side};
use crate::timing::nanoseconds;

/// How long SQLite waits for another process to let go of the file, if no limit is shorter.
const BUSY_MAX: Duration = Duration::from_secs(5);

const OPENING_TRIES: u32 = 50;
const OPENING_PAUSE: Duration = Duration::from_millis(20);

const STATEMENTS_KEPT: usize = 64;

/// Steps of SQLite's machine between two looks at the clock: about a millisecond, and hundreds of rows.
const STEPS_A_LOOK: i32 = 10_000;

const NEVER: u64 = u64::MAX;

/// A connection, and the moment when what it does must be over.
#[derive(Debug)]
pub(super) struct Session {
    pub(super) connection: Connection,
    pub(super) opened: u64,
    pub(super) idle_since: u64,
    deadline: Arc<AtomicU64>,
}

impl Session {
    pub(super) fn new(connection: Connection, clock: &Arc<dyn Clock>) -> rusqlite::Result<Self> {
        let deadline = Arc::new(AtomicU64::new(NEVER));
        let (time, limit) = (Arc::clone(clock), Arc::clone(&deadline));
        let is_over = move || {
            let limit = limit.load(Ordering::Relaxed);
            limit != NEVER && time.now() > limit
        };
        connection.progress_handler(STEPS_A_LOOK, Some(is_over))?;
        let now = clock.now();
        Ok(Self { connection, opened: now, idle_since: now, deadline })
    }

    /// From now on what computes longer than `limit` is interrupted; `None` lifts it.
    pub(super) fn limit(&self, now: u64, limit: Option<Duration>) {
        let end = limit.map_or(NEVER, |limit| now.saturating_add(nanoseconds(limit)));
        self.deadline.store(end, Ordering::Relaxed);
    }

    /// Whether the connection reads its file. Once it has, the log is there and can be known again.
    pub(super) fn answers(&self) -> bool {
        self.connection.query_row("PRAGMA schema_version", [], |row| row.get::<_, i64>(0)).is_ok()
    }
}

impl Pooled for Session {
    fn idle_since(&self) -> u64 {
        self.idle_since
    }
}

/// For another process, so long; never longer than the caller is patient.
pub(super) fn busy_within(limit: Duration) -> Duration {
    limit.min(BUSY_MAX)
}

/// What may be done about a file that is not there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Absent {
    Make,
    Fail,
}

/// The connection alone: nothing of the file was read yet.
pub(super) fn connect(path: &Path, absent: Absent, busy: Duration) -> rusqlite::Result<Connection> {
    let flags = match absent {
        Absent::Make => OpenFlags::default(),
        Absent::Fail => OpenFlags::default().difference(OpenFlags::SQLITE_OPEN_CREATE),
    };
    let connection = Connection::open_with_flags(path, flags)?;
    connection.busy_timeout(busy)?;
    connection.set_prepared_statement_cache_capacity(STATEMENTS_KEPT);
    Ok(connection)
}

/// The larger pages halve the depth of the tick tables; they hold for a new file only. Each connection's cache is
/// small and soon full, so that memory stays flat: what it misses the system's own cache has, and a larger one did
/// not store faster with 50 or with 5,000 instruments.
pub(super) fn prepare(connection: &Connection, side: Side) -> rusqlite::Result<()> {
    connection.execute_batch(match side {
        Side::Write => {
            "PRAGMA page_size = 8192;
             PRAGMA journal_mode = WAL;
             PRAGMA synchronous = NORMAL;
             PRAGMA foreign_keys = ON;
             PRAGMA temp_store = MEMORY;
             PRAGMA cache_size = -8192;
             PRAGMA journal_size_limit = 67108864;"
        }
        Side::Read => {
            "PRAGMA query_only = ON;
             PRAGMA temp_store = MEMORY;
             PRAGMA cache_size = -2048;"
        }
    })
}

/// Two processes that make one file at once: SQLite answers the slower one at once instead of waiting, because it
/// changes the journal's mode.
pub(super) fn prepare_patiently(connection: &Connection) -> rusqlite::Result<()> {
    for _ in 0..OPENING_TRIES {
        match prepare(connection, Side::Write) {
            Err(error) if error.sqlite_error_code() == Some(ErrorCode::DatabaseBusy) => {
                std::thread::sleep(OPENING_PAUSE);
            }
            prepared => return prepared,
        }
    }
    prepare(connection, Side::Write)
}

#[cfg(test)]
mod tests;
