use domain::{BarPeriod, InstrumentId, Span, Timestamp, Trade};
use proptest::prelude::*;

use super::{INSTRUMENT, at, period, trade};
use crate::bars::{BarSet, TimeBars};

fn periods() -> [BarPeriod; 2] {
    [period(), BarPeriod::new(Span::from_nanos(35)).unwrap()]
}

#[test]
fn an_instrument_outside_the_table_is_counted() {
    let mut set = BarSet::new(1, &periods());
    set.on_trade(&trade(5, 1, 1), &mut |_| panic!("nothing is finished"));
    assert_eq!((set.refused(), set.current(INSTRUMENT, period())), (1, None));
    set.cover(2);
    set.cover(1);
    set.on_trade(&trade(5, 1, 1), &mut |_| panic!("nothing is finished"));
    assert_eq!(set.current(INSTRUMENT, periods()[1]).unwrap().instrument, INSTRUMENT);
    assert_eq!(set.current(InstrumentId(0), period()), None);
    assert_eq!(set.current(INSTRUMENT, BarPeriod::DAY), None);
    set.on_trade(&trade(-50, 1, 1), &mut |_| panic!("nothing is finished"));
    assert_eq!((set.late(), set.refused()), (2, 1));
}

#[test]
fn flush_reaches_every_bar() {
    let mut set = BarSet::new(2, &periods());
    set.on_trade(&trade(5, 1, 1), &mut |_| {});
    set.on_trade(&Trade { instrument: InstrumentId(0), ..trade(5, 1, 1) }, &mut |_| {});
    let mut found = Vec::new();
    set.flush(at(10), &mut |bar| found.push((bar.instrument.0, bar.period)));
    assert_eq!(found, [(0, period()), (1, period())]);
}

proptest! {
    #[test]
    fn a_set_is_its_builders_side_by_side(steps in prop::collection::vec((0u32..3, 0i64..9, 1i64..50), 0..200)) {
        let mut set = BarSet::new(3, &periods());
        let mut alone: Vec<TimeBars> = (0..3)
            .flat_map(|id| periods().map(|period| TimeBars::new(InstrumentId(id), period)))
            .collect();
        let (mut time, mut found, mut expected) = (0, Vec::new(), Vec::new());
        for (instrument, step, price) in steps {
            time += step;
            let trade = Trade { instrument: InstrumentId(instrument), ..trade(time, price, 1) };
            set.on_trade(&trade, &mut |bar| found.push(bar));
            let start = instrument as usize * 2;
            expected.extend(alone[start..start + 2].iter_mut().filter_map(|bars| bars.on_trade(&trade)));
        }
        set.flush(Timestamp::MAX, &mut |bar| found.push(bar));
        expected.extend(alone.iter_mut().filter_map(|bars| bars.flush(Timestamp::MAX)));
        prop_assert_eq!(found, expected);
    }
}
