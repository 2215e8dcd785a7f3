use domain::{
    Bar, BarRule, Code, CorporateAction, CrossVenueSpread, InstrumentId, Instruments, Level, PairSpread,
    Quote, RegimeChange, Span, Timestamp, Trade,
};
use tokio_postgres::Row;

use super::failure::Failure;
use super::values::Columns;
use super::{Postgres, corporate, instruments, pairs};
use crate::backend::{MarketRows, Outcome};
use crate::market::{Batch, Inserted};
use crate::notation::{numbers, spread_phase};

const BAR: &str =
    "instrument, trades, rule, open_time, close_time, open, high, low, close, volume, number, revision";
const TRADE: &str = "number, instrument, price, quantity, is_sell, venue_time, receive_time";
const QUOTE: &str = "instrument, bid, bid_quantity, ask, ask_quantity, venue_time, receive_time";
const SPREAD: &str = "id, phase, asset, buy, sell, buy_price, sell_price, quantity, gross, fees, net_rate, \
                      buy_age, sell_age, time";

impl MarketRows for Postgres {
    fn put_instruments(&self, all: &Instruments) -> Outcome<()> {
        self.write("storing instruments", |session| instruments::put(session, all))
    }

    fn instruments(&self) -> Outcome<Instruments> {
        self.read("loading instruments", instruments::load)
    }

    fn insert_batch(&self, batch: &Batch<'_>) -> Outcome<Inserted> {
        self.insert(batch)
    }

    fn bars(
        &self,
        instrument: InstrumentId,
        rule: BarRule,
        before: Option<[i64; 2]>,
        rows: i64,
    ) -> Outcome<Vec<Bar>> {
        self.read("reading bars", |session| {
            let [time, number] = before.unwrap_or([i64::MAX; 2]);
            let sql = format!(
                "SELECT {BAR} FROM bars WHERE instrument = $1 AND rule = $2 AND (open_time, number) < ($3, $4)
                 ORDER BY open_time DESC, number DESC LIMIT $5"
            );
            let (instrument, rule) = (instrument.0.cast_signed(), rule.to_string());
            let found = session.query(&sql, &[&instrument, &rule, &time, &number, &rows])?;
            found.iter().map(bar).collect()
        })
    }

    fn bars_from(
        &self,
        instrument: InstrumentId,
        rule: BarRule,
        (time, number): (Timestamp, u32),
        rows: i64,
    ) -> Outcome<Vec<Bar>> {
        self.read("reading bars", |session| {
            let sql = format!(
                "SELECT {BAR} FROM bars WHERE instrument = $1 AND rule = $2 AND (open_time, number) >= ($3, $4)
                 ORDER BY open_time, number LIMIT $5"
            );
            let (instrument, rule) = (instrument.0.cast_signed(), rule.to_string());
            let found =
                session.query(&sql, &[&instrument, &rule, &time.nanos(), &i64::from(number), &rows])?;
            found.iter().map(bar).collect()
        })
    }

    fn trades_after(
        &self,
        instrument: InstrumentId,
        (time, number): (i64, i64),
        rows: i64,
    ) -> Outcome<Vec<(i64, Trade)>> {
        self.read("reading trades", |session| {
            // The plain comparison is for the partitions: those before that time are not looked at.
            let sql = format!(
                "SELECT {TRADE} FROM trades
                 WHERE instrument = $1 AND venue_time >= $2 AND (venue_time, number) > ($2, $3)
                 ORDER BY venue_time, number LIMIT $4"
            );
            let found = session.query(&sql, &[&instrument.0.cast_signed(), &time, &number, &rows])?;
            found.iter().map(trade).collect()
        })
    }

    fn spreads(&self, before: Option<[i64; 3]>, rows: i64) -> Outcome<Vec<CrossVenueSpread>> {
        self.read("reading spreads", |session| {
            let [time, id, phase] = before.unwrap_or([i64::MAX; 3]);
            let sql = format!(
                "SELECT {SPREAD} FROM spreads WHERE (time, id, phase) < ($1, $2, $3)
                 ORDER BY time DESC, id DESC, phase DESC LIMIT $4"
            );
            session.query(&sql, &[&time, &id, &phase, &rows])?.iter().map(spread).collect()
        })
    }

