//! Writing market data: each table's rows sorted the way the table lies, then one prepared statement for all.
//! Sorted rows touch each page once.

use domain::{Bar, CrossVenueSpread, InstrumentId, Quote, Trade};
use rusqlite::{Transaction, params};

use super::failure::Failure;
use super::values::scaled;
use super::{instruments, pairs};
use crate::market::{Batch, Inserted, never_put, spread_place};
use crate::notation::numbers;

pub(super) fn batch(transaction: &Transaction<'_>, batch: &Batch<'_>) -> Result<Inserted, Failure> {
    check_known(transaction, batch.instruments())?;
    Ok(Inserted {
        trades: trades(transaction, batch.trades)?,
        quotes: quotes(transaction, batch.quotes)?,
        bars: bars(transaction, batch.bars)?,
        spreads: spreads(transaction, batch.spreads)?,
        pairs: pairs::put(transaction, batch.pairs)?,
        regimes: pairs::put_regimes(transaction, batch.regimes)?,
    })
}

/// Each of those instruments was put.
pub(super) fn check_known(transaction: &Transaction<'_>, named: Vec<InstrumentId>) -> Result<(), Failure> {
    for id in named {
        if !instruments::exists(transaction, id)? {
            return Err(never_put(id).into());
        }
    }
    Ok(())
}

fn trades(transaction: &Transaction<'_>, trades: &[Trade]) -> Result<u64, Failure> {
    let mut statement = transaction.prepare_cached(
        "INSERT OR IGNORE INTO trades (instrument, venue_time, number, price, quantity, is_sell, receive_time)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
    )?;
    let mut inserted = 0;
    for (number, trade) in numbers::trades(trades) {
        inserted += statement.execute(params![
            trade.instrument.0,
            trade.venue_time.nanos(),
            number,
            trade.price.raw(),
            scaled(trade.quantity),
            numbers::is_sell(trade),
            trade.receive_time.nanos(),
        ])?;
    }
    Ok(count(inserted))
}

fn quotes(transaction: &Transaction<'_>, quotes: &[Quote]) -> Result<u64, Failure> {
    let mut statement = transaction.prepare_cached(
        "INSERT OR IGNORE INTO quotes
           (instrument, receive_time, number, bid, bid_quantity, ask, ask_quantity, venue_time)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
    )?;
    let mut inserted = 0;
    for (number, quote) in numbers::quotes(quotes) {
        inserted += statement.execute(params![
            quote.instrument.0,
            quote.receive_time.nanos(),
            number,
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
    sorted.sort_by_key(|bar| (bar.instrument, bar.rule, bar.open_time, bar.number));
    let mut statement = transaction.prepare_cached(
        "INSERT INTO bars
           (instrument, rule, open_time, number, close_time, open, high, low, close, volume, trades, revision)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12)
         ON CONFLICT (instrument, rule, open_time, number) DO UPDATE
         SET close_time = excluded.close_time, open = excluded.open, high = excluded.high, low = excluded.low,
             close = excluded.close, volume = excluded.volume, trades = excluded.trades,
             revision = excluded.revision
         WHERE (excluded.revision > bars.revision
                OR (excluded.revision = bars.revision AND excluded.trades >= bars.trades))
           AND (excluded.close_time, excluded.open, excluded.high, excluded.low, excluded.close, excluded.volume,
                excluded.trades, excluded.revision)
               IS NOT (bars.close_time, bars.open, bars.high, bars.low, bars.close, bars.volume, bars.trades,
                       bars.revision)",
    )?;
    let mut inserted = 0;
    for bar in sorted {
        inserted += statement.execute(params![
            bar.instrument.0,
            bar.rule.to_string(),
            bar.open_time.nanos(),
            bar.number,
            bar.close_time.nanos(),
            bar.open.raw(),
            bar.high.raw(),
            bar.low.raw(),
            bar.close.raw(),
            scaled(bar.volume),
            bar.trades,
            bar.revision,
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
