//! Old ticks go: whole partitions or chunks where nothing else is in them, and rows where something is.

use std::time::Duration;

use domain::{InstrumentId, Timestamp};
use tokio_postgres::Row;
use tokio_postgres::types::ToSql;

use super::Postgres;
use super::failure::Failure;
use super::partitions::{self, TABLES};
use super::session::Session;
use crate::backend::Outcome;

/// Rows that one transaction deletes.
const PRUNED_AT_ONCE: i64 = 20_000;

const DELETING: &str = "deleting old ticks";

/// A table that somebody reads for longer is dropped another time.
const LOCK_WITHIN: Duration = Duration::from_secs(2);

/// Part of a table that can be dropped as a whole.
struct Part {
    /// Where its rows are found.
    table: String,
    drop: String,
}

impl Postgres {
    /// How many rows went.
    pub(super) fn prune(&self, instruments: &[InstrumentId], before: Timestamp) -> Outcome<u64> {
        let ids: Vec<i32> = instruments.iter().map(|id| id.0.cast_signed()).collect();
        let mut deleted = 0;
        if ids.is_empty() {
            return Ok(deleted);
        }
        for (table, time) in TABLES {
            deleted += self.drop_parts(table, &ids, before)?;
            for id in &ids {
                deleted += self.delete_rows(table, time, *id, before)?;
            }
        }
        Ok(deleted)
    }

    fn drop_parts(&self, table: &str, ids: &[i32], before: Timestamp) -> Outcome<u64> {
        let mut dropped = 0;
        for part in self.read("looking for old partitions", |session| parts(session, table, before))? {
            // Counting takes long, so that it is done before anybody must wait.
            let rows = self.write_within(None, DELETING, |session| {
                if has_others(session, &part.table, ids)? {
                    Ok(None)
                } else {
                    count(session, &part.table).map(Some)
                }
            })?;
            let Some(rows) = rows else { continue };
            let gone = self.write(DELETING, |session| drop_part(session, table, &part, ids));
            self.partitions.forget();
            match gone {
                Ok(true) => dropped += rows,
                Ok(false) => {}
                Err(error) => {
                    tracing::info!(%error, part = part.table, "an old partition is dropped another time")
                }
            }
        }
        Ok(dropped)
    }

    /// A few rows a transaction, so that nobody waits long.
    fn delete_rows(&self, table: &str, time: &str, id: i32, before: Timestamp) -> Outcome<u64> {
        let old = format!("FROM {table} WHERE instrument = $1 AND {time} < $2");
        let sql = format!(
            "DELETE {old} AND {time} <= (SELECT max({time}) FROM (SELECT {time} {old} ORDER BY {time} LIMIT $3) AS old)"
        );
        let mut deleted = 0;
        loop {
            let parameters: &[&(dyn ToSql + Sync)] = &[&id, &before.nanos(), &PRUNED_AT_ONCE];
            let rows = self.write(DELETING, |session| session.execute(&sql, parameters))?;
            deleted += rows;
            if rows < PRUNED_AT_ONCE.unsigned_abs() {
                return Ok(deleted);
            }
        }
    }
}

/// The parts with nothing but what is older.
fn parts(session: &mut Session, table: &str, before: Timestamp) -> Result<Vec<Part>, Failure> {
    match partitions::named(session, table)? {
        Some(named) => {
            let old = named.into_iter().filter(|(_, range)| range.until <= i128::from(before.nanos()));
            Ok(old.map(|(name, _)| Part { drop: format!("DROP TABLE {name}"), table: name }).collect())
        }
        None => chunks(session, table, before),
    }
}

/// Of a hypertable, where the server has those.
fn chunks(session: &mut Session, table: &str, before: Timestamp) -> Result<Vec<Part>, Failure> {
    let view = session.query_one("SELECT to_regclass('timescaledb_information.chunks') IS NOT NULL", &[])?;
    if !view.is_some_and(|row| row.get(0)) {
        return Ok(Vec::new());
    }
    let sql = "SELECT format('%I.%I', chunk_schema, chunk_name), range_start_integer, range_end_integer
               FROM timescaledb_information.chunks WHERE hypertable_name = $1 AND range_end_integer <= $2";
    let rows = session.query(sql, &[&table, &before.nanos()])?;
    let part = |row: &Row| {
        let (name, from, until): (String, i64, i64) = (row.get(0), row.get(1), row.get(2));
        let drop = format!(
            "SELECT drop_chunks('{table}', older_than => {until}::bigint, newer_than => {from}::bigint)"
        );
        Part { table: name, drop }
    };
    Ok(rows.iter().map(part).collect())
}

/// Under a lock, so that what was found still holds.
fn drop_part(session: &mut Session, table: &str, part: &Part, ids: &[i32]) -> Result<bool, Failure> {
    session
        .batch(&format!("SET LOCAL lock_timeout = {}; LOCK TABLE ONLY {table}", LOCK_WITHIN.as_millis()))?;
    if has_others(session, &part.table, ids)? {
        return Ok(false);
    }
    session.batch(&part.drop)?;
    Ok(true)
}

/// Whether rows of other instruments are in it. The key begins with the instrument, so that one look into the index
/// finds the next one.
fn has_others(session: &mut Session, table: &str, ids: &[i32]) -> Result<bool, Failure> {
    let sql = format!(
        "WITH RECURSIVE seen (instrument) AS (
           (SELECT instrument FROM {table} ORDER BY instrument LIMIT 1)
           UNION ALL
           SELECT (SELECT next.instrument FROM {table} AS next WHERE next.instrument > seen.instrument
                   ORDER BY next.instrument LIMIT 1)
           FROM seen WHERE seen.instrument IS NOT NULL)
         SELECT EXISTS (SELECT FROM seen WHERE instrument <> ALL ($1))"
    );
    Ok(session.query_one(&sql, &[&ids])?.is_some_and(|row| row.get(0)))
}

fn count(session: &mut Session, table: &str) -> Result<u64, Failure> {
    let row = session.query_one(&format!("SELECT count(*) FROM {table}"), &[])?;
    Ok(row.map_or(0, |row| row.get::<_, i64>(0).cast_unsigned()))
}
