use std::collections::BTreeMap;

use domain::{InstrumentId, Level, Price, Quantity, Side, Span, Timestamp};
use proptest::prelude::*;

use super::{EXCHANGES_MAX, Nbbo};

fn at(nanos: i64) -> Timestamp {
    Timestamp::from_nanos(nanos)
}

fn level(price: i64, quantity: i64) -> Level {
    Level { price: Price::from_raw(price), quantity: Quantity::from_raw(quantity.into()) }
}

fn nbbo(max_age: Option<Span>) -> Nbbo {
    Nbbo::new(InstrumentId(7), max_age)
}

#[test]
fn the_best_of_all_exchanges_is_told_when_it_changes() {
    let mut best = nbbo(None);
    let first = best.on_quote(b'N', level(10, 1), level(13, 1), at(1)).unwrap();
    assert_eq!((first.bid, first.ask, first.instrument), (level(10, 1), level(13, 1), InstrumentId(7)));
    assert!(best.on_side(b'Q', Side::Buy, level(9, 5), at(2)).is_none(), "worse");
    let equal = best.on_side(b'P', Side::Buy, level(10, 4), at(3)).unwrap();
    assert_eq!(equal.bid, level(10, 5), "both show at the best price");
    let better = best.on_side(b'Q', Side::Sell, level(12, 2), at(4)).unwrap();
    assert_eq!((better.ask, better.venue_time), (level(12, 2), at(4)));
    let gone = best.on_side(b'Q', Side::Sell, level(0, 0), at(5)).unwrap();
    assert_eq!(gone.ask, level(13, 1));
    assert_eq!((best.counts().taken, best.counts().told), (5, 4));
}

#[test]
fn locked_and_crossed_markets_are_counted() {
    let mut best = nbbo(None);
    best.on_quote(b'N', level(10, 1), level(11, 1), at(1));
    best.on_side(b'Q', Side::Buy, level(11, 1), at(2));
    best.on_side(b'Q', Side::Buy, level(12, 1), at(3));
    assert_eq!((best.counts().locked, best.counts().crossed), (1, 1));
}

#[test]
fn a_side_that_was_not_told_for_long_does_not_count() {
    let mut best = nbbo(Some(Span::from_nanos(10)));
    best.on_quote(b'N', level(10, 1), level(13, 1), at(0));
    best.on_side(b'Q', Side::Buy, level(9, 1), at(5));
    let left = best.on_side(b'Q', Side::Sell, level(14, 1), at(11)).unwrap();
    assert_eq!((left.bid, left.ask), (level(9, 1), level(14, 1)));
}

#[test]
fn exchanges_beyond_the_limit_are_refused() {
    let mut best = nbbo(None);
    for exchange in 0..u8::try_from(EXCHANGES_MAX).unwrap() + 3 {
        best.on_side(exchange, Side::Buy, level(i64::from(exchange) + 1, 1), at(0));
    }
    assert_eq!(best.counts().refused, 3);
}

proptest! {
    #[test]
    fn the_best_is_the_best_of_a_plain_search(
        steps in prop::collection::vec((0u8..6, any::<bool>(), 1i64..20, 0i64..4, 0i64..5), 1..200),
    ) {
        let max_age = Span::from_nanos(30);
        let mut best = nbbo(Some(max_age));
        let mut books: BTreeMap<(u8, bool), (Level, i64)> = BTreeMap::new();
        let (mut time, mut last) = (0, None);
        for (exchange, is_bid, price, quantity, step) in steps {
            time += step;
            let side = if is_bid { Side::Buy } else { Side::Sell };
            let told = best.on_side(exchange, side, level(price, quantity), at(time));
            books.insert((exchange, is_bid), (level(price, quantity), time));
            let standing = |wanted: bool| -> Vec<Level> {
                let fresh = books.iter().filter(|((_, is_bid), (level, told))| {
                    *is_bid == wanted && level.quantity.is_positive() && time - told <= 30
                });
                fresh.map(|(_, (level, _))| *level).collect()
            };
            let (bids, asks) = (standing(true), standing(false));
            let at_best = |levels: &[Level], price: Option<Price>| {
                let Some(price) = price else { return Level::default() };
                let sum = levels.iter().filter(|level| level.price == price).map(|level| level.quantity.raw()).sum();
                Level { price, quantity: Quantity::from_raw(sum) }
            };
            let expected = (
                at_best(&bids, bids.iter().map(|level| level.price).max()),
                at_best(&asks, asks.iter().map(|level| level.price).min()),
            );
            prop_assert_eq!(told.map(|quote| (quote.bid, quote.ask)), (last != Some(expected)).then_some(expected));
            last = Some(expected);
        }
    }
}
