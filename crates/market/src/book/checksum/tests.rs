use domain::{BookChecksum, Level, Side};

use super::ChecksumRule;
use crate::book::Book;

fn book(bids: &[(&str, &str)], asks: &[(&str, &str)]) -> Book {
    let mut book = Book::new();
    for (side, levels) in [(Side::Buy, bids), (Side::Sell, asks)] {
        for (price, quantity) in levels {
            let level = Level { price: price.parse().unwrap(), quantity: quantity.parse().unwrap() };
            book.apply_level(side, level);
        }
    }
    book
}

const fn written(price_decimals: u8, quantity_decimals: u8) -> BookChecksum {
    BookChecksum { value: 0, price_decimals, quantity_decimals }
}

/// The example of Kraken's own guide to its checksum.
#[test]
fn the_published_example_is_reproduced() {
    const ASKS: [&str; 10] = [
        "0.05005", "0.05010", "0.05015", "0.05020", "0.05025", "0.05030", "0.05035", "0.05040", "0.05045",
        "0.05050",
    ];
    const BIDS: [&str; 10] = [
        "0.05000", "0.04995", "0.04990", "0.04980", "0.04975", "0.04970", "0.04965", "0.04960", "0.04955",
        "0.04950",
    ];
    let mut book = book(&BIDS.map(|price| (price, "0.00000500")), &ASKS.map(|price| (price, "0.00000500")));
    assert_eq!(ChecksumRule::Digits.sum(&book, written(5, 8)), 974_947_235);
    // What lies below the tenth level is not summed; what lies within is.
    book.apply_level(Side::Buy, Level { price: "0.01".parse().unwrap(), quantity: "1".parse().unwrap() });
    assert_eq!(ChecksumRule::Digits.sum(&book, written(5, 8)), 974_947_235);
    book.apply_level(Side::Buy, Level { price: "0.04996".parse().unwrap(), quantity: "1".parse().unwrap() });
    assert_ne!(ChecksumRule::Digits.sum(&book, written(5, 8)), 974_947_235);
}

#[test]
fn interleaved_text_keeps_point_and_zeros_and_leaves_out_the_side_that_has_ended() {
    let book = book(&[("0.05", "1.5"), ("0.04995", "3")], &[("0.05005", "0.25")]);
    let expected = crc32fast::hash(b"0.05000:1.50:0.05005:0.25:0.04995:3.00");
    assert_eq!(ChecksumRule::Interleaved.sum(&book, written(5, 2)), expected);
}

#[test]
fn numbers_beyond_a_machine_word_and_below_one_are_written_whole() {
    let book = book(&[("0.000000001", "99999999999999999999.000000001")], &[]);
    let expected = crc32fast::hash(b"0.000000001:99999999999999999999.000000001");
    assert_eq!(ChecksumRule::Interleaved.sum(&book, written(9, 9)), expected);
    let expected = crc32fast::hash(b"199999999999999999999000000001");
    assert_eq!(ChecksumRule::Digits.sum(&book, written(9, 9)), expected);
}
