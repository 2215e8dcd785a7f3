use domain::{Bar, BarPeriod, BarRule, InstrumentId, Quantity, Span, Timestamp};
use proptest::prelude::*;

use super::{INSTRUMENT, at, bar, period, trade};
use crate::bars::{Resampler, TimeBars};

fn long() -> BarPeriod {
    BarPeriod::new(Span::from_nanos(30)).unwrap()
}

/// A bar as long as [`long`].
fn longer(bar: Bar) -> Bar {
    let close_time = bar.open_time.plus(long().span());
    Bar { rule: BarRule::Time(long()), close_time, ..bar }
}

fn feed(resampler: &mut Resampler, bars: &[Bar]) -> Vec<Bar> {
    let mut found = Vec::new();
    for bar in bars {
        resampler.on_bar(bar, &mut |longer| found.push(longer));
    }
    found
}

#[test]
fn the_bar_that_reaches_the_end_completes_the_longer_one() {
    let mut resampler = Resampler::new(INSTRUMENT, long());
    let early = feed(&mut resampler, &[bar(0, [5, 9, 4, 6], 1, 2), bar(10, [6, 7, 1, 2], 3, 4)]);
    assert_eq!(early, []);
    let found = feed(&mut resampler, &[bar(20, [3, 3, 3, 3], 5, 6)]);
    assert_eq!(found, [longer(bar(0, [5, 9, 1, 3], 9, 12))]);
    assert_eq!(resampler.current(), None);
}

#[test]
fn one_bar_can_finish_two() {
    let mut resampler = Resampler::new(INSTRUMENT, long());
    let found = feed(&mut resampler, &[bar(0, [5, 9, 4, 6], 1, 1), bar(50, [1, 1, 1, 1], 2, 1)]);
    let expected = [bar(0, [5, 9, 4, 6], 1, 1), bar(30, [1, 1, 1, 1], 2, 1)];
    assert_eq!(found, expected.map(longer));
}

#[test]
fn what_does_not_fit_is_left_out() {
    let mut resampler = Resampler::new(INSTRUMENT, long());
    let whole = bar(10, [5, 5, 5, 5], 1, 1);
    feed(&mut resampler, &[whole, whole, bar(0, [9, 9, 9, 9], 1, 1)]);
    assert_eq!((resampler.late(), resampler.refused()), (2, 0));
    let across = Bar { open_time: at(25), close_time: at(35), ..whole };
    let filled = Bar { rule: BarRule::Ticks(3), ..bar(20, [9, 9, 9, 9], 1, 1) };
    let foreign = Bar { instrument: InstrumentId(7), ..bar(20, [9, 9, 9, 9], 1, 1) };
    let huge = Bar { volume: Quantity::from_raw(i128::MAX), ..bar(20, [9, 9, 9, 9], 1, 1) };
    assert_eq!(feed(&mut resampler, &[across, foreign, huge, filled]), []);
    assert_eq!(resampler.refused(), 4);
    assert_eq!(resampler.flush(at(29)), None);
    assert_eq!(resampler.flush(at(30)), Some(longer(Bar { open_time: at(0), ..whole })));
}

proptest! {
    /// Bars of bars are the bars of the ticks.
    #[test]
    fn resampling_is_the_same_as_building(steps in prop::collection::vec((0i64..25, 1i64..50, 0i64..5), 1..200)) {
        let mut short = TimeBars::new(INSTRUMENT, period());
        let mut direct = TimeBars::new(INSTRUMENT, long());
        let mut resampler = Resampler::new(INSTRUMENT, long());
        let (mut time, mut short_bars, mut expected) = (-200, Vec::new(), Vec::new());
        for (step, price, quantity) in steps {
            time += step;
            short_bars.extend(short.on_trade(&trade(time, price, quantity)));
            expected.extend(direct.on_trade(&trade(time, price, quantity)));
        }
        short_bars.extend(short.flush(Timestamp::MAX));
        expected.extend(direct.flush(Timestamp::MAX));
        let mut found = feed(&mut resampler, &short_bars);
        found.extend(resampler.flush(Timestamp::MAX));
        prop_assert_eq!(found, expected);
        prop_assert_eq!((resampler.late(), resampler.refused()), (0, 0));
    }
}
