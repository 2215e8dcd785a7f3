use std::fmt;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, AtomicU64};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use resilience::Clock;
use rusqlite::Connection;

use super::failure::Failure;
use super::file::{FileId, log_of};
use super::lent::Lent;
use super::session::{Absent, Session, busy_within, connect, prepare, prepare_patiently};
use crate::pool::{Place, Pool, Side, Size};
use crate::store::PoolState;
use crate::timing::nanoseconds;
use crate::{StoreConfig, StoreError, StoreErrorKind, names};

/// A connection that was idle for so long is tried before it is used.
const PING_AFTER: Duration = Duration::from_secs(1);

const IN_MEMORY: &str = ":memory:";

/// One connection that writes and some that read. A database in memory is one connection, so it has no others.
pub(super) struct Connections {
    pub(super) path: PathBuf,
    pub(super) config: StoreConfig,
    pub(super) clock: Arc<dyn Clock>,
    pub(super) writer: Pool<Session>,
    pub(super) readers: Option<Pool<Session>>,
    /// None in memory.
    files: Mutex<Option<Files>>,
    /// When the path was last found to be in order.
    pub(super) looked: AtomicU64,
    /// The file was replaced, and nobody who asked after the database's health heard of it yet.
    pub(super) is_replacement_untold: AtomicBool,
}

/// What the open connections are of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Files {
    pub(super) database: FileId,
    pub(super) log: Option<FileId>,
    /// Of the tables, once it is known.
    pub(super) version: Option<u32>,
}

impl Connections {
    pub(super) fn open(path: &str, config: &StoreConfig, clock: Arc<dyn Clock>) -> Result<Self, StoreError> {
        config.check()?;
        let is_file = path != IN_MEMORY;
        let path = PathBuf::from(path);
        if let Some(directory) = path.parent().filter(|_| is_file) {
            fs::create_dir_all(directory)
                .map_err(|error| StoreError::io(&error, "making the database's directory", directory))?;
        }
        let failed = |error: rusqlite::Error| Failure::from(error).while_doing("opening the database", &path);
        let busy = busy_within(config.statement_timeout);
        let writer = open_first(&path, busy, &clock).map_err(failed)?;
        let readers = if is_file { config.pool_min } else { 0 };
        let readers: rusqlite::Result<Vec<_>> =
            (0..readers).map(|_| open_reader(&path, busy, &clock)).collect();
        let readers = Pool::new(Size::of(config), readers.map_err(failed)?);
        let files = if is_file { Some(Files::at(&path)?) } else { None };
        let connections = Self {
            path,
            config: config.clone(),
            clock,
            writer: Pool::new(Size::ONE, vec![writer]),
            readers: is_file.then_some(readers),
            files: Mutex::new(files),
            looked: AtomicU64::new(0),
            is_replacement_untold: AtomicBool::new(false),
        };
        connections.show();
        Ok(connections)
    }

