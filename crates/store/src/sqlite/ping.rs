use std::sync::atomic::Ordering;
use std::time::Duration;

use rusqlite::{Connection, TransactionBehavior};

use super::connections::Connections;
use super::session::busy_within;
use crate::pool::Side;
use crate::timing::nanoseconds;
use crate::{StoreError, StoreErrorKind};

/// What is written for a try: a few pages, so that less room than a small transaction needs is told as none.
const PROBE_BYTES: u32 = 32 * 1024;

const READING: &str = "checking that the database can be read";
const WRITING: &str = "checking that the database can be written";

impl Connections {
    /// Reads, and writes what it takes back. Takes a little longer than `limit` at most.
    pub(super) fn ping(&self, limit: Duration) -> Result<(), StoreError> {
        let now = self.clock.now();
        let end = now.saturating_add(nanoseconds(limit));
        let left = || Duration::from_nanos(end.saturating_sub(self.clock.now()));
        self.close_stale(now);
        self.lend(Side::Read, left())?.work(READING, Some(left()), |connection| {
            Ok(connection.query_row("SELECT count(*) FROM sqlite_schema", [], |_| Ok(()))?)
        })?;
        let mut writer = self.lend(Side::Write, left())?;
        let busy = busy_within(left());
        writer.work(WRITING, Some(left()), |connection| Ok(probe(connection, busy, self.busy())?))?;
        self.check_log(writer, left())?;
        if self.is_replacement_untold.swap(false, Ordering::AcqRel) {
            let what = "the database's file or its log was replaced while in use; the new one is in use now";
            return Err(StoreError::new(StoreErrorKind::Transient, what).at(&self.path));
        }
        Ok(())
    }
}

fn probe(connection: &mut Connection, busy: Duration, usual: Duration) -> rusqlite::Result<()> {
    connection.busy_timeout(busy)?;
    let written = write_and_take_back(connection);
    connection.busy_timeout(usual)?;
    written
}

/// Some pages go to the log before they are taken back: a lock alone would be had on a full disk too.
fn write_and_take_back(connection: &mut Connection) -> rusqlite::Result<()> {
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    // A database without tables has nothing to write to.
    if transaction.table_exists(None, "meta")? {
        let sql = "INSERT OR REPLACE INTO meta (key, value) VALUES ('ping', hex(zeroblob(?1)))";
        transaction.prepare_cached(sql)?.execute([PROBE_BYTES / 2])?;
        transaction.cache_flush()?;
    }
    transaction.rollback()
}
