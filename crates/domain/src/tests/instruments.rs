use proptest::prelude::*;

use crate::{
    Contract, Currency, Instrument, InstrumentId, InstrumentKind, Instruments, Level, Money, NumberError,
    Price, Quantity, Quote, Rate, Timestamp, Venue,
};

fn instrument(symbol: &str, contract: Contract) -> Instrument {
    Instrument {
        id: InstrumentId(77),
        symbol: symbol.into(),
        venue: Venue::new("TEST").unwrap(),
        kind: InstrumentKind::Spot,
        contract,
        base: Currency::BTC,
        quote: Currency::USD,
        settlement: Currency::USD,
        price_tick: Price::from_raw(1),
        quantity_step: Quantity::from_raw(1),
        maker_fee: Rate::ZERO,
        taker_fee: Rate::ZERO,
    }
}

fn linear(size: i64) -> Contract {
    Contract::Linear { size: Rate::from_raw(size) }
}

fn inverse(units: i64) -> Contract {
    Contract::Inverse { size: Rate::from_raw(units * Rate::SCALE) }
}

#[test]
fn values_by_example() {
    let cases = [
        (Contract::UNIT, "100.5", "3", "301.5"),
        (Contract::UNIT, "-37.63", "2", "-75.26"),
        (linear(10 * Rate::SCALE), "2", "-3", "-60"),
        (linear(1_000_000), "50000", "7", "350"),
        (inverse(100), "50000", "1000", "2"),
        (inverse(100), "30000", "1", "0.003333333333333333"),
        (inverse(100), "30000", "-1", "-0.003333333333333333"),
    ];
    for (contract, price, quantity, expected) in cases {
        let (price, quantity): (Price, Quantity) = (price.parse().unwrap(), quantity.parse().unwrap());
        let value = instrument("A", contract).value(price, quantity);
        assert_eq!(value, Ok(expected.parse().unwrap()), "{contract:?} {price} {quantity}");
    }
}

#[test]
fn values_out_of_range_are_errors() {
    let (top, many) = (Price::MAX, Quantity::from_raw(i128::MAX));
    for contract in [Contract::UNIT, linear(5), inverse(100)] {
        assert_eq!(instrument("A", contract).value(top, many), Err(NumberError::Overflow));
    }
    let at_zero = instrument("A", inverse(100)).value(Price::ZERO, Quantity::from_units(1));
    assert_eq!(at_zero, Err(NumberError::DivisionByZero));
    assert_eq!(instrument("A", inverse(100)).base_quantity(Price::ZERO, Quantity::from_units(1)), None);
}

#[test]
fn sizes_compare_in_the_base_asset() {
    let price = Price::from_units(50_000);
    let base =
        |contract, quantity| instrument("A", contract).base_quantity(price, Quantity::from_units(quantity));
    assert_eq!(base(Contract::UNIT, 3), Some(Quantity::from_units(3)));
    assert_eq!(base(linear(1_000_000), 2_000), Some(Quantity::from_units(2)));
    assert_eq!(base(inverse(100), 1_000), Some(Quantity::from_units(2)));
}

#[test]
fn a_listing_keeps_its_id() {
    let mut listed = Instruments::default();
    let first = listed.list(instrument("A", Contract::UNIT)).unwrap();
    let second = listed.list(instrument("B", Contract::UNIT)).unwrap();
    assert_eq!((first, second), (InstrumentId(0), InstrumentId(1)));
    assert_eq!(listed.list(instrument("A", inverse(1))).unwrap(), first);
    assert_eq!(listed.get(first).unwrap().contract, Contract::UNIT, "the first listing stands");
    assert_eq!((listed.len(), listed.get(InstrumentId(2))), (2, None));
    assert_eq!(listed.find(Venue::new("TEST").unwrap(), "B").unwrap().id, second);
    assert_eq!(listed.find(Venue::new("OTHER").unwrap(), "B"), None);
}

#[test]
fn a_quote_has_two_sides_or_not() {
    let level =
        |price, quantity| Level { price: Price::from_raw(price), quantity: Quantity::from_raw(quantity) };
    let quote = |bid, ask| Quote {
        instrument: InstrumentId(0),
        bid,
        ask,
        venue_time: Timestamp::EPOCH,
        receive_time: Timestamp::EPOCH,
    };
    assert!(quote(level(1, 1), level(2, 1)).is_two_sided());
    for (bid, ask) in [(level(2, 1), level(2, 1)), (level(1, 0), level(2, 1)), (level(1, 1), level(2, 0))] {
        assert!(!quote(bid, ask).is_two_sided());
    }
    assert_eq!(quote(level(1, 1), level(4, 1)).mid(), Ok(Price::from_raw(2)));
    assert_eq!(quote(level(i64::MAX, 1), level(1, 1)).mid(), Err(NumberError::Overflow));
}

proptest! {
    #[test]
    fn a_whole_linear_size_is_exact(price in any::<i32>(), quantity in any::<i32>(), size in 1i64..1_000) {
        let (price, quantity) = (i64::from(price), i128::from(quantity));
        let contract = linear(size * Rate::SCALE);
        let value = instrument("A", contract).value(Price::from_raw(price), Quantity::from_raw(quantity));
        prop_assert_eq!(value, Ok(Money::from_raw(i128::from(price) * quantity * i128::from(size))));
    }

    /// The value times the price is the contracts' worth in quote units, short of it by less than one last digit.
    #[test]
    fn an_inverse_value_is_truncated(price in 1i64..1 << 50, quantity in -(1i128 << 40)..1 << 40) {
        let value = instrument("A", inverse(100)).value(Price::from_raw(price), Quantity::from_raw(quantity)).unwrap();
        let exact = quantity * 100 * i128::from(Rate::SCALE) * i128::from(Price::SCALE);
        let rest = exact - value.raw() * i128::from(price);
        prop_assert!(rest.abs() < i128::from(price));
        prop_assert!(rest == 0 || (rest < 0) == (quantity < 0));
    }
}
