use domain::Timestamp;
use tokio_postgres::Row;

use super::Postgres;
use super::failure::Failure;
use super::session::Session;
use super::values::{Columns, storable};
use crate::backend::{DeadLetterRows, Outcome};
use crate::rows::{DeadLetter, DeadLetterRow};

const COLUMNS: &str = "origin, kind, instrument, payload, error, attempts, first_failed, last_failed";

impl DeadLetterRows for Postgres {
    fn put_dead_letters(&self, letters: &[DeadLetter], rows_max: i64) -> Outcome<u64> {
        self.write("keeping dead letters", |session| {
            put(session, letters)?;
            let sql = "DELETE FROM dead_letters WHERE number IN
                         (SELECT number FROM dead_letters ORDER BY number DESC OFFSET $1)";
            session.execute(sql, &[&rows_max])
        })
    }

    fn dead_letters(&self, before: Option<i64>, rows: i64) -> Outcome<Vec<DeadLetterRow>> {
        self.read("reading dead letters", |session| {
            let sql = format!(
                "SELECT number, replays, {COLUMNS} FROM dead_letters WHERE $1::bigint IS NULL OR number < $1
                 ORDER BY number DESC LIMIT $2"
            );
            session.query(&sql, &[&before, &rows])?.iter().map(row).collect()
        })
    }

    fn dead_letter(&self, number: i64) -> Outcome<Option<DeadLetterRow>> {
        self.read("reading a dead letter", |session| {
            let sql = format!("SELECT number, replays, {COLUMNS} FROM dead_letters WHERE number = $1");
            session.query_one(&sql, &[&number])?.as_ref().map(row).transpose()
        })
    }

    fn remove_dead_letter(&self, number: i64) -> Outcome<bool> {
        self.write("taking out a dead letter", |session| {
            Ok(session.execute("DELETE FROM dead_letters WHERE number = $1", &[&number])? > 0)
        })
    }

    fn refuse_dead_letter_again(&self, number: i64, error: &str, time: Timestamp) -> Outcome<bool> {
        self.write("noting a replay", |session| {
            let sql = "UPDATE dead_letters SET error = $2, last_failed = greatest(last_failed, $3),
                         attempts = attempts + 1, replays = replays + 1 WHERE number = $1";
            Ok(session.execute(sql, &[&number, &storable(error), &time.nanos()])? > 0)
        })
    }

    fn count_dead_letters(&self) -> Outcome<u64> {
        self.read("counting dead letters", |session| {
            let row = session.query_one("SELECT count(*) FROM dead_letters", &[])?;
            row.as_ref().map_or(Ok(0), |row| Columns::of(row).unsigned())
        })
    }

    fn prune_dead_letters(&self, before: Timestamp) -> Outcome<u64> {
        self.write("deleting old dead letters", |session| {
            session.execute("DELETE FROM dead_letters WHERE last_failed < $1", &[&before.nanos()])
        })
    }
}

fn put(session: &mut Session, letters: &[DeadLetter]) -> Result<(), Failure> {
    let sql = format!(
        "INSERT INTO dead_letters ({COLUMNS}) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
         ON CONFLICT (origin, payload) DO UPDATE SET error = excluded.error,
           attempts = dead_letters.attempts + excluded.attempts,
           last_failed = greatest(dead_letters.last_failed, excluded.last_failed)"
    );
    for letter in letters {
        session.execute(
            &sql,
            &[
                &storable(&letter.origin),
                &storable(&letter.kind),
                &letter.instrument.0.cast_signed(),
                &storable(&letter.payload),
                &storable(&letter.error),
                &i64::from(letter.attempts),
                &letter.first_failed.nanos(),
                &letter.last_failed.nanos(),
            ],
        )?;
    }
    Ok(())
}

fn row(row: &Row) -> Result<DeadLetterRow, Failure> {
    let mut columns = Columns::of(row);
    let (number, replays) = (columns.unsigned()?, columns.small()?);
    let letter = DeadLetter {
        origin: columns.get()?,
        kind: columns.get()?,
        instrument: columns.instrument()?,
        payload: columns.get()?,
        error: columns.get()?,
        attempts: columns.small()?,
        first_failed: columns.time()?,
        last_failed: columns.time()?,
    };
    Ok(DeadLetterRow { number, letter, replays })
}
