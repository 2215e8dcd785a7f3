//! What is old goes, what is young stays, and the stop is not kept waiting.

use domain::{
    Contract, Currency, Instrument, InstrumentKind, Instruments, Price, Quantity, Rate, Trade, Venue,
};
use store::{Batch, Store};

use super::*;

fn instruments() -> Instruments {
    let mut instruments = Instruments::default();
    let one = Instrument {
        id: domain::InstrumentId(0),
        symbol: "ONE".to_owned(),
        venue: Venue::new("PIER").unwrap(),
        kind: InstrumentKind::Spot,
        contract: Contract::UNIT,
        base: Currency::BTC,
        quote: Currency::USD,
        settlement: Currency::USD,
        price_tick: Price::from_raw(1),
        quantity_step: Quantity::from_raw(1),
        maker_fee: Rate::ZERO,
        taker_fee: Rate::ZERO,
    };
    instruments.list(one).unwrap();
    instruments
}

fn trade(time: Timestamp) -> Trade {
    Trade {
        instrument: domain::InstrumentId(0),
        id: 0,
        price: Price::from_units(1),
        quantity: Quantity::from_units(1),
        aggressor: None,
        venue_time: time,
        receive_time: time,
    }
}

#[test]
fn only_ticks_older_than_the_hours_are_deleted() {
    let folder = tempfile::tempdir().unwrap();
    let url = format!("sqlite:{}", folder.path().join("upkeep.db").display());
    let market = Store::open(&url).unwrap().market();
    market.put_instruments(&instruments()).unwrap();
    let now = Timestamp::from_seconds(1_700_000_000);
    let trades = [-7_201, -7_200, 0].map(|seconds| trade(now.plus(Span::from_seconds(seconds))));
    market.insert_batch(&Batch { trades: &trades, ..Batch::default() }).unwrap();
    prune(&market, &[domain::InstrumentId(0)], oldest_kept(now, 2));
    let mut left = Vec::new();
    let take = |trade: Trade| {
        left.push(trade);
        true
    };
    market.read_trades(domain::InstrumentId(0), Timestamp::MIN, Timestamp::MAX, take).unwrap();
    assert_eq!(left, trades[1..]);
}

#[test]
fn a_wait_ends_with_the_stop_and_not_with_the_time() {
    let stop = Stop::default();
    let waiting = stop.clone();
    let started = SystemClock.now();
    let thread = std::thread::spawn(move || wait(&waiting));
    stop.request();
    assert!(!thread.join().unwrap(), "no look after the stop");
    assert!(SystemClock.now().since(started) < Span::from_seconds(60));
    assert!(LOOK_EVERY < Duration::from_secs(1));
}
