//! Pairs out of line and regimes of bid and ask: few rows, one statement each.

use domain::{PairSpread, RegimeChange, SpreadRegime};
use rusqlite::types::Type;
use rusqlite::{Connection, Row, Transaction, params};

use super::failure::Failure;
use super::market_insert::count;
use super::values::Columns;
use crate::market::pair_place;
use crate::notation::{Word, spread_phase};

const PAIR: &str = "id, phase, first, second, first_price, second_price, hedge_ratio, z_score, correlation, samples, \
                    time";
const REGIME: &str = "instrument, from_regime, to_regime, share, usual, z_score, time";

pub(super) fn put(transaction: &Transaction<'_>, pairs: &[PairSpread]) -> Result<u64, Failure> {
    let sql = format!(
        "INSERT OR IGNORE INTO pair_spreads ({PAIR}) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)"
    );
    let mut statement = transaction.prepare_cached(&sql)?;
    let mut inserted = 0;
    for spread in pairs {
        let [time, id, phase] = pair_place(spread);
        inserted += statement.execute(params![
            id,
            phase,
            spread.first.0,
            spread.second.0,
            spread.first_price.raw(),
            spread.second_price.raw(),
            spread.hedge_ratio.raw(),
            spread.z_score.raw(),
            spread.correlation.raw(),
            spread.samples,
            time,
        ])?;
    }
    Ok(count(inserted))
}

pub(super) fn put_regimes(transaction: &Transaction<'_>, regimes: &[RegimeChange]) -> Result<u64, Failure> {
    let sql = format!("INSERT OR IGNORE INTO spread_regimes ({REGIME}) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)");
    let mut statement = transaction.prepare_cached(&sql)?;
    let mut inserted = 0;
    for change in regimes {
        inserted += statement.execute(params![
            change.instrument.0,
            change.from.word(),
            change.to.word(),
            change.share.raw(),
            change.usual.raw(),
            change.z_score.raw(),
            change.time.nanos(),
        ])?;
    }
    Ok(count(inserted))
}

pub(super) fn list(
    connection: &Connection,
    before: Option<[i64; 3]>,
    rows: i64,
) -> rusqlite::Result<Vec<PairSpread>> {
    let [time, id, phase] = before.unwrap_or([i64::MAX; 3]);
    let sql = format!(
        "SELECT {PAIR} FROM pair_spreads WHERE (time, id, phase) < (?1, ?2, ?3)
         ORDER BY time DESC, id DESC, phase DESC LIMIT ?4"
    );
    let mut statement = connection.prepare_cached(&sql)?;
    statement.query_map(params![time, id, phase, rows], pair)?.collect()
}

pub(super) fn list_regimes(
    connection: &Connection,
    before: Option<[i64; 2]>,
    rows: i64,
) -> rusqlite::Result<Vec<RegimeChange>> {
    let [time, instrument] = before.unwrap_or([i64::MAX; 2]);
    let sql = format!(
        "SELECT {REGIME} FROM spread_regimes WHERE (time, instrument) < (?1, ?2)
         ORDER BY time DESC, instrument DESC LIMIT ?3"
    );
    let mut statement = connection.prepare_cached(&sql)?;
    statement.query_map(params![time, instrument, rows], regime)?.collect()
}

fn pair(row: &Row<'_>) -> rusqlite::Result<PairSpread> {
    let mut columns = Columns::of(row);
    let id = columns.unsigned()?;
    let phase = spread_phase::read(columns.get()?);
    let phase = phase.ok_or(rusqlite::Error::InvalidColumnType(1, "phase".to_owned(), Type::Integer))?;
    Ok(PairSpread {
        id,
        phase,
        first: columns.instrument()?,
        second: columns.instrument()?,
        first_price: columns.price()?,
        second_price: columns.price()?,
        hedge_ratio: columns.rate()?,
        z_score: columns.rate()?,
        correlation: columns.rate()?,
        samples: columns.get()?,
        time: columns.time()?,
    })
}

fn regime(row: &Row<'_>) -> rusqlite::Result<RegimeChange> {
    let mut columns = Columns::of(row);
    Ok(RegimeChange {
        instrument: columns.instrument()?,
        from: columns.named(SpreadRegime::read)?,
        to: columns.named(SpreadRegime::read)?,
        share: columns.rate()?,
        usual: columns.rate()?,
        z_score: columns.rate()?,
        time: columns.time()?,
    })
}