    /// A connection that works, waiting at most so long for one to be free.
    pub(super) fn lend(&self, side: Side, limit: Duration) -> Result<Lent<'_>, StoreError> {
        // What is written to a file that is gone is lost; a read of one is late at worst.
        if side == Side::Write || self.is_look_due() {
            self.check_file(limit)?;
        }
        let mut lent = self.take(side, limit)?;
        if lent.session.as_ref().is_some_and(|session| !self.is_fit(session)) {
            lent.session = None;
        }
        if lent.session.is_none() && self.check_unchanged().is_err() {
            // Whoever takes up another file waits for all places.
            drop(lent);
            self.check_file(limit)?;
            lent = self.take(side, limit)?;
        }
        if lent.session.is_none() {
            lent.session = Some(self.reopen(side, limit)?);
        }
        Ok(lent)
    }

    /// A place in the pool, with whatever connection is in it.
    pub(super) fn take(&self, side: Side, limit: Duration) -> Result<Lent<'_>, StoreError> {
        let (pool, side) = self.pool(side);
        let place = pool.lend(side, &*self.clock, limit).map_err(|error| error.at(&self.path))?;
        self.show();
        let session = match place {
            Place::Idle(session) => Some(session),
            Place::Room => None,
        };
        Ok(Lent { home: self, pool, session })
    }

    /// On a connection of its own, for long work that is not plain reading; in memory there is only the one.
    /// Errors are told of `about`.
    pub(super) fn with_own<T>(
        &self,
        doing: &'static str,
        about: &Path,
        work: impl FnOnce(&Connection) -> Result<T, Failure>,
    ) -> Result<T, StoreError> {
        let failed = |failure: Failure| failure.while_doing(doing, about);
        if self.readers.is_none() {
            let mut lent = self.lend(Side::Write, self.config.acquire_timeout)?;
            return lent.work(doing, None, |connection| work(connection));
        }
        self.check_file(self.config.acquire_timeout)?;
        let connection =
            connect(&self.path, Absent::Fail, self.busy()).map_err(|error| failed(error.into()))?;
        self.check_unchanged()?;
        work(&connection).map_err(failed)
    }

    /// Closes connections beyond the least that nobody used for long.
    pub(super) fn close_stale(&self, now: u64) {
        let Some(readers) = &self.readers else { return };
        let before = now.saturating_sub(nanoseconds(self.config.idle_timeout));
        let stale = readers.take_stale(before);
        if !stale.is_empty() {
            let closed = u64::try_from(stale.len()).unwrap_or(u64::MAX);
            metrics::counter!(names::CONNECTIONS_CLOSED, "reason" => "idle").increment(closed);
            self.show();
        }
    }

    pub(super) fn state(&self) -> PoolState {
        let readers = self.readers.as_ref();
        PoolState {
            open: readers.map_or(0, Pool::open),
            in_use: readers.map_or(0, Pool::lent),
            max: readers.map_or(0, Pool::max),
            is_writing: self.writer.lent() > 0,
        }
    }

    /// Sets the gauges to how many there are.
    pub(super) fn show(&self) {
        let sum =
            |count: fn(&Pool<Session>) -> usize| count(&self.writer) + self.readers.as_ref().map_or(0, count);
        let gauge = |count: usize| f64::from(u32::try_from(count).unwrap_or(u32::MAX));
        metrics::gauge!(names::POOL_SIZE).set(gauge(sum(Pool::open)));
        metrics::gauge!(names::POOL_CHECKED_OUT).set(gauge(sum(Pool::lent)));
    }

    /// Nothing is read from the file before it is known to be the one that the others have open: a log that is
    /// another database's must not be taken for its own.
    fn reopen(&self, side: Side, limit: Duration) -> Result<Session, StoreError> {
        let failed =
            |error: rusqlite::Error| Failure::from(error).while_doing("opening the database", &self.path);
        let connection = connect(&self.path, Absent::Fail, busy_within(limit)).map_err(failed)?;
        self.check_unchanged()?;
        let session = prepare(&connection, side)
            .and_then(|()| connection.busy_timeout(self.busy()))
            .and_then(|()| Session::new(connection, &self.clock));
        let session = session.map_err(failed)?;
        if side == Side::Write {
            session.answers();
            self.note_log()?;
        }
        Ok(session)
    }

    /// What a connection in memory holds is nowhere else: it always is.
    fn is_fit(&self, session: &Session) -> bool {
        let now = self.clock.now();
        let is_past = |since: u64, span: Duration| now.saturating_sub(since) >= nanoseconds(span);
        let reason = if self.readers.is_none() {
            None
        } else if is_past(session.opened, self.config.recycle) {
            Some("age")
        } else if self.config.pre_ping && is_past(session.idle_since, PING_AFTER) && !session.answers() {
            Some("ping")
        } else {
            None
        };
        if let Some(reason) = reason {
            metrics::counter!(names::CONNECTIONS_CLOSED, "reason" => reason).increment(1);
        }
        reason.is_none()
    }

    pub(super) fn busy(&self) -> Duration {
        busy_within(self.config.statement_timeout)
    }

    /// In memory there is only the one that writes.
    fn pool(&self, side: Side) -> (&Pool<Session>, Side) {
        match (&self.readers, side) {
            (Some(readers), Side::Read) => (readers, Side::Read),
            _ => (&self.writer, Side::Write),
        }
    }

    /// A value is whole whenever the lock is free.
    pub(super) fn files(&self) -> MutexGuard<'_, Option<Files>> {
        self.files.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Files {
    /// As they lie there now.
    pub(super) fn at(path: &Path) -> Result<Self, StoreError> {
        let failed = |error| StoreError::io(&error, "looking at the database's file", path);
        let gone = || StoreError::new(StoreErrorKind::Transient, "the database's file is gone").at(path);
        let database = FileId::at(path).map_err(failed)?.ok_or_else(gone)?;
        Ok(Self { database, log: FileId::at(&log_of(path)).map_err(failed)?, version: None })
    }
}

impl fmt::Debug for Connections {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Connections").field("path", &self.path).finish_non_exhaustive()
    }
}

/// The one that makes the file.
fn open_first(path: &Path, busy: Duration, clock: &Arc<dyn Clock>) -> rusqlite::Result<Session> {
    let connection = connect(path, Absent::Make, busy)?;
    prepare_patiently(&connection)?;
    let session = Session::new(connection, clock)?;
    session.answers();
    Ok(session)
}

fn open_reader(path: &Path, busy: Duration, clock: &Arc<dyn Clock>) -> rusqlite::Result<Session> {
    let connection = connect(path, Absent::Fail, busy)?;
    prepare(&connection, Side::Read)?;
    Session::new(connection, clock)
}
