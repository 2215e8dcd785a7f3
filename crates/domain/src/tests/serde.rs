//! What is written as JSON reads back as it was, and numbers are text.

use std::fmt::Debug;
use std::sync::Arc;

use serde::{Serialize, de::DeserializeOwned};
use serde_json::json;

use crate::{
    Bar, BarRule, Contract, CorporateAction, CorporateTerms, CrossVenueSpread, Currency, Depth, Dividend,
    Fill, FillId, Instrument, InstrumentId, InstrumentKind, Level, Link, LinkRole, Liquidity, MarketEvent,
    Money, Order, OrderEvent, OrderId, OrderKind, OrderRequest, PairSpread, Price, Quantity, Quote, Rate,
    RegimeChange, Side, Span, Split, SpreadPhase, SpreadRegime, TimeInForce, Timestamp, Trade, Venue,
    VenueOrderId,
};

const INSTRUMENT: InstrumentId = InstrumentId(1);
const TIME: Timestamp = Timestamp::from_nanos(1_723_161_254_206_652_067);

fn assert_round_trip<T: Serialize + DeserializeOwned + PartialEq + Debug>(value: &T) {
    let text = serde_json::to_string(value).unwrap();
    assert_eq!(&serde_json::from_str::<T>(&text).unwrap(), value, "{text}");
    let tree = serde_json::to_value(value).unwrap();
    assert_eq!(&serde_json::from_value::<T>(tree).unwrap(), value, "owned text reads as lent text does");
}

fn level() -> Level {
    Level { price: Price::parse(b"61837.63").unwrap(), quantity: Quantity::parse(b"0.00000001").unwrap() }
}

fn market_events() -> Vec<MarketEvent> {
    let (price, quantity) = (level().price, level().quantity);
    let times = (TIME, TIME.plus(Span::SECOND));
    let corporate =
        |terms| MarketEvent::Corporate(CorporateAction { instrument: INSTRUMENT, time: TIME, terms });
    vec![
        MarketEvent::Trade(Trade {
            instrument: INSTRUMENT,
            id: u64::MAX,
            price,
            quantity,
            aggressor: Some(Side::Sell),
            venue_time: times.0,
            receive_time: times.1,
        }),
        MarketEvent::Quote(Quote {
            instrument: INSTRUMENT,
            bid: level(),
            ask: Level::default(),
            venue_time: times.0,
            receive_time: times.1,
        }),
        MarketEvent::Bar(Bar {
            instrument: INSTRUMENT,
            trades: 7,
            rule: BarRule::MINUTE,
            open_time: TIME,
            close_time: TIME.plus(Span::MINUTE),
            open: price,
            high: price,
            low: price,
            close: price,
            volume: quantity,
            number: 2,
            revision: 1,
        }),
        MarketEvent::Depth(Arc::new(Depth {
            instrument: INSTRUMENT,
            bids: vec![level()],
            asks: vec![],
            venue_time: times.0,
            receive_time: times.1,
        })),
        MarketEvent::Spread(spread()),
        MarketEvent::Pair(pair()),
        MarketEvent::Regime(RegimeChange {
            instrument: INSTRUMENT,
            from: SpreadRegime::Usual,
            to: SpreadRegime::Wide,
            share: Rate::from_basis_points(7),
            usual: Rate::from_basis_points(2),
            z_score: Rate::from_raw(3_100_000_000),
            time: TIME,
        }),
        corporate(CorporateTerms::Split(Split { numerator: 7, denominator: 1 })),
        corporate(CorporateTerms::Dividend(Dividend { per_share: price })),
        MarketEvent::Invalid { instrument: INSTRUMENT, time: times.1 },
    ]
}

fn spread() -> CrossVenueSpread {
    CrossVenueSpread {
        id: 3,
        phase: SpreadPhase::Changed,
        asset: Currency::BTC,
        buy: INSTRUMENT,
        sell: InstrumentId(2),
        buy_price: level().price,
        sell_price: level().price,
        quantity: level().quantity,
        gross: Money::from_units(2),
        fees: Money::from_raw(1),
        net_rate: Rate::from_basis_points(-1),
        buy_age: Span::SECOND,
        sell_age: Span::ZERO,
        time: TIME,
    }
}

