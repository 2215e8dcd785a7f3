//! Writing market data: each table's rows sorted the way the table lies, then one prepared statement for all.
//! Sorted rows touch each page once.

use domain::{Bar, CrossVenueSpread, InstrumentId, Quote, Side, Trade};
use rusqlite::{Transaction, params};

use super::failure::Failure;
use super::instruments;
use super::values::scaled;
use crate::StoreError;
use crate::market::{Batch, Inserted, spread_place};

pub(super) fn batch(transaction: &Transaction<'_>, batch: &Batch<'_>) -> Result<Inserted, Failure> {
    check_instruments(transaction, batch)?;
    Ok(Inserted {
        trades: trades(transaction, batch.trades)?,
        quotes: quotes(transaction, batch.quotes)?,
        bars: bars(transaction, batch.bars)?,
        spreads: spreads(transaction, batch.spreads)?,
    })
}

/// Looks up each instrument of the batch once. Runs of one instrument are common, so few are even collected.
fn check_instruments(transaction: &Transaction<'_>, batch: &Batch<'_>) -> Result<(), Failure> {
    let mut named: Vec<InstrumentId> = Vec::new();
    let mut note = |id: InstrumentId| {
        if named.last() != Some(&id) {
            named.push(id);
        }
    };
    batch.trades.iter().for_each(|trade| note(trade.instrument));
    batch.quotes.iter().for_each(|quote| note(quote.instrument));
    batch.bars.iter().for_each(|bar| note(bar.instrument));
    batch.spreads.iter().for_each(|spread| [spread.buy, spread.sell].into_iter().for_each(&mut note));
    check_known(transaction, named)
}

pub(super) fn check_known(
    transaction: &Transaction<'_>,
    mut named: Vec<InstrumentId>,
) -> Result<(), Failure> {
    named.sort_unstable();
    named.dedup();
    for id in named {
        if !instruments::exists(transaction, id)? {
            return Err(StoreError::invalid(format!("instrument {id} was never put into the store")).into());
        }
    }
    Ok(())
}

/// A number for a row whose venue gives none: from what it says, so that the same row gets the same number, and
/// negative, so that it is no venue's. Equal rows of one moment are told apart by how many came before.
struct Numbers {
    content: u32,
    key: (InstrumentId, i64),
    seen: u16,
}

impl Numbers {
    const fn new() -> Self {
        Self { content: 0, key: (InstrumentId(u32::MAX), i64::MIN), seen: 0 }
    }

    /// Rows must come with equal ones side by side.
    fn next(&mut self, key: (InstrumentId, i64), content: u32) -> i64 {
        let is_again = self.key == key && self.content == content;
        self.seen = if is_again { self.seen.saturating_add(1) } else { 0 };
        (self.key, self.content) = (key, content);
        i64::MIN + (i64::from(content) << 16) + i64::from(self.seen)
    }
}

fn crc(fields: &[i128]) -> u32 {
    let mut hasher = crc32fast::Hasher::new();
    fields.iter().for_each(|field| hasher.update(&field.to_le_bytes()));
    hasher.finalize()
}

fn trade_key(trade: &Trade) -> (InstrumentId, i64, i64, i64, i128, Option<i64>) {
    let (price, quantity) = (trade.price.raw(), trade.quantity.raw());
    (trade.instrument, trade.venue_time.nanos(), trade.id.cast_signed(), price, quantity, aggressor(trade))
}

fn aggressor(trade: &Trade) -> Option<i64> {
    trade.aggressor.map(|side| i64::from(side == Side::Sell))
}

fn trades(transaction: &Transaction<'_>, trades: &[Trade]) -> Result<u64, Failure> {
    let mut sorted: Vec<&Trade> = trades.iter().collect();
    sorted.sort_unstable_by_key(|trade| trade_key(trade));
    let mut statement = transaction.prepare_cached(
        "INSERT OR IGNORE INTO trades (instrument, venue_time, number, price, quantity, is_sell, receive_time)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
    )?;
    let (mut numbers, mut inserted) = (Numbers::new(), 0);
    for trade in sorted {
        let time = trade.venue_time.nanos();
        let number = match trade.id {
            0 => numbers.next((trade.instrument, time), trade_content(trade)),
            id => id.cast_signed(),
        };
        inserted += statement.execute(params![
            trade.instrument.0,
            time,
            number,
            trade.price.raw(),
            scaled(trade.quantity),
            aggressor(trade),
            trade.receive_time.nanos(),
        ])?;
    }
    Ok(count(inserted))
}

