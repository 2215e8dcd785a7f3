//! Decimal text against digits moved about as strings.

use proptest::prelude::*;

use crate::{Money, NumberError, Price, Quantity, Rate};

/// Decimal text of a scaled integer, by writing its digits and placing the point.
fn written(raw: i128, decimals: usize) -> String {
    let digits = format!("{:0>width$}", raw.unsigned_abs(), width = decimals + 1);
    let (whole, fraction) = digits.split_at(digits.len() - decimals);
    let text = format!("{whole}.{fraction}");
    let text = text.trim_end_matches('0').trim_end_matches('.');
    format!("{}{text}", if raw < 0 { "-" } else { "" })
}

/// What reading decimal text must give, by padding it with zeros and reading an integer.
fn read(text: &str, decimals: u32) -> Result<i128, NumberError> {
    let unsigned = text.strip_prefix(['-', '+']).unwrap_or(text);
    let (whole, fraction) = unsigned.split_once('.').unwrap_or((unsigned, ""));
    let all_digits = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
    let empty = unsigned.is_empty() || unsigned.ends_with('.');
    if empty || !all_digits(whole) || !all_digits(fraction) {
        return Err(NumberError::Malformed);
    }
    let width = usize::try_from(decimals).unwrap();
    let fraction = format!("{fraction:0<width$}");
    if fraction[width..].bytes().any(|byte| byte != b'0') {
        return Err(NumberError::TooPrecise(decimals));
    }
    let sign = if text.starts_with('-') { "-" } else { "" };
    format!("{sign}{whole}{}", &fraction[..width]).parse().map_err(|_| NumberError::Overflow)
}

fn any_number_text() -> impl Strategy<Value = String> {
    prop_oneof![
        8 => "[+-]?[0-9]{0,22}(\\.[0-9]{0,20})?",
        2 => "[+-]?0{0,30}[0-9]{0,4}\\.[0-9]{0,9}0{0,30}",
        1 => "[-+.0-9eE ]{0,8}",
        1 => "\\PC{0,5}",
    ]
}

proptest! {
    #[test]
    fn reading_agrees_with_padded_strings(text in any_number_text()) {
        let narrow = |text| read(text, 9).and_then(|raw| i64::try_from(raw).map_err(|_| NumberError::Overflow));
        let bytes = text.as_bytes();
        prop_assert_eq!(Price::parse(bytes).map(Price::raw), narrow(&text));
        prop_assert_eq!(Rate::parse(bytes).map(Rate::raw), narrow(&text));
        prop_assert_eq!(Quantity::parse(bytes).map(Quantity::raw), read(&text, 9));
        prop_assert_eq!(Money::parse(bytes).map(Money::raw), read(&text, 18));
    }

    #[test]
    fn writing_agrees_with_placed_points_and_reads_back(narrow in any::<i64>(), wide in any::<i128>(), shift in 0u32..120) {
        let wide = wide >> shift;
        let (price, rate) = (Price::from_raw(narrow), Rate::from_raw(narrow));
        let (quantity, money) = (Quantity::from_raw(wide), Money::from_raw(wide));
        prop_assert_eq!(price.to_string(), written(narrow.into(), 9));
        prop_assert_eq!(rate.to_string(), written(narrow.into(), 9));
        prop_assert_eq!(quantity.to_string(), written(wide, 9));
        prop_assert_eq!(money.to_string(), written(wide, 18));
        prop_assert_eq!(price.to_string().parse(), Ok(price));
        prop_assert_eq!(rate.to_string().parse(), Ok(rate));
        prop_assert_eq!(quantity.to_string().parse(), Ok(quantity));
        prop_assert_eq!(money.to_string().parse(), Ok(money));
    }
}

#[test]
fn the_ends_of_the_ranges_read_back() {
    for raw in [i64::MIN, i64::MAX] {
        assert_eq!(Price::from_raw(raw).to_string().parse(), Ok(Price::from_raw(raw)));
    }
    for raw in [i128::MIN, i128::MAX] {
        assert_eq!(Money::from_raw(raw).to_string().parse(), Ok(Money::from_raw(raw)));
        assert_eq!(Quantity::from_raw(raw).to_string().parse(), Ok(Quantity::from_raw(raw)));
    }
    assert_eq!(Price::parse(b"9223372036.854775808"), Err(NumberError::Overflow));
}

#[test]
fn reading_by_example() {
    let cases = [
        ("61837.63000000", Ok(61_837_630_000_000)),
        ("-0.5", Ok(-500_000_000)),
        ("+1", Ok(1_000_000_000)),
        (".25", Ok(250_000_000)),
        ("-0", Ok(0)),
        ("0.000000001", Ok(1)),
        ("0.0000000010000000000000", Ok(1)),
        ("0.0000000001", Err(NumberError::TooPrecise(9))),
        ("", Err(NumberError::Malformed)),
        ("-", Err(NumberError::Malformed)),
        (".", Err(NumberError::Malformed)),
        ("5.", Err(NumberError::Malformed)),
        ("1.2.3", Err(NumberError::Malformed)),
        ("--1", Err(NumberError::Malformed)),
        ("1e5", Err(NumberError::Malformed)),
        (" 1", Err(NumberError::Malformed)),
        ("NaN", Err(NumberError::Malformed)),
        ("9999999999", Err(NumberError::Overflow)),
    ];
    for (text, expected) in cases {
        assert_eq!(Price::parse(text.as_bytes()).map(Price::raw), expected, "`{text}`");
    }
    assert_eq!(format!("{:>8}|{:<6}|", Price::from_units(12), Rate::ZERO), "      12|0     |");
    assert_eq!(format!("{:?}", Money::from_units(-3)), "Money(-3)");
}
