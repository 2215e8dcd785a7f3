//! The shapes that Binance sends, byte for byte. `None` means "not one of them": the full parser decides.

use domain::{FeedMessage, InstrumentId, Level, Quote, Side, Timestamp, Trade};

use super::scan::Scan;
use super::{BinanceMarket, Decoded, TradeStream};
use crate::wire::{Buffers, Symbols};

#[inline]
pub(super) fn read(
    text: &[u8],
    receive_time: Timestamp,
    market: BinanceMarket,
    symbols: &Symbols,
    trades: TradeStream,
    buffers: &mut Buffers,
) -> Option<Decoded> {
    let mut scan = Scan::new(text);
    if !scan.accept(b"{\"stream\":\"") {
        return snapshot(scan, receive_time, symbols, buffers);
    }
    scan.name()?;
    scan.expect(b",\"data\":{\"")?;
    if scan.accept(b"e\":\"trade\"") {
        return if trades == TradeStream::Single { trade(scan, receive_time, symbols) } else { None };
    }
    if scan.accept(b"e\":\"depthUpdate\"") {
        return depth_update(scan, receive_time, market, symbols, buffers);
    }
    quote(scan, receive_time, symbols)
}

/// The fields of every futures event, or the single time of a spot event.
#[inline]
fn event_times(scan: &mut Scan<'_>) -> Option<(Timestamp, Option<Timestamp>)> {
    scan.expect(b",\"E\":")?;
    let event_time = scan.time()?;
    let transaction_time = if scan.accept(b",\"T\":") { Some(scan.time()?) } else { None };
    Some((event_time, transaction_time))
}

#[inline]
fn symbol(scan: &mut Scan<'_>, symbols: &Symbols) -> Option<InstrumentId> {
    scan.expect(b",\"s\":\"")?;
    let instrument = symbols.find(scan.name()?)?;
    if scan.accept(b",\"ps\":\"") {
        scan.name()?;
    }
    Some(instrument)
}

#[inline]
fn trade(mut scan: Scan<'_>, receive_time: Timestamp, symbols: &Symbols) -> Option<Decoded> {
    let (_, transaction_time) = event_times(&mut scan)?;
    let instrument = symbol(&mut scan, symbols)?;
    scan.expect(b",\"t\":")?;
    let id = scan.integer()?;
    scan.expect(b",\"p\":\"")?;
    let price = scan.price()?;
    scan.expect(b",\"q\":\"")?;
    let quantity = scan.quantity().filter(|quantity| quantity.is_positive())?;
    let venue_time = match transaction_time {
        Some(time) => {
            scan.expect(b",\"X\":\"")?;
            scan.name()?;
            time
        }
        None => {
            scan.expect(b",\"T\":")?;
            scan.time()?
        }
    };
    scan.expect(b",\"m\":")?;
    let buyer_is_maker = scan.boolean()?;
    if scan.accept(b",\"M\":") {
        scan.boolean()?;
    }
    scan.expect(b"}}")?;
    let aggressor = Some(if buyer_is_maker { Side::Sell } else { Side::Buy });
    let trade = Trade { instrument, id, price, quantity, aggressor, venue_time, receive_time };
    scan.is_at_end().then_some(Decoded::Own(FeedMessage::Trade(trade)))
}

#[inline]
fn depth_update(
    mut scan: Scan<'_>,
    receive_time: Timestamp,
    market: BinanceMarket,
    symbols: &Symbols,
    buffers: &mut Buffers,
) -> Option<Decoded> {
    let update = &mut buffers.update;
    let (event_time, transaction_time) = event_times(&mut scan)?;
    update.instrument = symbol(&mut scan, symbols)?;
    scan.expect(b",\"U\":")?;
    update.first_update_id = scan.integer()?;
    scan.expect(b",\"u\":")?;
    update.last_update_id = scan.integer()?;
    update.previous_update_id = if scan.accept(b",\"pu\":") { Some(scan.integer()?) } else { None };
    if update.previous_update_id.is_none() && market.names_previous_update() {
        return None;
    }
    scan.expect(b",\"b\":[")?;
    scan.levels(&mut update.bids)?;
    scan.expect(b",\"a\":[")?;
    scan.levels(&mut update.asks)?;
    scan.expect(b"}}")?;
    update.venue_time = transaction_time.unwrap_or(event_time);
    update.receive_time = receive_time;
    (scan.is_at_end() && update.first_update_id <= update.last_update_id).then_some(Decoded::DepthUpdate)
}

/// Spot `u,s,…`; USD-M `e,u,s,…,T,E`; COIN-M `u,e,s,ps,…,T,E`.
#[inline]
fn quote(mut scan: Scan<'_>, receive_time: Timestamp, symbols: &Symbols) -> Option<Decoded> {
    let event_comes_first = scan.accept(b"e\":\"bookTicker\",\"");
    scan.expect(b"u\":")?;
    let update_id = scan.integer()?;
    let event_comes_second = !event_comes_first && scan.accept(b",\"e\":\"bookTicker\"");
    let instrument = symbol(&mut scan, symbols)?;
    scan.expect(b",\"b\":\"")?;
    let bid = best(&mut scan, b",\"B\":\"")?;
    scan.expect(b",\"a\":\"")?;
    let ask = best(&mut scan, b",\"A\":\"")?;
    let venue_time = if event_comes_first || event_comes_second {
        scan.expect(b",\"T\":")?;
        let transaction_time = scan.time()?;
        scan.expect(b",\"E\":")?;
        scan.time()?;
        transaction_time
    } else {
        receive_time
    };
    scan.expect(b"}}")?;
    let quote = Quote { instrument, bid, ask, venue_time, receive_time };
    let message = FeedMessage::Quote { quote, update_id: Some(update_id) };
    scan.is_at_end().then_some(Decoded::Own(message))
}

#[inline]
fn best(scan: &mut Scan<'_>, between: &[u8; 6]) -> Option<Level> {
    let price = scan.price()?;
    scan.expect(between)?;
    Some(Level { price, quantity: scan.quantity()? })
}

/// A REST answer: no envelope; futures add times, COIN-M names symbol and pair.
fn snapshot(
    mut scan: Scan<'_>,
    receive_time: Timestamp,
    symbols: &Symbols,
    buffers: &mut Buffers,
) -> Option<Decoded> {
    let snapshot = &mut buffers.snapshot;
    scan.expect(b"{\"lastUpdateId\":")?;
    snapshot.last_update_id = scan.integer()?;
    snapshot.venue_time = receive_time;
    if scan.accept(b",\"E\":") {
        scan.time()?;
        scan.expect(b",\"T\":")?;
        snapshot.venue_time = scan.time()?;
    }
    snapshot.instrument = if scan.accept(b",\"symbol\":\"") {
        let instrument = symbols.find(scan.name()?)?;
        scan.expect(b",\"pair\":\"")?;
        scan.name()?;
        instrument
    } else {
        symbols.only()?
    };
    scan.expect(b",\"bids\":[")?;
    scan.levels(&mut snapshot.bids)?;
    scan.expect(b",\"asks\":[")?;
    scan.levels(&mut snapshot.asks)?;
    scan.expect(b"}")?;
    snapshot.receive_time = receive_time;
    scan.is_at_end().then_some(Decoded::DepthSnapshot)
}
