use std::time::Duration;

use rusqlite::{Connection, ErrorCode};

use super::connections::Connections;
use super::failure::Failure;
use super::pool::Pool;
use super::session::Session;
use crate::{StoreError, StoreErrorKind, names};

/// A connection in use. It goes home however its work ends; a panic leaves no open transaction behind, for dropping
/// one rolls it back.
pub(super) struct Lent<'a> {
    pub(super) home: &'a Connections,
    pub(super) pool: &'a Pool,
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
        tell_time(home, doing, Duration::from_nanos(session.idle_since.saturating_sub(started)));
        done.map_err(|failure| {
            if failure.is_of_the_file() && home.readers.is_some() {
                self.session = None;
                metrics::counter!(names::CONNECTIONS_CLOSED, "reason" => "fault").increment(1);
            }
            if failure.code() == Some(ErrorCode::OperationInterrupted) {
                metrics::counter!(names::STATEMENT_TIMEOUTS, "doing" => doing).increment(1);
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
        self.pool.give_back(session);
        if let Some(now) = now {
            self.home.close_stale(now);
        }
        self.home.show();
    }
}

/// Never with what was stored or asked for.
fn tell_time(home: &Connections, doing: &'static str, took: Duration) {
    metrics::histogram!(names::STATEMENT, "doing" => doing).record(took.as_secs_f64());
    let threshold = home.config.slow_query;
    if took >= threshold {
        let milliseconds = took.as_secs_f64() * 1e3;
        let threshold_milliseconds = threshold.as_secs_f64() * 1e3;
        tracing::warn!(
            target: "slow",
            operation = doing,
            milliseconds,
            threshold_milliseconds,
            "the database took long"
        );
        metrics::counter!(names::SLOW_OPERATIONS, "operation" => doing).increment(1);
    }
}

fn took_too_long(doing: &str, limit: Option<Duration>) -> StoreError {
    let limit = limit.map_or_else(String::new, |limit| format!(" {} s", limit.as_secs_f64()));
    let what = format!("{doing} took longer than{limit} and was stopped; nothing of it was stored");
    StoreError::new(StoreErrorKind::TimedOut, what)
}