    fn pairs(&self, before: Option<[i64; 3]>, rows: i64) -> Outcome<Vec<PairSpread>> {
        self.read("reading pairs", |session| pairs::list(session, before, rows))
    }

    fn regimes(&self, before: Option<[i64; 2]>, rows: i64) -> Outcome<Vec<RegimeChange>> {
        self.read("reading regimes", |session| pairs::list_regimes(session, before, rows))
    }

    fn latest_trade(&self, instrument: InstrumentId) -> Outcome<Option<Trade>> {
        self.read("reading the latest trade", |session| {
            let sql = format!(
                "SELECT {TRADE} FROM trades WHERE instrument = $1 ORDER BY venue_time DESC, number DESC LIMIT 1"
            );
            let row = session.query_one(&sql, &[&instrument.0.cast_signed()])?;
            Ok(row.as_ref().map(trade).transpose()?.map(|(_, trade)| trade))
        })
    }

    fn latest_quote(&self, instrument: InstrumentId) -> Outcome<Option<Quote>> {
        self.read("reading the latest quote", |session| {
            let sql = format!(
                "SELECT {QUOTE} FROM quotes WHERE instrument = $1
                 ORDER BY receive_time DESC, number DESC LIMIT 1"
            );
            let row = session.query_one(&sql, &[&instrument.0.cast_signed()])?;
            row.as_ref().map(quote).transpose()
        })
    }

    fn prune_ticks(&self, instruments: &[InstrumentId], before: Timestamp) -> Outcome<u64> {
        self.prune(instruments, before)
    }

    fn put_corporate_actions(&self, actions: &[CorporateAction]) -> Outcome<u64> {
        self.write("storing corporate actions", |session| corporate::put(session, actions))
    }

    fn corporate_actions(
        &self,
        instrument: InstrumentId,
        from: Timestamp,
        until: Timestamp,
    ) -> Outcome<Vec<CorporateAction>> {
        self.read("reading corporate actions", |session| corporate::range(session, instrument, from, until))
    }
}

fn bar(row: &Row) -> Result<Bar, Failure> {
    let mut columns = Columns::of(row);
    let (instrument, trades) = (columns.instrument()?, columns.small()?);
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
        volume: columns.quantity()?,
        number: columns.small()?,
        revision: columns.small()?,
    })
}

fn trade(row: &Row) -> Result<(i64, Trade), Failure> {
    let mut columns = Columns::of(row);
    let number: i64 = columns.get()?;
    let trade = Trade {
        instrument: columns.instrument()?,
        id: numbers::trade_id(number),
        price: columns.price()?,
        quantity: columns.quantity()?,
        aggressor: numbers::aggressor(columns.get()?),
        venue_time: columns.time()?,
        receive_time: columns.time()?,
    };
    Ok((number, trade))
}

fn quote(row: &Row) -> Result<Quote, Failure> {
    let mut columns = Columns::of(row);
    Ok(Quote {
        instrument: columns.instrument()?,
        bid: Level { price: columns.price()?, quantity: columns.quantity()? },
        ask: Level { price: columns.price()?, quantity: columns.quantity()? },
        venue_time: columns.time()?,
        receive_time: columns.time()?,
    })
}

fn spread(row: &Row) -> Result<CrossVenueSpread, Failure> {
    let mut columns = Columns::of(row);
    let id = columns.unsigned()?;
    let phase = spread_phase::read(columns.get()?);
    let phase = phase.ok_or_else(|| columns.unreadable(1, "there is no such phase"))?;
    Ok(CrossVenueSpread {
        id,
        phase,
        asset: columns.named(Code::new)?,
        buy: columns.instrument()?,
        sell: columns.instrument()?,
        buy_price: columns.price()?,
        sell_price: columns.price()?,
        quantity: columns.quantity()?,
        gross: columns.money()?,
        fees: columns.money()?,
        net_rate: columns.rate()?,
        buy_age: columns.get().map(Span::from_nanos)?,
        sell_age: columns.get().map(Span::from_nanos)?,
        time: columns.time()?,
    })
}
