use domain::{
    Contract, Currency, Instrument, InstrumentKind, Instruments, Price, Quantity, Rate, Timestamp, Trade,
    Venue,
};

use pipeline::contract::{Subject, check};

use super::*;

fn instruments() -> Instruments {
    let mut instruments = Instruments::default();
    let one = Instrument {
        id: InstrumentId(0),
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

fn trade(instrument: u32, id: u64) -> SinkItem {
    SinkItem::Trade(Trade {
        instrument: InstrumentId(instrument),
        id,
        price: Price::from_units(1),
        quantity: Quantity::from_units(1),
        aggressor: None,
        venue_time: Timestamp::from_seconds(1),
        receive_time: Timestamp::from_seconds(1),
    })
}

#[test]
fn rows_of_an_instrument_that_is_not_known_are_named_and_the_others_pass() {
    let store = Store::open(":memory:").unwrap();
    store.market().put_instruments(&instruments()).unwrap();
    let health = Arc::new(StoreHealth::new(Patience::Live));
    let mut sink = StoreSink::new(store, Arc::clone(&health), None);
    let refused = sink.commit(&[trade(0, 1), trade(7, 2), trade(0, 3), trade(7, 4)]).unwrap_err();
    assert_eq!(refused.fault, SinkFault::RefusedItems(vec![1, 3]), "{refused}");
    assert_eq!((health.fault(), health.stored()), (None, 0), "the store itself is well");
    sink.commit(&[trade(0, 1), trade(0, 3)]).unwrap();
    assert_eq!(health.stored(), 2);
    assert!(sink.is_reachable());
}

/// On either database.
fn is_a_sink_as_the_contract_wants_it(store: &Store) {
    store.market().put_instruments(&instruments()).unwrap();
    let health = Arc::new(StoreHealth::new(Patience::Live));
    let kept = || {
        let mut kept = Vec::new();
        let take = |trade| {
            kept.push(SinkItem::Trade(trade));
            true
        };
        let market = store.market();
        market.read_trades(InstrumentId(0), Timestamp::MIN, Timestamp::MAX, take).unwrap();
        kept
    };
    check(&Subject {
        sink: &|| Box::new(StoreSink::new(store.clone(), Arc::clone(&health), None)),
        kept: &kept,
        sound: (1..=20).map(|id| trade(0, id)).collect(),
        poison: Some(trade(7, 1)),
    });
}

#[test]
fn sqlite_is_a_sink_as_the_contract_wants_it() {
    let folder = tempfile::tempdir().unwrap();
    let url = format!("sqlite:{}", folder.path().join("contract.db").display());
    is_a_sink_as_the_contract_wants_it(&Store::open(&url).unwrap());
}

#[test]
fn postgresql_is_a_sink_as_the_contract_wants_it() {
    let Some(server) = servers::postgres() else { return };
    is_a_sink_as_the_contract_wants_it(&Store::open(&server.create("sink_contract")).unwrap());
}
