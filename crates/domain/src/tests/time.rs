use proptest::prelude::*;

use crate::{BarPeriod, Span, Timestamp};

fn at(nanos: i64) -> Timestamp {
    Timestamp::from_nanos(nanos)
}

#[test]
fn the_floor_goes_toward_the_past() {
    let cases = [(0, 0), (59, 0), (60, 60), (-1, -60), (-60, -60), (-61, -120)];
    for (moment, start) in cases {
        let floor = Timestamp::from_seconds(moment).floor_to(Span::MINUTE);
        assert_eq!(floor, Timestamp::from_seconds(start), "{moment}");
    }
    assert_eq!(Timestamp::MIN.floor_to(Span::DAY), Timestamp::MIN);
}

#[test]
fn time_saturates() {
    assert_eq!(Timestamp::MAX.plus(Span::SECOND), Timestamp::MAX);
    assert_eq!(Timestamp::MIN.plus(Span::from_nanos(-1)), Timestamp::MIN);
    assert_eq!(Timestamp::MAX.since(Timestamp::MIN), Span::from_nanos(i64::MAX));
    assert_eq!(Timestamp::from_seconds(i64::MAX), Timestamp::MAX);
    assert_eq!(Timestamp::from_millis(i64::MIN), Timestamp::MIN);
}

#[test]
fn milliseconds_round_toward_the_past() {
    assert_eq!([at(-1).millis(), at(1_999_999).millis()], [-1, 1]);
    assert_eq!([Span::from_nanos(-1).millis(), Span::from_nanos(999_999).millis()], [-1, 0]);
}

#[test]
fn a_bar_period_is_positive() {
    assert_eq!(BarPeriod::new(Span::ZERO), None);
    assert_eq!(BarPeriod::new(Span::from_nanos(-1)), None);
    assert_eq!(BarPeriod::new(Span::MINUTE), Some(BarPeriod::MINUTE));
    assert_eq!(BarPeriod::HOUR.seconds(), 3_600);
    assert!(serde_json::from_str::<BarPeriod>("0").is_err());
    assert_eq!(serde_json::from_str::<BarPeriod>("60000000000").unwrap(), BarPeriod::MINUTE);
    assert_eq!(serde_json::to_string(&BarPeriod::SECOND).unwrap(), "1000000000");
}

proptest! {
    #[test]
    fn the_floor_holds_its_moment(moment in -(1i64 << 62)..1 << 62, period in 1i64..1 << 50) {
        let start = at(moment).floor_to(Span::from_nanos(period));
        prop_assert_eq!(start.nanos() % period, 0);
        prop_assert!(start <= at(moment) && at(moment) < start.plus(Span::from_nanos(period)));
    }
}
