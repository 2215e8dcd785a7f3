use proptest::prelude::*;

use super::wide::{at_most, product};
use crate::{Money, NumberError, Price, Quantity, Rate};

fn portion(value: i128, part: i128, whole: i128) -> Result<i128, NumberError> {
    let portion = Money::from_raw(value).portion(Quantity::from_raw(part), Quantity::from_raw(whole));
    portion.map(Money::raw)
}

/// Whole numbers of every magnitude.
fn any_magnitude() -> impl Strategy<Value = i128> {
    (any::<i128>(), 0u32..127).prop_map(|(value, shift)| value >> shift)
}

proptest! {
    #[test]
    fn a_share_is_rounded_away_from_zero(value in any::<i64>(), rate in any::<i64>()) {
        let exact = i128::from(value) * i128::from(rate);
        let away = exact.signum() * ((exact.abs() + 999_999_999) / 1_000_000_000);
        prop_assert_eq!(Money::from_raw(value.into()).share(Rate::from_raw(rate)), Ok(Money::from_raw(away)));
    }

    #[test]
    fn a_wide_share_lies_within_one_unit_of_the_exact(value in any_magnitude(), rate in any::<i64>()) {
        let exact = product(value.unsigned_abs(), rate.unsigned_abs().into());
        match Money::from_raw(value).share(Rate::from_raw(rate)) {
            Ok(share) => {
                let magnitude = share.raw().unsigned_abs();
                prop_assert!(at_most(exact, product(magnitude, 1_000_000_000)));
                prop_assert!(magnitude == 0 || !at_most(exact, product(magnitude - 1, 1_000_000_000)));
                prop_assert!(magnitude == 0 || share.is_negative() == ((value < 0) != (rate < 0)));
            }
            Err(error) => {
                prop_assert_eq!(error, NumberError::Overflow);
                prop_assert!(at_most(product(i128::MAX.unsigned_abs(), 1_000_000_000), exact));
            }
        }
    }

    #[test]
    fn a_small_portion_is_plain_division(value in any::<i64>(), part in any::<i64>(), whole in any::<i64>()) {
        prop_assume!(whole != 0);
        let expected = i128::from(value) * i128::from(part) / i128::from(whole);
        prop_assert_eq!(portion(value.into(), part.into(), whole.into()), Ok(expected));
    }

    #[test]
    fn a_wide_portion_is_the_truncated_quotient(
        value in any_magnitude(), part in any_magnitude(), whole in any_magnitude()
    ) {
        prop_assume!(whole != 0);
        let exact = product(value.unsigned_abs(), part.unsigned_abs());
        let times_whole = |quotient| product(quotient, whole.unsigned_abs());
        match portion(value, part, whole) {
            Ok(found) => {
                let magnitude = found.unsigned_abs();
                prop_assert!(at_most(times_whole(magnitude), exact));
                prop_assert!(!at_most(times_whole(magnitude + 1), exact));
                let negative = (value < 0) ^ (part < 0) ^ (whole < 0);
                prop_assert!(found == 0 || (found < 0) == negative);
            }
            Err(error) => {
                prop_assert_eq!(error, NumberError::Overflow);
                prop_assert!(at_most(times_whole(i128::MAX.unsigned_abs() + 1), exact));
            }
        }
    }

    #[test]
    fn portions_add_up(value in any_magnitude(), parts in prop::collection::vec(1i128..1 << 100, 1..20)) {
        let (mut left, mut total) = (Money::from_raw(value), Money::ZERO);
        let mut whole: i128 = parts.iter().sum();
        for part in parts {
            let taken = left.portion(Quantity::from_raw(part), Quantity::from_raw(whole)).unwrap();
            prop_assert!(taken.abs() <= left.abs());
            left = left.checked_sub(taken).unwrap();
            total = total.checked_add(taken).unwrap();
            whole -= part;
        }
        prop_assert_eq!((left, total), (Money::ZERO, Money::from_raw(value)));
    }

    #[test]
    fn per_unit_is_rounded_half_away_from_zero(
        value in prop_oneof![-(1i128 << 100)..1 << 100, -40i128..40],
        quantity in prop_oneof![-(1i128 << 50)..1 << 50, -8i128..8],
    ) {
        prop_assume!(quantity != 0);
        let magnitude = (2 * value.abs() + quantity.abs()) / (2 * quantity.abs());
        let expected = i64::try_from(value.signum() * quantity.signum() * magnitude).ok().map(Price::from_raw);
        prop_assert_eq!(Money::from_raw(value).per_unit(Quantity::from_raw(quantity)), expected);
    }

    #[test]
    fn price_times_quantity_is_exact(price in any::<i64>(), quantity in any_magnitude()) {
        let expected = i128::from(price).checked_mul(quantity).map(Money::from_raw).ok_or(NumberError::Overflow);
        prop_assert_eq!(Price::from_raw(price).times(Quantity::from_raw(quantity)), expected);
    }
}

#[test]
fn shares_by_example() {
    let cases = [("100", "0.001", "0.1"), ("0.000000000000000001", "0.001", "0.000000000000000001")];
    for (amount, rate, expected) in cases {
        let [amount, expected] = [amount, expected].map(|text| text.parse::<Money>().unwrap());
        let rate: Rate = rate.parse().unwrap();
        assert_eq!(amount.share(rate), Ok(expected));
        assert_eq!(amount.negate().share(rate), Ok(expected.negate()));
    }
    assert_eq!(Money::from_raw(i128::MAX).share(Rate::from_raw(Rate::SCALE + 1)), Err(NumberError::Overflow));
    assert_eq!(Money::from_raw(i128::MIN).share(Rate::from_raw(Rate::SCALE)), Ok(Money::from_raw(i128::MIN)));
}

#[test]
fn the_corners_of_division() {
    assert_eq!(portion(5, 1, 0), Err(NumberError::DivisionByZero));
    assert_eq!(portion(5, 0, 0), Err(NumberError::DivisionByZero));
    assert_eq!(portion(i128::MIN, 1, -1), Err(NumberError::Overflow));
    assert_eq!(portion(i128::MIN, i128::MIN, i128::MIN), Ok(i128::MIN));
    assert_eq!(portion(i128::MAX, i128::MAX - 1, i128::MAX), Ok(i128::MAX - 1));
    assert_eq!(portion(7, 1, 2), Ok(3));
    assert_eq!(portion(-7, 1, 2), Ok(-3));
    assert_eq!(Money::from_units(1).per_unit(Quantity::ZERO), None);
    assert_eq!(Money::from_raw(i128::MIN).per_unit(Quantity::from_raw(-1)), None);
    assert_eq!(Money::from_raw(i128::MIN).negate(), Money::from_raw(i128::MAX));
    assert_eq!(Money::from_units(i64::MIN).raw(), i128::from(i64::MIN) * Money::SCALE);
    assert_eq!(Money::from_units(3).times(-2), Ok(Money::from_units(-6)));
    assert_eq!(Money::from_raw(i128::MAX).times(2), Err(NumberError::Overflow));
    assert_eq!(Money::from_raw(i128::MAX).checked_add(Money::from_raw(1)), None);
    assert_eq!(Money::from_raw(i128::MIN).checked_sub(Money::from_raw(1)), None);
}
