use domain::{Bar, BarPeriod, BarRule, InstrumentId, Span, Timestamp, Trade};
use proptest::prelude::*;

use super::{INSTRUMENT, at, period, trade};
use crate::bars::{BarSet, FilledBars, TimeBars};
use crate::calendar::Calendar;

fn periods() -> [BarPeriod; 2] {
    [period(), BarPeriod::new(Span::from_nanos(35)).unwrap()]
}

fn rules() -> Vec<BarRule> {
    let [short, long] = periods().map(BarRule::Time);
    vec![short, BarRule::Ticks(3), long, BarRule::Ticks(0)]
}

fn set(instruments: usize) -> BarSet {
    BarSet::new(&vec![Calendar::Always; instruments], &rules(), None)
}

fn feed(set: &mut BarSet, trade: &Trade) -> Vec<Bar> {
    let mut found = Vec::new();
    set.ended_by(trade, &mut |bar| found.push(bar));
    set.filled_by(trade, &mut |bar| found.push(bar));
    found
}

#[test]
fn an_instrument_outside_the_table_is_counted() {
    let mut set = set(1);
    assert_eq!(feed(&mut set, &trade(5, 1, 1)), []);
    assert_eq!((set.counts().refused, set.current(INSTRUMENT, period().into())), (1, None));
    set.cover(&[Calendar::Always; 2]);
    set.cover(&[Calendar::Always; 1]);
    assert_eq!(feed(&mut set, &trade(5, 1, 1)), []);
    for rule in &rules()[..3] {
        assert_eq!(set.current(INSTRUMENT, *rule).unwrap().instrument, INSTRUMENT, "{rule}");
        assert_eq!(set.current(InstrumentId(0), *rule), None);
    }
    assert_eq!(set.current(INSTRUMENT, BarRule::DAY), None);
    assert_eq!(set.current(INSTRUMENT, BarRule::Ticks(4)), None);
    assert_eq!(feed(&mut set, &trade(-50, 1, 1)), []);
    let counts = set.counts();
    assert_eq!((counts.late, counts.left_out, counts.refused), (2, 2, 1));
}

#[test]
fn flush_reaches_every_bar_of_the_clock() {
    let mut set = set(2);
    feed(&mut set, &trade(5, 1, 1));
    feed(&mut set, &Trade { instrument: InstrumentId(0), ..trade(5, 1, 1) });
    let mut found = Vec::new();
    set.flush(at(10), &mut |bar| found.push((bar.instrument.0, bar.rule)));
    assert_eq!(found, [0, 1].map(|id| (id, BarRule::Time(period()))));
}

proptest! {
    #[test]
    fn a_set_is_its_builders_side_by_side(steps in prop::collection::vec((0u32..3, 0i64..9, 1i64..50), 0..200)) {
        let mut set = set(3);
        let ids = (0..3).map(InstrumentId);
        let mut timed: Vec<TimeBars> =
            ids.clone().flat_map(|id| periods().map(|period| TimeBars::new(id, period))).collect();
        let mut filled: Vec<FilledBars> =
            ids.map(|id| FilledBars::new(id, BarRule::Ticks(3)).unwrap()).collect();
        let (mut time, mut found, mut expected) = (0, Vec::new(), Vec::new());
        for (instrument, step, price) in steps {
            time += step;
            let trade = Trade { instrument: InstrumentId(instrument), ..trade(time, price, 1) };
            found.extend(feed(&mut set, &trade));
            let start = instrument as usize * 2;
            expected.extend(timed[start..start + 2].iter_mut().filter_map(|bars| bars.on_trade(&trade)));
            expected.extend(filled[instrument as usize].on_trade(&trade));
        }
        set.flush(Timestamp::MAX, &mut |bar| found.push(bar));
        expected.extend(timed.iter_mut().filter_map(|bars| bars.flush(Timestamp::MAX)));
        prop_assert_eq!(found, expected);
    }
}
