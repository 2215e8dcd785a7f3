//! The file under an open database can be deleted, or another put in its place. Connections go on with what they
//! have open, and what they write is lost; so the path is looked at before each write, and now and then.

use std::fs;
use std::sync::atomic::Ordering;
use std::time::Duration;

use rusqlite::Connection;

use super::connections::{Connections, Files};
use super::file::{FileId, log_of};
use super::lent::Lent;
use super::migrations;
use super::session::{Absent, Session, busy_within, connect, prepare};
use crate::pool::Side;
use crate::timing::nanoseconds;
use crate::{StoreError, StoreErrorKind, names};

/// Reads look at the path no more often: a look costs as much as a small read.
const LOOK_EVERY: Duration = Duration::from_millis(100);

impl Connections {
    pub(super) fn is_look_due(&self) -> bool {
        let looked = self.looked.load(Ordering::Relaxed);
        looked == 0 || self.clock.now().saturating_sub(looked) >= nanoseconds(LOOK_EVERY)
    }

    /// The file at the path is the one that is open; another one takes its place.
    ///
    /// # Errors
    /// `Transient`: there is none, or none that can be used.
    pub(super) fn check_file(&self, limit: Duration) -> Result<(), StoreError> {
        let Some(known) = *self.files() else { return Ok(()) };
        match FileId::at(&self.path) {
            Ok(Some(found)) if found == known.database => {
                self.looked.store(self.clock.now(), Ordering::Relaxed);
                Ok(())
            }
            Ok(Some(_)) => self.take_up_another(limit),
            Ok(None) => Err(self.unusable(
                "the database's file was deleted or moved while in use; put it back, or a backup of it: it is \
                 taken up at once",
            )),
            Err(error) => Err(self.unusable(format!("{error} while looking at the database's file"))),
        }
    }

    /// As [`Self::check_file`], and the log beside it too: what is written to a deleted one is lost with the
    /// process. `writer` keeps the log from being deleted by SQLite itself.
    pub(super) fn check_log(&self, writer: Lent<'_>, limit: Duration) -> Result<(), StoreError> {
        if self.is_as_known() {
            return Ok(());
        }
        drop(writer);
        self.take_up_another(limit)
    }

    /// Where a new connection was made, nothing was exchanged meanwhile.
    pub(super) fn check_unchanged(&self) -> Result<(), StoreError> {
        let Some(known) = *self.files() else { return Ok(()) };
        match FileId::at(&self.path) {
            Ok(Some(found)) if found == known.database => Ok(()),
            _ => Err(self.unusable("the database's file is being replaced; try again")),
        }
    }

    pub(super) fn note_log(&self) -> Result<(), StoreError> {
        let now = Files::at(&self.path)?;
        if let Some(known) = &mut *self.files() {
            known.log = now.log;
        }
        Ok(())
    }

    /// A file that takes this one's place must have tables of that version.
    pub(super) fn note_version(&self, version: u32) {
        if let Some(known) = &mut *self.files() {
            known.version = Some(version);
        }
    }

    fn is_as_known(&self) -> bool {
        let Some(known) = *self.files() else { return true };
        Files::at(&self.path).is_ok_and(|found| found.database == known.database && found.log == known.log)
    }

    /// Every connection to the old file is closed before one is made to the new, and the old one's log is emptied
    /// into it: SQLite would take it for the new one's.
    fn take_up_another(&self, limit: Duration) -> Result<(), StoreError> {
        let mut writer = self.take(Side::Write, limit)?;
        // Somebody else was first.
        if self.is_as_known() {
            return Ok(());
        }
        let readers = self.readers.as_ref().map(|readers| readers.drain(limit));
        let Some(Some(readers)) = readers else {
            return Err(self.unusable("the database's file was replaced; reads of the old one still run"));
        };
        self.leave(&mut writer, limit)?;
        writer.session = Some(self.enter(limit)?);
        drop(readers);
        self.is_replacement_untold.store(true, Ordering::Release);
        tracing::error!(path = %self.path.display(), "the database's file or its log was replaced while in use");
        Ok(())
    }

    fn leave(&self, writer: &mut Lent<'_>, limit: Duration) -> Result<(), StoreError> {
        if let Some(old) = &writer.session {
            empty_log(&old.connection, limit);
        }
        let Some(known) = *self.files() else { return Ok(()) };
        let log = log_of(&self.path);
        let is_old = known.log.is_some() && FileId::at(&log).is_ok_and(|found| found == known.log);
        if is_old && fs::metadata(&log).is_ok_and(|log| log.len() > 0) {
            return Err(self.unusable(format!(
                "the database's file was replaced, but the log of the old one still lies beside it; if the file \
                 is whole without it, remove {}",
                log.display()
            )));
        }
        if writer.session.take().is_some() {
            metrics::counter!(names::CONNECTIONS_CLOSED, "reason" => "replaced").increment(1);
        }
        Ok(())
    }

    fn enter(&self, limit: Duration) -> Result<Session, StoreError> {
        let Some(known) = *self.files() else { return Err(self.unusable("there is no file")) };
        let before = Files::at(&self.path)?;
        let other =
            |why: String| self.unusable(format!("another file was put in the database's place: {why}"));
        let connection = connect(&self.path, Absent::Fail, busy_within(limit))
            .map_err(|error| other(error.to_string()))?;
        let version = migrations::version(&connection)
            .map_err(|failure| other(failure.while_doing("reading its version", &self.path).what))?;
        if let Some(wanted) = known.version.filter(|wanted| *wanted != version) {
            return Err(other(format!("its tables are of version {version}, not {wanted}")));
        }
        let prepared = prepare(&connection, Side::Write)
            .and_then(|()| connection.busy_timeout(self.busy()))
            .and_then(|()| Session::new(connection, &self.clock));
        let session = prepared.map_err(|error| other(error.to_string()))?;
        session.answers();
        let found = Files { version: known.version, ..Files::at(&self.path)? };
        if found.database != before.database {
            return Err(self.unusable("the database's file is being replaced; try again"));
        }
        *self.files() = Some(found);
        Ok(session)
    }

    fn unusable(&self, what: impl Into<String>) -> StoreError {
        StoreError::new(StoreErrorKind::Transient, what).at(&self.path)
    }
}

/// What cannot be emptied is found beside the file.
fn empty_log(connection: &Connection, limit: Duration) {
    let emptied = connection
        .busy_timeout(busy_within(limit))
        .and_then(|()| connection.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(())));
    if let Err(error) = emptied {
        tracing::warn!(%error, "the log of a database that was replaced could not be emptied");
    }
}
