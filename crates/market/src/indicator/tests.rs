use std::cmp::Ordering;

use domain::Price;
use proptest::prelude::*;

use super::{Ema, LENGTH_MAX, Sma};

#[test]
fn lengths_are_bounded() {
    for length in [0, LENGTH_MAX + 1] {
        assert!(Sma::new(length).is_none() && Ema::new(length).is_none(), "{length}");
    }
    assert!(Sma::new(1).is_some() && Ema::new(LENGTH_MAX).is_some());
}

#[test]
fn a_mean_waits_until_it_is_full() {
    let mut sma = Sma::new(3).unwrap();
    let values: Vec<_> = [1, 2, 6, 7].map(|units| sma.on_price(Price::from_units(units))).to_vec();
    assert_eq!(values, [None, None, Some(3.0), Some(5.0)]);
}

#[test]
fn the_comparison_is_exact_where_floats_are_equal() {
    let (mut short, mut long) = (Sma::new(1).unwrap(), Sma::new(2).unwrap());
    let top = i64::MAX;
    short.on_price(Price::from_raw(top));
    long.on_price(Price::from_raw(top));
    assert_eq!(short.compare(&long), Ordering::Equal);
    long.on_price(Price::from_raw(top - 1));
    assert_eq!(short.value(), long.value(), "no float tells them apart");
    assert_eq!(short.compare(&long), Ordering::Greater);
    assert_eq!(long.compare(&short), Ordering::Less);
}

#[test]
fn the_exponential_mean_by_hand() {
    let mut ema = Ema::new(3).unwrap();
    let values: Vec<_> = [1.0, 2.0, 6.0, 7.0, f64::NAN, 1.0].map(|value| ema.on_value(value)).to_vec();
    assert_eq!(values, [None, None, Some(3.0), Some(5.0), Some(5.0), Some(3.0)]);
}

fn mean(window: &[i64]) -> f64 {
    let sum: i128 = window.iter().map(|&raw| i128::from(raw)).sum();
    sum as f64 / window.len() as f64 / 1e9
}

proptest! {
    #[test]
    fn the_mean_is_the_naive_one(length in 1usize..20, prices in prop::collection::vec(any::<i64>(), 0..100)) {
        let mut sma = Sma::new(u32::try_from(length).unwrap()).unwrap();
        for end in 1..=prices.len() {
            let found = sma.on_price(Price::from_raw(prices[end - 1]));
            let expected = end.checked_sub(length).map(|start| mean(&prices[start..end]));
            prop_assert_eq!(found.is_some(), expected.is_some());
            if let (Some(found), Some(expected)) = (found, expected) {
                prop_assert!((found - expected).abs() <= 1e-12 * expected.abs().max(1.0), "{} {}", found, expected);
            }
        }
    }

    #[test]
    fn means_compare_as_fractions_do(
        prices in prop::collection::vec(prop_oneof![-3i64..3, any::<i64>()], 0..60),
        lengths in (1usize..9, 1usize..9),
    ) {
        let averages = [lengths.0, lengths.1].map(|length| {
            let mut sma = Sma::new(u32::try_from(length).unwrap()).unwrap();
            for &price in &prices {
                sma.on_price(Price::from_raw(price));
            }
            let window = &prices[prices.len().saturating_sub(length)..];
            (sma, window.iter().map(|&raw| i128::from(raw)).sum::<i128>(), window.len().max(1) as i128)
        });
        let [(left, left_sum, left_count), (right, right_sum, right_count)] = averages;
        prop_assert_eq!(left.compare(&right), (left_sum * right_count).cmp(&(right_sum * left_count)));
    }
}
