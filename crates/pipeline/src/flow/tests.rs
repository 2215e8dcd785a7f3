mod checks;
mod market;
mod recording;

use domain::{
    Contract, Currency, DepthSnapshot, DepthUpdate, FeedMessage, Instrument, InstrumentId, InstrumentKind,
    Instruments, Level, MarketEvent, Price, Quantity, Quote, Rate, Span, Timestamp, Trade, Venue,
};
use market_crate::{SequenceRule, SpreadLimits};

use super::{Flow, FlowConfig};

use ::market as market_crate;

const A: InstrumentId = InstrumentId(0);
const B: InstrumentId = InstrumentId(1);

/// Two instruments of one asset, without fees.
fn instruments() -> Instruments {
    let mut listed = Instruments::default();
    for venue in ["FIRST", "SECOND"] {
        let instrument = Instrument {
            id: A,
            symbol: "BTCUSDT".to_owned(),
            venue: Venue::new(venue).unwrap(),
            kind: InstrumentKind::Spot,
            contract: Contract::UNIT,
            base: Currency::BTC,
            quote: Currency::USDT,
            settlement: Currency::USDT,
            price_tick: Price::from_units(1),
            quantity_step: Quantity::from_units(1),
            maker_fee: Rate::ZERO,
            taker_fee: Rate::ZERO,
        };
        listed.list(instrument).unwrap();
    }
    listed
}

fn limits() -> SpreadLimits {
    SpreadLimits { max_quote_age: Span::MINUTE, min_net_rate: Rate::ZERO }
}

fn config() -> FlowConfig {
    FlowConfig {
        books: vec![(A, SequenceRule::Contiguous.into())],
        depth_levels: 2,
        ..FlowConfig::checks_only(limits())
    }
}

fn at(seconds: i64) -> Timestamp {
    Timestamp::from_seconds(1_000_000_020 + seconds)
}

fn level(price: i32, quantity: i64) -> Level {
    Level { price: Price::from_units(price), quantity: Quantity::from_units(quantity) }
}

fn quote(instrument: InstrumentId, bid: i32, ask: i32, seconds: i64) -> Quote {
    let (bid, ask, time) = (level(bid, 1), level(ask, 1), at(seconds));
    Quote { instrument, bid, ask, venue_time: time, receive_time: time }
}

fn trade(price: i32, quantity: i64, seconds: i64) -> Trade {
    let Level { price, quantity } = level(price, quantity);
    let time = at(seconds);
    Trade { instrument: A, id: 0, price, quantity, aggressor: None, venue_time: time, receive_time: time }
}

fn snapshot(id: u64, bids: &[Level], asks: &[Level], seconds: i64) -> DepthSnapshot {
    let (bids, asks, time) = (bids.to_vec(), asks.to_vec(), at(seconds));
    let instrument = A;
    DepthSnapshot {
        instrument,
        last_update_id: id,
        bids,
        asks,
        checksum: None,
        venue_time: time,
        receive_time: time,
    }
}

fn update(ids: (u64, u64), bids: &[Level], asks: &[Level], seconds: i64) -> DepthUpdate {
    DepthUpdate {
        instrument: A,
        first_update_id: ids.0,
        last_update_id: ids.1,
        previous_update_id: None,
        bids: bids.to_vec(),
        asks: asks.to_vec(),
        checksum: None,
        venue_time: at(seconds),
        receive_time: at(seconds),
    }
}

fn feed(quote: Quote, id: u64) -> FeedMessage<'static> {
    FeedMessage::Quote { quote, update_id: Some(id) }
}

fn plain(quote: Quote) -> FeedMessage<'static> {
    FeedMessage::Quote { quote, update_id: None }
}

fn push(flow: &mut Flow, message: FeedMessage<'_>) -> Vec<MarketEvent> {
    let mut events = Vec::new();
    flow.push(message, &mut |event| events.push(event.clone()));
    events
}

fn flush(flow: &mut Flow, seconds: i64) -> Vec<MarketEvent> {
    let mut events = Vec::new();
    flow.flush(at(seconds), &mut |event| events.push(event.clone()));
    events
}
