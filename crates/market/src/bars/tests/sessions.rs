use domain::{Bar, BarRule, Price, Quantity, Timestamp};

use super::INSTRUMENT;
use crate::bars::{Resampler, Ticked, TimeBars};
use crate::calendar::{Calendar, Day};

/// A moment of a day of December 2015, when New York was five hours behind.
fn new_york(day: i32, hour: i64, minute: i64) -> Timestamp {
    let midnight = Day::from_date(2015, 12, day).start().unwrap();
    midnight.plus(domain::Span::from_seconds((hour + 5) * 3_600 + minute * 60))
}

fn tick(bars: &mut TimeBars, time: Timestamp, price: i64) -> Ticked {
    bars.take(time, Price::from_units(price.try_into().unwrap()), Quantity::from_units(1))
}

#[test]
fn a_session_is_one_bar_and_what_is_outside_is_in_none() {
    let mut bars = TimeBars::of_sessions(INSTRUMENT, Calendar::NewYork);
    assert_eq!(tick(&mut bars, new_york(23, 9, 29), 1), Ticked::Refused);
    assert_eq!(tick(&mut bars, new_york(23, 9, 30), 2), Ticked::Opened(None));
    assert_eq!(tick(&mut bars, new_york(23, 15, 59), 3), Ticked::Taken);
    assert_eq!(tick(&mut bars, new_york(23, 16, 0), 4), Ticked::Refused);
    let Ticked::Opened(Some(full)) = tick(&mut bars, new_york(24, 9, 31), 5) else { panic!("a new session") };
    assert_eq!((full.rule, full.trades, full.close), (BarRule::Session, 2, Price::from_units(3)));
    assert_eq!((full.open_time, full.close_time), (new_york(23, 9, 30), new_york(23, 16, 0)));
    assert_eq!(tick(&mut bars, new_york(24, 13, 0), 6), Ticked::Refused, "a half day");
    assert_eq!(bars.flush(new_york(24, 12, 59)), None);
    assert_eq!(bars.flush(new_york(24, 13, 0)).map(|bar| bar.close_time), Some(new_york(24, 13, 0)));
    assert_eq!(tick(&mut bars, new_york(23, 12, 0), 6), Ticked::Late);
    assert_eq!((bars.late(), bars.refused()), (1, 3));
}

#[test]
fn minutes_join_into_sessions() {
    let mut resampler = Resampler::of_sessions(INSTRUMENT, Calendar::NewYork);
    let minute = |minute: i64| {
        let period = domain::BarPeriod::MINUTE;
        Bar::of_period(INSTRUMENT, period, new_york(24, 9, minute), Price::from_units(1))
    };
    let mut found = Vec::new();
    for number in [28, 29, 30, 31, 239, 240] {
        resampler.on_bar(&minute(number), &mut |bar| found.push(bar));
    }
    assert_eq!((found.len(), resampler.refused()), (1, 3), "before the open, and at 13:00");
    let session = &found[0];
    assert_eq!((session.rule, session.open_time), (BarRule::Session, new_york(24, 9, 30)));
    assert_eq!(session.close_time, new_york(24, 13, 0));
}
