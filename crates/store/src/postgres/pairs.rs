//! Pairs out of line and regimes of bid and ask: few rows, one statement each.

use domain::{PairSpread, RegimeChange, SpreadRegime};
use tokio_postgres::Row;

use super::failure::Failure;
use super::session::Session;
use super::values::Columns;
use crate::market::{pair_place, regime_place};
use crate::notation::{Word, spread_phase};

const PAIR: &str = "id, phase, first, second, first_price, second_price, hedge_ratio, z_score, correlation, samples, \
                    time";
const REGIME: &str = "instrument, from_regime, to_regime, share, usual, z_score, time";

pub(super) fn put(session: &mut Session, pairs: &[PairSpread]) -> Result<u64, Failure> {
    let sql = format!(
        "INSERT INTO pair_spreads ({PAIR}) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
         ON CONFLICT DO NOTHING"
    );
    let mut inserted = 0;
    for spread in pairs {
        let [time, id, phase] = pair_place(spread);
        inserted += session.execute(
            &sql,
            &[
                &id,
                &phase,
                &spread.first.0.cast_signed(),
                &spread.second.0.cast_signed(),
                &spread.first_price.raw(),
                &spread.second_price.raw(),
                &spread.hedge_ratio.raw(),
                &spread.z_score.raw(),
                &spread.correlation.raw(),
                &i64::from(spread.samples),
                &time,
            ],
        )?;
    }
    Ok(inserted)
}

pub(super) fn put_regimes(session: &mut Session, regimes: &[RegimeChange]) -> Result<u64, Failure> {
    let sql = format!(
        "INSERT INTO spread_regimes ({REGIME}) VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT DO NOTHING"
    );
    let mut inserted = 0;
    for change in regimes {
        let [time, _] = regime_place(change);
        inserted += session.execute(
            &sql,
            &[
                &change.instrument.0.cast_signed(),
                &change.from.word(),
                &change.to.word(),
                &change.share.raw(),
                &change.usual.raw(),
                &change.z_score.raw(),
                &time,
            ],
        )?;
    }
    Ok(inserted)
}

pub(super) fn list(
    session: &mut Session,
    before: Option<[i64; 3]>,
    rows: i64,
) -> Result<Vec<PairSpread>, Failure> {
    let [time, id, phase] = before.unwrap_or([i64::MAX; 3]);
    let sql = format!(
        "SELECT {PAIR} FROM pair_spreads WHERE (time, id, phase) < ($1, $2, $3)
         ORDER BY time DESC, id DESC, phase DESC LIMIT $4"
    );
    session.query(&sql, &[&time, &id, &phase, &rows])?.iter().map(pair).collect()
}

pub(super) fn list_regimes(
    session: &mut Session,
    before: Option<[i64; 2]>,
    rows: i64,
) -> Result<Vec<RegimeChange>, Failure> {
    let [time, instrument] = before.unwrap_or([i64::MAX; 2]);
    let sql = format!(
        "SELECT {REGIME} FROM spread_regimes WHERE (time, instrument::bigint) < ($1, $2)
         ORDER BY time DESC, instrument DESC LIMIT $3"
    );
    session.query(&sql, &[&time, &instrument, &rows])?.iter().map(regime).collect()
}

fn pair(row: &Row) -> Result<PairSpread, Failure> {
    let mut columns = Columns::of(row);
    let id = columns.unsigned()?;
    let phase = spread_phase::read(columns.get()?);
    let phase = phase.ok_or_else(|| columns.unreadable(1, "there is no such phase"))?;
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
        samples: columns.small()?,
        time: columns.time()?,
    })
}

fn regime(row: &Row) -> Result<RegimeChange, Failure> {
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
