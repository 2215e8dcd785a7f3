mod builder;
mod laws;
mod recorded;
mod streamed;

use domain::{DepthSnapshot, DepthUpdate, InstrumentId, Level, Price, Quantity, Side, Timestamp};

use super::{Book, LEVELS_MAX, TopOfBook};

const INSTRUMENT: InstrumentId = InstrumentId(3);

fn level(price: i64, quantity: i64) -> Level {
    Level { price: Price::from_raw(price), quantity: Quantity::from_units(quantity) }
}

fn update(first: u64, last: u64, previous: Option<u64>, bids: &[Level], asks: &[Level]) -> DepthUpdate {
    DepthUpdate {
        instrument: INSTRUMENT,
        first_update_id: first,
        last_update_id: last,
        previous_update_id: previous,
        bids: bids.to_vec(),
        asks: asks.to_vec(),
        checksum: None,
        venue_time: time(last),
        receive_time: time(last + 1),
    }
}

fn snapshot(last: u64, bids: &[Level], asks: &[Level]) -> DepthSnapshot {
    DepthSnapshot {
        instrument: INSTRUMENT,
        last_update_id: last,
        bids: bids.to_vec(),
        asks: asks.to_vec(),
        checksum: None,
        venue_time: time(last),
        receive_time: time(last + 1),
    }
}

fn time(id: u64) -> Timestamp {
    Timestamp::from_nanos(i64::try_from(id).unwrap())
}

#[test]
fn the_worst_level_is_dropped_at_the_limit() {
    let mut book = Book::new();
    for price in 1..=i64::try_from(LEVELS_MAX).unwrap() {
        book.apply_level(Side::Buy, level(price, 1));
        book.apply_level(Side::Sell, level(1_000_000 + price, 1));
    }
    assert_eq!(book.levels_dropped(), 0);
    let better_bid = level(500_000, 2);
    let worse_ask = level(2_000_000, 2);
    book.apply_level(Side::Buy, better_bid);
    book.apply_level(Side::Sell, worse_ask);
    assert_eq!(book.levels_dropped(), 2);
    assert_eq!(book.best_bid(), Some(better_bid));
    let bids: Vec<_> = book.levels(Side::Buy).collect();
    assert_eq!(bids.len(), LEVELS_MAX);
    assert_eq!(bids.last(), Some(&level(2, 1)), "the bid at 1 was furthest");
    assert!(bids.is_sorted_by(|left, right| left.price > right.price));
    assert_eq!(book.level_count(Side::Sell), LEVELS_MAX);
    assert!(book.levels(Side::Sell).all(|ask| ask != worse_ask));
}

#[test]
fn depth_is_written_best_first_over_what_was_there() {
    let mut book = Book::new();
    for price in [5, 7, 6] {
        book.apply_level(Side::Buy, level(price, 1));
        book.apply_level(Side::Sell, level(price + 10, 1));
    }
    let (mut bids, mut asks) = (vec![level(99, 9)], vec![level(99, 9)]);
    book.fill_depth(2, &mut bids, &mut asks);
    assert_eq!(bids, [level(7, 1), level(6, 1)]);
    assert_eq!(asks, [level(15, 1), level(16, 1)]);
    book.clear();
    assert_eq!((book.best_bid(), book.best_ask()), (None, None));
}

#[test]
fn a_book_is_crossed_when_the_bid_meets_the_ask() {
    let mut book = Book::new();
    book.apply_level(Side::Buy, level(10, 1));
    assert!(!book.is_crossed(), "one side alone crosses nothing");
    book.apply_level(Side::Sell, level(11, 1));
    assert!(!book.is_crossed());
    book.apply_level(Side::Sell, level(10, 1));
    assert!(book.is_crossed());
}

#[test]
fn a_quote_comes_only_when_the_top_changed() {
    let mut book = Book::new();
    let mut top = TopOfBook::new(INSTRUMENT);
    book.apply_level(Side::Buy, level(10, 1));
    let quote = top.on_book(&book, time(5), time(6)).unwrap();
    assert_eq!((quote.instrument, quote.bid, quote.ask), (INSTRUMENT, level(10, 1), Level::default()));
    assert_eq!((quote.venue_time, quote.receive_time), (time(5), time(6)));
    book.apply_level(Side::Buy, level(9, 1));
    assert_eq!(top.on_book(&book, time(7), time(8)), None);
    book.apply_level(Side::Buy, level(10, 2));
    assert_eq!(top.on_book(&book, time(9), time(10)).unwrap().bid, level(10, 2));
    top.reset();
    assert!(top.on_book(&book, time(11), time(12)).is_some());
}
