use std::time::Duration;

use super::Postgres;
use super::failure::Failure;
use super::session::Session;
use crate::backend::Outcome;
use crate::pool::Side;
use crate::timing::nanoseconds;

/// What is written for a try: too much to fit beside what is there already, so that it takes room.
const PROBE_BYTES: i32 = 32 * 1024;

const CHECKING: &str = "checking that the database can be read and written";

impl Postgres {
    /// Reads, and writes what it takes back, on one connection. Takes a little longer than `limit` at most.
    pub(super) fn ping_within(&self, limit: Duration) -> Outcome<()> {
        let clock = &self.connections.clock;
        let end = clock.now().saturating_add(nanoseconds(limit));
        let left = || Duration::from_nanos(end.saturating_sub(clock.now()));
        self.connections.close_stale(clock.now());
        let mut lent = self.connections.lend(Side::Write, limit)?;
        lent.undo(CHECKING, left(), write_something)
    }
}

/// A database without tables has nothing to write to.
fn write_something(session: &mut Session) -> Result<(), Failure> {
    let has_tables = session.query_one("SELECT to_regclass('meta') IS NOT NULL", &[])?;
    if has_tables.is_some_and(|row| row.get(0)) {
        // Not one that compresses away.
        let sql = "INSERT INTO meta (key, value)
                   SELECT 'ping', string_agg(md5(number::text), '') FROM generate_series(1, $1 / 32) AS number
                   ON CONFLICT (key) DO UPDATE SET value = excluded.value";
        session.execute(sql, &[&PROBE_BYTES])?;
    }
    Ok(())
}
