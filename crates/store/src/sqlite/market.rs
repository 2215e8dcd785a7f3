use domain::{
    Bar, BarRule, Code, CorporateAction, CrossVenueSpread, InstrumentId, Instruments, Level, PairSpread,
    Quote, RegimeChange, Span, Timestamp, Trade,
};
use rusqlite::types::Type;
use rusqlite::{OptionalExtension, Row, params};

use super::values::Columns;
use super::{Sqlite, corporate, instruments, market_insert, pairs};
use crate::backend::{MarketRows, Outcome};
use crate::market::{Batch, Inserted};
use crate::notation::{numbers, spread_phase};

const BAR: &str =
    "instrument, trades, rule, open_time, close_time, open, high, low, close, volume, number, revision";
const TRADE: &str = "number, instrument, price, quantity, is_sell, venue_time, receive_time";
const QUOTE: &str = "instrument, bid, bid_quantity, ask, ask_quantity, venue_time, receive_time";
const SPREAD: &str = "id, phase, asset, buy, sell, buy_price, sell_price, quantity, gross, fees, net_rate, \
                      buy_age, sell_age, time";

/// Rows that one transaction deletes.
const PRUNED_AT_ONCE: u32 = 20_000;

const PRUNE_TRADES: &str = "DELETE FROM trades WHERE (instrument, venue_time, number) IN
    (SELECT instrument, venue_time, number FROM trades WHERE instrument = ?1 AND venue_time < ?2 LIMIT ?3)";
const PRUNE_QUOTES: &str = "DELETE FROM quotes WHERE (instrument, receive_time, number) IN
    (SELECT instrument, receive_time, number FROM quotes WHERE instrument = ?1 AND receive_time < ?2 LIMIT ?3)";

impl MarketRows for Sqlite {
    fn put_instruments(&self, all: &Instruments) -> Outcome<()> {
        self.write("storing instruments", |transaction| instruments::put(transaction, all))
    }

    fn instruments(&self) -> Outcome<Instruments> {
        self.read_checked("loading instruments", instruments::load)
    }

    fn insert_batch(&self, batch: &Batch<'_>) -> Outcome<Inserted> {
        self.write("storing market data", |transaction| market_insert::batch(transaction, batch))
    }

    fn bars(
        &self,
        instrument: InstrumentId,
        rule: BarRule,
        before: Option<[i64; 2]>,
        rows: i64,
    ) -> Outcome<Vec<Bar>> {
        self.read("reading bars", |connection| {
            let [time, number] = before.unwrap_or([i64::MAX; 2]);
            let sql = format!(
                "SELECT {BAR} FROM bars WHERE instrument = ?1 AND rule = ?2 AND (open_time, number) < (?3, ?4)
                 ORDER BY open_time DESC, number DESC LIMIT ?5"
            );
            let mut statement = connection.prepare_cached(&sql)?;
            statement.query_map(params![instrument.0, rule.to_string(), time, number, rows], bar)?.collect()
        })
    }

    fn bars_from(
        &self,
        instrument: InstrumentId,
        rule: BarRule,
        (time, number): (Timestamp, u32),
        rows: i64,
    ) -> Outcome<Vec<Bar>> {
        self.read("reading bars", |connection| {
            let sql = format!(
                "SELECT {BAR} FROM bars WHERE instrument = ?1 AND rule = ?2 AND (open_time, number) >= (?3, ?4)
                 ORDER BY open_time, number LIMIT ?5"
            );
            let mut statement = connection.prepare_cached(&sql)?;
            let wanted = params![instrument.0, rule.to_string(), time.nanos(), number, rows];
            statement.query_map(wanted, bar)?.collect()
        })
    }

    fn trades_after(
        &self,
        instrument: InstrumentId,
        (time, number): (i64, i64),
        rows: i64,
    ) -> Outcome<Vec<(i64, Trade)>> {
        self.read("reading trades", |connection| {
            let sql = format!(
                "SELECT {TRADE} FROM trades WHERE instrument = ?1 AND (venue_time, number) > (?2, ?3)
                 ORDER BY venue_time, number LIMIT ?4"
            );
            let mut statement = connection.prepare_cached(&sql)?;
            statement.query_map(params![instrument.0, time, number, rows], trade)?.collect()
        })
    }

    fn spreads(&self, before: Option<[i64; 3]>, rows: i64) -> Outcome<Vec<CrossVenueSpread>> {
        self.read("reading spreads", |connection| {
            let [time, id, phase] = before.unwrap_or([i64::MAX; 3]);
            let sql = format!(
                "SELECT {SPREAD} FROM spreads WHERE (time, id, phase) < (?1, ?2, ?3)
                 ORDER BY time DESC, id DESC, phase DESC LIMIT ?4"
            );
            let mut statement = connection.prepare_cached(&sql)?;
            statement.query_map(params![time, id, phase, rows], spread)?.collect()
        })
    }

    fn pairs(&self, before: Option<[i64; 3]>, rows: i64) -> Outcome<Vec<PairSpread>> {
        self.read("reading pairs", |connection| pairs::list(connection, before, rows))
    }

