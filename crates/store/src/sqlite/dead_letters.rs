use domain::Timestamp;
use rusqlite::{OptionalExtension, Row, Transaction, params};

use super::Sqlite;
use super::failure::Failure;
use super::market_insert::count;
use super::values::Columns;
use crate::backend::{DeadLetterRows, Outcome};
use crate::rows::{DeadLetter, DeadLetterRow};

const COLUMNS: &str = "origin, kind, instrument, payload, error, attempts, first_failed, last_failed";

impl DeadLetterRows for Sqlite {
    fn put_dead_letters(&self, letters: &[DeadLetter], rows_max: i64) -> Outcome<u64> {
        self.write("keeping dead letters", |transaction| {
            put(transaction, letters)?;
            let sql = "DELETE FROM dead_letters WHERE number IN
                         (SELECT number FROM dead_letters ORDER BY number DESC LIMIT -1 OFFSET ?1)";
            Ok(count(transaction.prepare_cached(sql)?.execute(params![rows_max])?))
        })
    }

    fn dead_letters(&self, before: Option<i64>, rows: i64) -> Outcome<Vec<DeadLetterRow>> {
        self.read("reading dead letters", |connection| {
            let sql = format!(
                "SELECT number, replays, {COLUMNS} FROM dead_letters WHERE ?1 IS NULL OR number < ?1
                 ORDER BY number DESC LIMIT ?2"
            );
            connection.prepare_cached(&sql)?.query_map(params![before, rows], row)?.collect()
        })
    }

    fn dead_letter(&self, number: i64) -> Outcome<Option<DeadLetterRow>> {
        self.read("reading a dead letter", |connection| {
            let sql = format!("SELECT number, replays, {COLUMNS} FROM dead_letters WHERE number = ?1");
            connection.prepare_cached(&sql)?.query_row(params![number], row).optional()
        })
    }

    fn remove_dead_letter(&self, number: i64) -> Outcome<bool> {
        self.write("taking out a dead letter", |transaction| {
            let sql = "DELETE FROM dead_letters WHERE number = ?1";
            Ok(transaction.prepare_cached(sql)?.execute(params![number])? > 0)
        })
    }

    fn refuse_dead_letter_again(&self, number: i64, error: &str, time: Timestamp) -> Outcome<bool> {
        self.write("noting a replay", |transaction| {
            let sql = "UPDATE dead_letters SET error = ?2, last_failed = max(last_failed, ?3),
                         attempts = attempts + 1, replays = replays + 1 WHERE number = ?1";
            Ok(transaction.prepare_cached(sql)?.execute(params![number, error, time.nanos()])? > 0)
        })
    }

    fn count_dead_letters(&self) -> Outcome<u64> {
        self.read("counting dead letters", |connection| {
            let sql = "SELECT count(*) FROM dead_letters";
            connection.prepare_cached(sql)?.query_row([], |row| row.get::<_, i64>(0)).map(i64::cast_unsigned)
        })
    }

    fn prune_dead_letters(&self, before: Timestamp) -> Outcome<u64> {
        self.write("deleting old dead letters", |transaction| {
            let sql = "DELETE FROM dead_letters WHERE last_failed < ?1";
            Ok(count(transaction.prepare_cached(sql)?.execute(params![before.nanos()])?))
        })
    }
}

fn put(transaction: &Transaction<'_>, letters: &[DeadLetter]) -> Result<(), Failure> {
    let sql = format!(
        "INSERT INTO dead_letters ({COLUMNS}) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)
         ON CONFLICT (origin, payload) DO UPDATE SET error = excluded.error,
           attempts = dead_letters.attempts + excluded.attempts,
           last_failed = max(dead_letters.last_failed, excluded.last_failed)"
    );
    let mut statement = transaction.prepare_cached(&sql)?;
    for letter in letters {
        statement.execute(params![
            letter.origin,
            letter.kind,
            letter.instrument.0,
            letter.payload,
            letter.error,
            letter.attempts,
            letter.first_failed.nanos(),
            letter.last_failed.nanos(),
        ])?;
    }
    Ok(())
}

fn row(row: &Row<'_>) -> rusqlite::Result<DeadLetterRow> {
    let mut columns = Columns::of(row);
    let (number, replays) = (columns.unsigned()?, columns.get()?);
    let letter = DeadLetter {
        origin: columns.get()?,
        kind: columns.get()?,
        instrument: columns.instrument()?,
        payload: columns.get()?,
        error: columns.get()?,
        attempts: columns.get()?,
        first_failed: columns.time()?,
        last_failed: columns.time()?,
    };
    Ok(DeadLetterRow { number, letter, replays })
}
