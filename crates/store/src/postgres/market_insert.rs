//! Storing market data. Rows of trades and quotes are nearly always new, so they are copied straight into their
//! tables; when one of them was there, the transaction is undone and all of them go by way of a table of the
//! session's own, from which those that are new are taken over.

use bytes::Bytes;
use domain::Bar;
use tokio_postgres::error::SqlState;

use super::failure::Failure;
use super::instruments::check_known;
use super::session::Session;
use super::{Postgres, pairs, rows};
use crate::StoreErrorKind;
use crate::backend::Outcome;
use crate::market::{Batch, Inserted};
use crate::notation::numbers;

const DOING: &str = "storing market data";

const NOTHING: &str = "ON CONFLICT DO NOTHING";

/// A bar that is built anew after a restart holds fewer trades than the whole one and does not replace it.
const FULLER_BAR: &str = "
    ON CONFLICT (instrument, rule, open_time, number) DO UPDATE
    SET close_time = excluded.close_time, open = excluded.open, high = excluded.high, low = excluded.low,
        close = excluded.close, volume = excluded.volume, trades = excluded.trades, revision = excluded.revision
    WHERE (excluded.revision > bars.revision
           OR (excluded.revision = bars.revision AND excluded.trades >= bars.trades))
      AND (excluded.close_time, excluded.open, excluded.high, excluded.low, excluded.close, excluded.volume,
           excluded.trades, excluded.revision)
          IS DISTINCT FROM (bars.close_time, bars.open, bars.high, bars.low, bars.close, bars.volume, bars.trades,
                            bars.revision)";

/// How rows get into a table that may have them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Way {
    /// Straight; it is a conflict when one is there.
    Straight,
    /// Past those that are there.
    Around,
}

impl Postgres {
    pub(super) fn insert(&self, batch: &Batch<'_>) -> Outcome<Inserted> {
        self.make_partitions(batch)?;
        let (mut lacks_partition, mut way) = (false, Way::Straight);
        loop {
            let inserted = self.write(DOING, |session| {
                let inserted = insert(session, batch, way);
                lacks_partition =
                    inserted.as_ref().is_err_and(|failure| failure.is_state(&SqlState::CHECK_VIOLATION));
                inserted
            });
            match inserted {
                // Another program has dropped one that is known here.
                Err(_) if lacks_partition && self.partitions.forget() => self.make_partitions(batch)?,
                Err(error) if error.kind == StoreErrorKind::Conflict && way == Way::Straight => {
                    way = Way::Around
                }
                inserted => return inserted,
            }
        }
    }
}

fn insert(session: &mut Session, batch: &Batch<'_>, way: Way) -> Result<Inserted, Failure> {
    check_known(session, &batch.instruments())?;
    let trades = Table { name: "trades", columns: rows::TRADE, known: NOTHING };
    let quotes = Table { name: "quotes", columns: rows::QUOTE, known: NOTHING };
    let spreads = Table { name: "spreads", columns: rows::SPREAD, known: NOTHING };
    Ok(Inserted {
        trades: match batch.trades {
            [] => 0,
            all => trades.put(session, way, rows::pieces(numbers::trades(all), rows::trade))?,
        },
        quotes: match batch.quotes {
            [] => 0,
            all => quotes.put(session, way, rows::pieces(numbers::quotes(all), rows::quote))?,
        },
        bars: bars(session, batch.bars)?,
        spreads: match batch.spreads {
            [] => 0,
            all => spreads.put(session, Way::Around, rows::pieces(all.iter(), rows::spread))?,
        },
        pairs: pairs::put(session, batch.pairs)?,
        regimes: pairs::put_regimes(session, batch.regimes)?,
    })
}

/// One statement takes each bar once; of two in a batch the second comes after the first.
fn bars(session: &mut Session, bars: &[Bar]) -> Result<u64, Failure> {
    let key = |bar: &Bar| (bar.instrument, bar.rule, bar.open_time, bar.number);
    let table = Table { name: "bars", columns: rows::BAR, known: FULLER_BAR };
    let mut left: Vec<&Bar> = bars.iter().collect();
    left.sort_by_key(|bar| key(bar));
    let mut inserted = 0;
    while !left.is_empty() {
        let (mut now, mut later): (Vec<&Bar>, Vec<&Bar>) = (Vec::with_capacity(left.len()), Vec::new());
        for bar in left {
            let is_again = now.last().is_some_and(|last| key(last) == key(bar));
            if is_again { later.push(bar) } else { now.push(bar) }
        }
        inserted += table.put(session, Way::Around, rows::pieces(now.into_iter(), rows::bar))?;
        left = later;
    }
    Ok(inserted)
}

struct Table {
    name: &'static str,
    columns: &'static str,
    /// What is done about a row that is there.
    known: &'static str,
}

impl Table {
    /// How many rows are new.
    fn put(
        &self,
        session: &mut Session,
        way: Way,
        pieces: impl Iterator<Item = Bytes>,
    ) -> Result<u64, Failure> {
        let Self { name, columns, known } = self;
        if way == Way::Straight {
            return session.copy_in(&format!("COPY {name} ({columns}) FROM STDIN (FORMAT binary)"), pieces);
        }
        // What is left of rows before is gone, whether this session has the table or not.
        session.batch(&format!(
            "CREATE TEMPORARY TABLE IF NOT EXISTS new_{name} (LIKE {name}) ON COMMIT DELETE ROWS;
             TRUNCATE new_{name}"
        ))?;
        session.copy_in(&format!("COPY new_{name} ({columns}) FROM STDIN (FORMAT binary)"), pieces)?;
        let take = format!("INSERT INTO {name} ({columns}) SELECT {columns} FROM new_{name} {known}");
        session.execute(&take, &[])
    }
}
