use domain::{Level, Price, Quantity, Quote, Timestamp};
use proptest::prelude::*;

use super::{INSTRUMENT, at, period};
use crate::bars::{QuoteBar, QuoteBars, TimeBars};

fn quote(time: i64, bid: i64, ask: i64, sizes: (i64, i64)) -> Quote {
    let level =
        |price, quantity| Level { price: Price::from_raw(price), quantity: Quantity::from_units(quantity) };
    Quote {
        instrument: INSTRUMENT,
        bid: level(bid, sizes.0),
        ask: level(ask, sizes.1),
        venue_time: at(time),
        receive_time: at(time + 5),
    }
}

#[test]
fn the_first_quote_opens_the_bar() {
    let mut bars = QuoteBars::new(INSTRUMENT, period());
    for (time, bid, ask) in [(0, 10, 12), (3, 14, 15), (9, 9, 11)] {
        assert_eq!(bars.on_quote(&quote(time, bid, ask, (1, 1))), None);
    }
    let finished = bars.on_quote(&quote(10, 20, 21, (1, 1))).unwrap();
    assert_eq!((finished.instrument, finished.open_time, finished.quotes), (INSTRUMENT, at(0), 3));
    let prices = |ohlc: crate::Ohlc| [ohlc.open, ohlc.high, ohlc.low, ohlc.close].map(Price::raw);
    assert_eq!((prices(finished.bid), prices(finished.ask)), ([10, 14, 9, 9], [12, 15, 11, 11]));
    assert_eq!(bars.current().unwrap().bid.open, Price::from_raw(20), "nothing is carried over");
}

#[test]
fn a_quote_without_both_sides_is_refused() {
    let mut bars = QuoteBars::new(INSTRUMENT, period());
    for sizes in [(0, 1), (1, 0), (-1, 1)] {
        assert_eq!(bars.on_quote(&quote(0, 10, 12, sizes)), None);
    }
    bars.on_prices(Timestamp::MIN, Price::ZERO, Price::ZERO);
    assert_eq!((bars.refused(), bars.current()), (4, None));
}

#[test]
fn late_quotes_are_counted() {
    let mut bars = QuoteBars::new(INSTRUMENT, period());
    bars.on_quote(&quote(15, 10, 12, (1, 1)));
    bars.on_quote(&quote(9, 1, 2, (1, 1)));
    assert_eq!(bars.flush(at(20)).unwrap().bid.low, Price::from_raw(10));
    bars.on_quote(&quote(19, 1, 2, (1, 1)));
    assert_eq!((bars.late(), bars.current()), (2, None));
}

proptest! {
    /// Each side of a quote bar is what a bar of that side's prices is.
    #[test]
    fn each_side_is_a_bar_of_its_prices(steps in prop::collection::vec((0i64..12, 1i64..50, 1i64..50), 1..100)) {
        let mut bars = QuoteBars::new(INSTRUMENT, period());
        let mut sides = [TimeBars::new(INSTRUMENT, period()), TimeBars::new(INSTRUMENT, period())];
        let (mut time, mut found, mut expected) = (0, Vec::new(), [Vec::new(), Vec::new()]);
        for (step, bid, ask) in steps {
            time += step;
            found.extend(bars.on_prices(at(time), Price::from_raw(bid), Price::from_raw(ask)));
            for ((side, price), bars) in sides.iter_mut().zip([bid, ask]).zip(&mut expected) {
                bars.extend(side.on_price(at(time), Price::from_raw(price), Quantity::ZERO));
            }
        }
        for (side, pick) in expected.into_iter().zip([|bar: &QuoteBar| bar.bid, |bar: &QuoteBar| bar.ask]) {
            prop_assert_eq!(side.len(), found.len());
            for (bar, found) in side.iter().zip(&found) {
                let ohlc = pick(found);
                prop_assert_eq!((found.open_time, found.quotes), (bar.open_time, bar.trades));
                prop_assert_eq!((ohlc.open, ohlc.high, ohlc.low, ohlc.close), (bar.open, bar.high, bar.low, bar.close));
            }
        }
    }
}