    fn regimes(&self, before: Option<[i64; 2]>, rows: i64) -> Outcome<Vec<RegimeChange>> {
        self.read("reading regimes", |connection| pairs::list_regimes(connection, before, rows))
    }

    fn latest_trade(&self, instrument: InstrumentId) -> Outcome<Option<Trade>> {
        self.read("reading the latest trade", |connection| {
            let sql = format!(
                "SELECT {TRADE} FROM trades WHERE instrument = ?1 ORDER BY venue_time DESC, number DESC LIMIT 1"
            );
            let found = connection.prepare_cached(&sql)?.query_row(params![instrument.0], trade).optional()?;
            Ok(found.map(|(_, trade)| trade))
        })
    }

    fn latest_quote(&self, instrument: InstrumentId) -> Outcome<Option<Quote>> {
        self.read("reading the latest quote", |connection| {
            let sql = format!(
                "SELECT {QUOTE} FROM quotes WHERE instrument = ?1
                 ORDER BY receive_time DESC, number DESC LIMIT 1"
            );
            connection.prepare_cached(&sql)?.query_row(params![instrument.0], quote).optional()
        })
    }

    fn prune_ticks(&self, instruments: &[InstrumentId], before: Timestamp) -> Outcome<u64> {
        let mut deleted = 0;
        for instrument in instruments {
            deleted += self.prune(PRUNE_TRADES, *instrument, before)?;
            deleted += self.prune(PRUNE_QUOTES, *instrument, before)?;
        }
        Ok(deleted)
    }

    fn put_corporate_actions(&self, actions: &[CorporateAction]) -> Outcome<u64> {
        self.write("storing corporate actions", |transaction| corporate::put(transaction, actions))
    }

    fn corporate_actions(
        &self,
        instrument: InstrumentId,
        from: Timestamp,
        until: Timestamp,
    ) -> Outcome<Vec<CorporateAction>> {
        self.read("reading corporate actions", |connection| {
            corporate::range(connection, instrument, from, until)
        })
    }
}

impl Sqlite {
    /// A few rows a transaction, so that writers wait for them only.
    fn prune(&self, sql: &str, instrument: InstrumentId, before: Timestamp) -> Outcome<u64> {
        let mut deleted = 0;
        loop {
            let rows = self.write("deleting old ticks", |transaction| {
                let mut statement = transaction.prepare_cached(sql)?;
                Ok(statement.execute(params![instrument.0, before.nanos(), PRUNED_AT_ONCE])?)
            })?;
            let rows = market_insert::count(rows);
            deleted += rows;
            if rows < u64::from(PRUNED_AT_ONCE) {
                return Ok(deleted);
            }
        }
    }
}

fn bar(row: &Row<'_>) -> rusqlite::Result<Bar> {
    let mut columns = Columns::of(row);
    let (instrument, trades) = (columns.instrument()?, columns.get()?);
    Ok(Bar {
        instrument,
        trades,
        rule: columns.text()?,
        open_time: columns.time()?,
        close_time: columns.time()?,
        open: columns.price()?,
        high: columns.price()?,
        low: columns.price()?,
        close: columns.price()?,
        volume: columns.scaled()?,
        number: columns.get()?,
        revision: columns.get()?,
    })
}

fn trade(row: &Row<'_>) -> rusqlite::Result<(i64, Trade)> {
    let mut columns = Columns::of(row);
    let number: i64 = columns.get()?;
    let trade = Trade {
        instrument: columns.instrument()?,
        id: numbers::trade_id(number),
        price: columns.price()?,
        quantity: columns.scaled()?,
        aggressor: numbers::aggressor(columns.get()?),
        venue_time: columns.time()?,
        receive_time: columns.time()?,
    };
    Ok((number, trade))
}

fn quote(row: &Row<'_>) -> rusqlite::Result<Quote> {
    let mut columns = Columns::of(row);
    Ok(Quote {
        instrument: columns.instrument()?,
        bid: Level { price: columns.price()?, quantity: columns.scaled()? },
        ask: Level { price: columns.price()?, quantity: columns.scaled()? },
        venue_time: columns.time()?,
        receive_time: columns.time()?,
    })
}

fn spread(row: &Row<'_>) -> rusqlite::Result<CrossVenueSpread> {
    let mut columns = Columns::of(row);
    let id = columns.unsigned()?;
    let phase = spread_phase::read(columns.get()?);
    let phase = phase.ok_or(rusqlite::Error::InvalidColumnType(1, "phase".to_owned(), Type::Integer))?;
    Ok(CrossVenueSpread {
        id,
        phase,
        asset: columns.named(Code::new)?,
        buy: columns.instrument()?,
        sell: columns.instrument()?,
        buy_price: columns.price()?,
        sell_price: columns.price()?,
        quantity: columns.scaled()?,
        gross: columns.text()?,
        fees: columns.text()?,
        net_rate: columns.rate()?,
        buy_age: columns.get().map(Span::from_nanos)?,
        sell_age: columns.get().map(Span::from_nanos)?,
        time: columns.time()?,
    })
}
