use proptest::prelude::*;

use crate::{NumberError, Price, Quantity, Rate};

#[test]
fn scaled_integers_become_prices() {
    assert_eq!(Price::from_scaled(12_345, 2), Ok(Price::parse(b"123.45").unwrap()));
    assert_eq!(Price::from_scaled(-1, 9), Ok(Price::from_raw(-1)));
    assert_eq!(Price::from_scaled(1, 10), Err(NumberError::TooPrecise(9)));
    assert_eq!(Price::from_scaled(i64::MAX, 8), Err(NumberError::Overflow));
    assert_eq!(Rate::from_basis_points(25), Rate::parse(b"0.0025").unwrap());
}

#[test]
fn floats_out_of_range_are_no_numbers() {
    for value in [f64::NAN, f64::INFINITY, f64::NEG_INFINITY, 1e30] {
        assert_eq!(Price::from_f64(value), None);
        assert_eq!(Quantity::from_f64(value), None);
    }
    assert_eq!(Price::from_f64(0.1), Some(Price::from_raw(100_000_000)));
    assert_eq!(Quantity::from_f64(-2.5), Some(Quantity::from_raw(-2_500_000_000)));
}

#[test]
fn ticks_at_the_ends_of_the_range_saturate() {
    let (lowest, highest, tick) = (Price::from_raw(i64::MIN), Price::MAX, Price::from_raw(10));
    assert_eq!(lowest.floor_to(tick), lowest);
    assert_eq!(highest.ceil_to(tick), highest);
    assert_eq!(Price::from_raw(7).floor_to(Price::ZERO), Price::from_raw(7));
    assert!(!Price::ZERO.is_multiple_of(Price::ZERO));
}

#[test]
fn a_split_is_exact_or_refused() {
    let shares = Quantity::from_units(15);
    assert_eq!(shares.scaled_exact(7, 1), Ok(Quantity::from_units(105)));
    assert_eq!(shares.scaled_exact(1, 20), Ok(Quantity::parse(b"0.75").unwrap()));
    assert_eq!(shares.scaled_exact(1, 7), Err(NumberError::TooPrecise(9)));
    assert_eq!(shares.scaled_exact(1, 0), Err(NumberError::DivisionByZero));
    assert_eq!(Quantity::from_raw(i128::MAX).scaled_exact(2, 1), Err(NumberError::Overflow));
    assert_eq!(Quantity::from_raw(i128::MIN).scaled_exact(1, -1), Err(NumberError::Overflow));
}

proptest! {
    #[test]
    fn floor_and_ceiling_enclose_a_price(raw in -(1i64 << 62)..1 << 62, tick in 1i64..1 << 40) {
        let (price, tick) = (Price::from_raw(raw), Price::from_raw(tick));
        let (floor, ceiling) = (price.floor_to(tick), price.ceil_to(tick));
        prop_assert!(floor <= price && price <= ceiling);
        prop_assert!(floor.is_multiple_of(tick) && ceiling.is_multiple_of(tick));
        let between = ceiling.checked_sub(floor).unwrap();
        prop_assert_eq!(between, if price.is_multiple_of(tick) { Price::ZERO } else { tick });
    }

    #[test]
    fn a_quantity_is_truncated_toward_zero(raw in any::<i128>(), step in 1i128..1 << 60) {
        let (quantity, step) = (Quantity::from_raw(raw), Quantity::from_raw(step));
        let truncated = quantity.truncate_to(step);
        prop_assert!(truncated.is_multiple_of(step));
        prop_assert_eq!(truncated.raw(), raw / step.raw() * step.raw());
    }

    #[test]
    fn floats_come_back(units in -1_000_000i32..1_000_000, cents in 0i64..100) {
        let price = Price::from_raw(i64::from(units) * Price::SCALE + cents * 10_000_000);
        prop_assert_eq!(Price::from_f64(price.to_f64()), Some(price));
    }
}
