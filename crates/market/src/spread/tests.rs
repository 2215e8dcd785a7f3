mod laws;
mod life;

use domain::{
    Contract, CrossVenueSpread, Currency, Instrument, InstrumentId, InstrumentKind, Instruments, Level,
    Price, Quantity, Quote, Rate, Span, Timestamp, Venue,
};

use super::{CrossVenueDetector, GroupError, SpreadLimits};

const INVERSE_CONTRACT: Contract = Contract::Inverse { size: Rate::from_raw(100 * Rate::SCALE) };

fn limits(max_age: i64, min_net_rate: &str) -> SpreadLimits {
    SpreadLimits {
        max_quote_age: Span::from_nanos(max_age),
        min_net_rate: Rate::parse(min_net_rate.as_bytes()).unwrap(),
    }
}

/// One instrument of BTC for each contract and taker fee, with ids from zero.
fn instruments(terms: &[(Contract, &str)]) -> Instruments {
    let mut instruments = Instruments::default();
    for (index, &(contract, fee)) in terms.iter().enumerate() {
        let instrument = Instrument {
            id: InstrumentId(0),
            symbol: format!("BTC{index}"),
            venue: Venue::new(&format!("VENUE-{index}")).unwrap(),
            kind: InstrumentKind::Spot,
            contract,
            base: Currency::BTC,
            quote: Currency::USD,
            settlement: Currency::USD,
            price_tick: Price::from_raw(1),
            quantity_step: Quantity::from_raw(1),
            maker_fee: Rate::ZERO,
            taker_fee: Rate::parse(fee.as_bytes()).unwrap(),
        };
        instruments.list(instrument).unwrap();
    }
    instruments
}

fn all(instruments: &Instruments) -> Vec<InstrumentId> {
    instruments.iter().map(|instrument| instrument.id).collect()
}

fn level((price, quantity): (&str, &str)) -> Level {
    Level {
        price: Price::parse(price.as_bytes()).unwrap(),
        quantity: Quantity::parse(quantity.as_bytes()).unwrap(),
    }
}

fn quote(instrument: u32, time: i64, bid: (&str, &str), ask: (&str, &str)) -> Quote {
    Quote {
        instrument: InstrumentId(instrument),
        bid: level(bid),
        ask: level(ask),
        venue_time: Timestamp::from_nanos(time - 1),
        receive_time: Timestamp::from_nanos(time),
    }
}

fn feed(detector: &mut CrossVenueDetector, quote: Quote) -> Vec<CrossVenueSpread> {
    let mut found = Vec::new();
    detector.on_quote(&quote, &mut |spread| found.push(spread));
    found
}

#[test]
fn groups_are_checked() {
    let mut listed = instruments(&[(Contract::UNIT, "0"), (Contract::UNIT, "0")]);
    let ether = Instrument {
        base: Currency::new("ETH").unwrap(),
        symbol: "ETH".into(),
        ..listed.get(InstrumentId(0)).unwrap().clone()
    };
    let ether = listed.list(ether).unwrap();
    let (first, second) = (InstrumentId(0), InstrumentId(1));
    let refused = |groups: &[Vec<InstrumentId>]| {
        CrossVenueDetector::new(&listed, groups, limits(1, "0")).map(|_| ()).unwrap_err()
    };
    assert_eq!(refused(&[vec![first, ether]]), GroupError::MixedBase(ether));
    assert_eq!(refused(&[vec![first, second], vec![second]]), GroupError::Repeated(second));
    assert_eq!(refused(&[vec![first, first]]), GroupError::Repeated(first));
    let missing = InstrumentId(9);
    assert_eq!(refused(&[vec![missing]]), GroupError::UnknownInstrument(missing));
}

#[test]
fn instruments_of_different_groups_are_not_compared() {
    let listed = instruments(&[(Contract::UNIT, "0"); 3]);
    let groups = [vec![InstrumentId(0)], vec![InstrumentId(1)]];
    let mut detector = CrossVenueDetector::new(&listed, &groups, limits(100, "0")).unwrap();
    for (instrument, price) in [(0, "1"), (1, "50"), (2, "100")] {
        assert_eq!(feed(&mut detector, quote(instrument, 5, (price, "1"), (price, "1"))), []);
    }
}
