use std::time::Duration;

use rusqlite::{Connection, ErrorCode};

use super::connections::Connections;
use super::failure::Failure;
use super::session::Session;
use crate::pool::Pool;
use crate::timing::{tell_time, took_too_long};
use crate::{StoreError, StoreErrorKind, names};

/// A connection in use. It goes home however its work ends; a panic leaves no open transaction behind, for dropping
/// one rolls it back.
pub(super) struct Lent<'a> {
    pub(super) home: &'a Connections,
    pub(super) pool: &'a Pool<Session>,
    /// None: the place is empty, and is given back as that.
    pub(super) session: Option<Session>,
}

impl Lent<'_> {
    /// Does one piece of work, times it, and stops it at the limit; without one it may take as long as it likes.
    /// A connection that met a fault of the file is not used again.
    pub(super) fn work<T>(
        &mut self,
        doing: &'static str,
        limit: Option<Duration>,
        work: impl FnOnce(&mut Connection) -> Result<T, Failure>,
    ) -> Result<T, StoreError> {
        let home = self.home;
        let Some(session) = &mut self.session else {
            return Err(StoreError::new(StoreErrorKind::Transient, "the connection is gone; try again"));
        };
        let started = home.clock.now();
        session.limit(started, limit);
        let done = work(&mut session.connection);
        session.idle_since = home.clock.now();
        tell_time(&home.config, doing, Duration::from_nanos(session.idle_since.saturating_sub(started)));
        done.map_err(|failure| {
            if failure.is_of_the_file() && home.readers.is_some() {
                self.session = None;
                metrics::counter!(names::CONNECTIONS_CLOSED, "reason" => "fault").increment(1);
            }
            if failure.code() == Some(ErrorCode::OperationInterrupted) {
                return took_too_long(doing, limit).at(&home.path);
            }
            failure.while_doing(doing, &home.path)
        })
    }
}

impl Drop for Lent<'_> {
    fn drop(&mut self) {
        let session = self.session.take();
        let now = session.as_ref().map(|session| session.idle_since);
        if self.pool.give_back(session) {
            metrics::counter!(names::CONNECTIONS_CLOSED, "reason" => "overflow").increment(1);
        }
        if let Some(now) = now {
            self.home.close_stale(now);
        }
        self.home.show();
    }
}
