use domain::{Money, Quantity};
use proptest::prelude::*;

use super::*;

fn written<const PLACES: u32>(raw: i128) -> BytesMut {
    let mut out = BytesMut::new();
    Exact::<PLACES>(raw).to_sql(&Type::NUMERIC, &mut out).unwrap();
    out
}

/// Count, weight, sign, places, groups.
fn words(bytes: &[u8]) -> Vec<u16> {
    bytes.chunks(2).map(|pair| u16::from_be_bytes([pair[0], pair[1]])).collect()
}

#[test]
fn numbers_are_written_as_the_server_writes_them() {
    let less_one = (-1_i16).cast_unsigned();
    let rows: [(i128, &[u16]); 8] = [
        (0, &[0, 0, 0, 0]),
        (1_000_000_000, &[1, 0, 0, 0, 1]),
        (20_000_000, &[1, less_one, 0, 2, 200]),
        (-1_500_000_000, &[2, 0, 0x4000, 1, 1, 5000]),
        (1, &[1, (-3_i16).cast_unsigned(), 0, 9, 1000]),
        (10_000 * 1_000_000_000, &[1, 1, 0, 0, 1]),
        (12_345_678_123_456_789, &[5, 1, 0, 9, 1234, 5678, 1234, 5678, 9000]),
        (30_000_000_100_000_000, &[3, 1, 0, 1, 3000, 0, 1000]),
    ];
    for (raw, wanted) in rows {
        assert_eq!(words(&written::<9>(raw)), wanted, "{raw}");
    }
}

#[test]
fn what_cannot_be_held_is_refused() {
    let put = |words: &[u16]| {
        let bytes: Vec<u8> = words.iter().flat_map(|word| word.to_be_bytes()).collect();
        Exact::<9>::from_sql(&Type::NUMERIC, &bytes)
    };
    let less_three = (-3_i16).cast_unsigned();
    let rows: [(&[u16], &str); 7] = [
        (&[0, 0, 0xC000, 0], "no number"),
        (&[0, 0, 0xD000, 0], "no number"),
        (&[1, less_three, 0, 12, 1], "too many places"),
        (&[1, 7, 0, 0, 9999], "too large"),
        (&[1, 500, 0, 0, 1], "out of range"),
        (&[2, 0, 0, 0, 1], "cut off"),
        (&[1, 0], "cut off"),
    ];
    for (words, why) in rows {
        let error = put(words).unwrap_err().to_string();
        assert!(error.contains(why), "{words:?}: {error}");
    }
    assert_eq!(put(&[1, 500, 0, 0, 0]).unwrap(), Exact(0), "zero is zero at any weight");
}

#[test]
fn the_length_stands_before_a_value_that_is_copied() {
    let mut out = BytesMut::new();
    Exact::<9>(-1_500_000_000).put(&mut out);
    assert_eq!(out[..4], 12_i32.to_be_bytes());
    assert_eq!(out[4..], written::<9>(-1_500_000_000));
}

fn any_raw() -> impl Strategy<Value = i128> {
    prop_oneof![
        any::<i64>().prop_map(i128::from),
        any::<i128>(),
        (any::<i32>(), 0_u32..27).prop_map(|(n, zeros)| i128::from(n) * 10_i128.pow(zeros))
    ]
}

proptest! {
    #[test]
    fn any_number_comes_back(raw in any_raw()) {
        prop_assert_eq!(Exact::<9>::read(&written::<9>(raw)).unwrap().0, raw);
        prop_assert_eq!(Exact::<18>::read(&written::<18>(raw)).unwrap().0, raw);
        prop_assert_eq!(Exact::<0>::read(&written::<0>(raw)).unwrap().0, raw);
    }

    #[test]
    fn groups_are_as_few_as_can_be(raw in any_raw()) {
        let words = words(&written::<9>(raw));
        prop_assert!(words[4..].iter().all(|group| *group < BASE));
        prop_assert!(words[4..].first() != Some(&0) && words[4..].last() != Some(&0));
    }
}

#[test]
fn domain_values_keep_their_units() {
    assert_eq!(Exact::<9>::from(Quantity::from_raw(-7)), Exact(-7));
    assert_eq!(Exact::<18>::from(Money::from_raw(7)), Exact(7));
}
