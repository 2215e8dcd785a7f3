use std::time::Duration;

use super::connections::Connections;
use super::failure::Failure;
use super::session::Session;
use crate::timing::tell_time;
use crate::{StoreError, StoreErrorKind, names};

/// A connection in use. It goes home however its work ends; one that a panic left in a transaction is closed.
pub(super) struct Lent<'a> {
    pub(super) home: &'a Connections,
    /// None: the place is empty, and is given back as that.
    pub(super) session: Option<Session>,
}

impl Lent<'_> {
    /// Does one piece of work, times it, and stops it at the limit; without one it may take as long as it likes.
    pub(super) fn work<T>(
        &mut self,
        doing: &'static str,
        limit: Option<Duration>,
        work: impl FnOnce(&mut Session) -> Result<T, Failure>,
    ) -> Result<T, StoreError> {
        let home = self.home;
        let Some(session) = &mut self.session else {
            return Err(StoreError::new(StoreErrorKind::Transient, "the connection is gone; try again"));
        };
        let started = home.clock.now();
        session.limit(started, limit);
        let done = work(session);
        session.idle_since = home.clock.now();
        tell_time(&home.config, doing, Duration::from_nanos(session.idle_since.saturating_sub(started)));
        done.map_err(|failure| {
            if failure.is_of_the_connection() {
                self.give_up();
            }
            failure.while_doing(doing, limit)
        })
    }

    /// The same in a transaction; an error undoes all of it.
    pub(super) fn transact<T>(
        &mut self,
        doing: &'static str,
        limit: Option<Duration>,
        work: impl FnOnce(&mut Session) -> Result<T, Failure>,
    ) -> Result<T, StoreError> {
        let done = self.work(doing, limit, |session| {
            session.begin(limit)?;
            let done = work(session)?;
            session.commit()?;
            Ok(done)
        });
        if done.is_err() {
            self.roll_back();
        }
        done
    }

    /// The same, and undoes it although it succeeded.
    pub(super) fn undo(
        &mut self,
        doing: &'static str,
        limit: Duration,
        work: impl FnOnce(&mut Session) -> Result<(), Failure>,
    ) -> Result<(), StoreError> {
        let done = self.work(doing, Some(limit), |session| {
            session.begin(Some(limit))?;
            work(session)
        });
        self.roll_back();
        done
    }

    /// What was begun is undone, or the connection is given up.
    fn roll_back(&mut self) {
        if self.session.as_mut().is_some_and(|session| session.is_in_transaction && !session.roll_back()) {
            self.give_up();
        }
    }

    fn give_up(&mut self) {
        self.session = None;
        metrics::counter!(names::CONNECTIONS_CLOSED, "reason" => "fault").increment(1);
    }
}

impl Drop for Lent<'_> {
    fn drop(&mut self) {
        let session = self.session.take().filter(|session| !session.is_in_transaction);
        let now = session.as_ref().map(|session| session.idle_since);
        if self.home.pool.give_back(session) {
            metrics::counter!(names::CONNECTIONS_CLOSED, "reason" => "overflow").increment(1);
        }
        if let Some(now) = now {
            self.home.close_stale(now);
        }
        self.home.show();
    }
}