fn pair() -> PairSpread {
    PairSpread {
        id: 4,
        phase: SpreadPhase::Opened,
        first: INSTRUMENT,
        second: InstrumentId(2),
        first_price: level().price,
        second_price: level().price,
        hedge_ratio: Rate::from_raw(1_500_000_000),
        z_score: Rate::from_raw(-3_000_000_000),
        correlation: Rate::from_raw(900_000_000),
        samples: 300,
        time: TIME,
    }
}

fn fill() -> Fill {
    Fill {
        id: FillId(5),
        order: OrderId(1),
        instrument: INSTRUMENT,
        side: Side::Buy,
        liquidity: Liquidity::Maker,
        price: level().price,
        quantity: level().quantity,
        fee: Money::from_raw(-1),
        time: TIME,
    }
}

#[test]
fn market_events_round_trip_and_know_their_place() {
    for event in market_events() {
        assert_round_trip(&event);
        assert_eq!(event.instrument(), INSTRUMENT);
        let expected = match event {
            MarketEvent::Bar(_) => TIME.plus(Span::MINUTE),
            MarketEvent::Spread(_)
            | MarketEvent::Pair(_)
            | MarketEvent::Regime(_)
            | MarketEvent::Corporate(_) => TIME,
            _ => TIME.plus(Span::SECOND),
        };
        assert_eq!(event.time(), expected, "{event:?}");
    }
    assert_eq!(spread().net(), Money::from_units(2).checked_sub(Money::from_raw(1)));
}

#[test]
fn orders_and_fills_round_trip() {
    let price = level().price;
    let kinds = [
        OrderKind::Market,
        OrderKind::Limit { price },
        OrderKind::Stop { trigger: price },
        OrderKind::StopLimit { trigger: price, price },
        OrderKind::TrailingStop { distance: price },
    ];
    for kind in kinds {
        let link = Some(Link { group: OrderId(8), role: LinkRole::OneCancelsOther });
        let base = OrderRequest::market(INSTRUMENT, Side::Sell, level().quantity);
        let request = OrderRequest { kind, link, time_in_force: TimeInForce::AtClose, ..base };
        assert_round_trip(&Order::new(OrderId(1), request, TIME));
    }
    assert_round_trip(&OrderEvent::Filled(fill()));
    assert_round_trip(&OrderEvent::Accepted { venue_order_id: Some(VenueOrderId(4)) });
    assert_eq!(serde_json::to_value(TimeInForce::GoodTillCancelled).unwrap(), json!("gtc"));
    assert_eq!(serde_json::to_value(OrderEvent::AnswerLost).unwrap(), json!("answer_lost"));
}

#[test]
fn instruments_round_trip() {
    for contract in [Contract::UNIT, Contract::Inverse { size: Rate::from_raw(100 * Rate::SCALE) }] {
        assert_round_trip(&Instrument {
            id: INSTRUMENT,
            symbol: "BTCUSD_PERP".into(),
            venue: Venue::new("BINANCE-COINM").unwrap(),
            kind: InstrumentKind::InversePerpetual,
            contract,
            base: Currency::BTC,
            quote: Currency::USD,
            settlement: Currency::BTC,
            price_tick: Price::from_raw(100_000_000),
            quantity_step: Quantity::from_units(1),
            maker_fee: Rate::from_basis_points(-1),
            taker_fee: Rate::from_basis_points(5),
        });
    }
}

#[test]
fn numbers_are_text_and_floats_are_refused() {
    let expected = json!({"price": "61837.63", "quantity": "0.00000001"});
    assert_eq!(serde_json::to_value(level()).unwrap(), expected);
    for text in ["1.5", "15", "null", "\"\"", "\"1e5\"", "\"0.0000000001\""] {
        assert!(serde_json::from_str::<Price>(text).is_err(), "{text}");
    }
    let error = serde_json::from_str::<Price>("\"0.0000000001\"").unwrap_err().to_string();
    assert!(error.contains("`0.0000000001` has more than 9 decimals"), "{error}");
    assert!(serde_json::from_str::<Currency>("\"NO SPACE\"").is_err());
    assert_eq!(serde_json::from_str::<Currency>("\"btc\"").unwrap(), Currency::BTC);
}