fn trade_content(trade: &Trade) -> u32 {
    let aggressor = aggressor(trade).map_or(-1, i128::from);
    crc(&[i128::from(trade.price.raw()), trade.quantity.raw(), aggressor])
}

fn quote_key(quote: &Quote) -> (InstrumentId, i64, [i128; 5]) {
    (quote.instrument, quote.receive_time.nanos(), quote_content(quote))
}

fn quote_content(quote: &Quote) -> [i128; 5] {
    [
        i128::from(quote.bid.price.raw()),
        quote.bid.quantity.raw(),
        i128::from(quote.ask.price.raw()),
        quote.ask.quantity.raw(),
        i128::from(quote.venue_time.nanos()),
    ]
}

fn quotes(transaction: &Transaction<'_>, quotes: &[Quote]) -> Result<u64, Failure> {
    let mut sorted: Vec<&Quote> = quotes.iter().collect();
    sorted.sort_unstable_by_key(|quote| quote_key(quote));
    let mut statement = transaction.prepare_cached(
        "INSERT OR IGNORE INTO quotes
           (instrument, receive_time, number, bid, bid_quantity, ask, ask_quantity, venue_time)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
    )?;
    let (mut numbers, mut inserted) = (Numbers::new(), 0);
    for quote in sorted {
        let time = quote.receive_time.nanos();
        inserted += statement.execute(params![
            quote.instrument.0,
            time,
            numbers.next((quote.instrument, time), crc(&quote_content(quote))),
            quote.bid.price.raw(),
            scaled(quote.bid.quantity),
            quote.ask.price.raw(),
            scaled(quote.ask.quantity),
            quote.venue_time.nanos(),
        ])?;
    }
    Ok(count(inserted))
}

/// A bar that is built anew after a restart holds fewer trades than the whole one and does not replace it.
fn bars(transaction: &Transaction<'_>, bars: &[Bar]) -> Result<u64, Failure> {
    let mut sorted: Vec<&Bar> = bars.iter().collect();
    sorted.sort_by_key(|bar| (bar.instrument, bar.period, bar.open_time));
    let mut statement = transaction.prepare_cached(
        "INSERT INTO bars (instrument, period, open_time, open, high, low, close, volume, trades)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)
         ON CONFLICT (instrument, period, open_time) DO UPDATE
         SET open = excluded.open, high = excluded.high, low = excluded.low, close = excluded.close,
             volume = excluded.volume, trades = excluded.trades
         WHERE excluded.trades >= bars.trades
           AND (excluded.open, excluded.high, excluded.low, excluded.close, excluded.volume, excluded.trades)
               IS NOT (bars.open, bars.high, bars.low, bars.close, bars.volume, bars.trades)",
    )?;
    let mut inserted = 0;
    for bar in sorted {
        inserted += statement.execute(params![
            bar.instrument.0,
            bar.period.span().nanos(),
            bar.open_time.nanos(),
            bar.open.raw(),
            bar.high.raw(),
            bar.low.raw(),
            bar.close.raw(),
            scaled(bar.volume),
            bar.trades,
        ])?;
    }
    Ok(count(inserted))
}

fn spreads(transaction: &Transaction<'_>, spreads: &[CrossVenueSpread]) -> Result<u64, Failure> {
    let mut statement = transaction.prepare_cached(
        "INSERT OR IGNORE INTO spreads (time, id, phase, asset, buy, sell, buy_price, sell_price, quantity, gross,
                                        fees, net_rate, buy_age, sell_age)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14)",
    )?;
    let mut inserted = 0;
    for spread in spreads {
        let [time, id, phase] = spread_place(spread);
        inserted += statement.execute(params![
            time,
            id,
            phase,
            spread.asset.as_str(),
            spread.buy.0,
            spread.sell.0,
            spread.buy_price.raw(),
            spread.sell_price.raw(),
            scaled(spread.quantity),
            spread.gross.to_string(),
            spread.fees.to_string(),
            spread.net_rate.raw(),
            spread.buy_age.nanos(),
            spread.sell_age.nanos(),
        ])?;
    }
    Ok(count(inserted))
}

pub(super) fn count(rows: usize) -> u64 {
    u64::try_from(rows).unwrap_or(u64::MAX)
}
