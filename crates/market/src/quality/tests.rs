use domain::{InstrumentId, Span, Timestamp};

use super::Staleness;
use crate::calendar::{Calendar, Day};

fn at(nanos: i64) -> Timestamp {
    Timestamp::from_nanos(nanos)
}

const NONE: [u32; 0] = [];

fn newly_stale(staleness: &mut Staleness, now: i64) -> Vec<u32> {
    let mut found = Vec::new();
    staleness.stale(at(now), &mut |instrument| found.push(instrument.0));
    found
}

#[test]
fn an_instrument_is_stale_past_its_limit_and_told_once() {
    let mut staleness = Staleness::new();
    staleness.watch(InstrumentId(2), Calendar::Always, Span::from_nanos(10), at(0));
    staleness.watch(InstrumentId(0), Calendar::Always, Span::from_nanos(20), at(0));
    assert_eq!(newly_stale(&mut staleness, 10), NONE, "at the limit it is not past it");
    assert_eq!(newly_stale(&mut staleness, 11), [2]);
    assert!(staleness.is_stale(InstrumentId(2)) && !staleness.is_stale(InstrumentId(0)));
    assert_eq!(newly_stale(&mut staleness, 21), [0]);
    assert_eq!(newly_stale(&mut staleness, 99), NONE);
}

#[test]
fn data_takes_the_mark_away() {
    let (mut staleness, instrument) = (Staleness::new(), InstrumentId(1));
    staleness.watch(instrument, Calendar::Always, Span::from_nanos(10), at(0));
    assert!(!staleness.on_data(instrument, at(5)));
    assert_eq!(newly_stale(&mut staleness, 15), NONE);
    assert_eq!(newly_stale(&mut staleness, 16), [1]);
    assert!(staleness.on_data(instrument, at(20)), "it was stale");
    assert!(!staleness.is_stale(instrument));
    staleness.on_data(instrument, at(1));
    assert_eq!(newly_stale(&mut staleness, 30), NONE, "older data does not age it");
    assert_eq!(newly_stale(&mut staleness, 31), [1]);
}

#[test]
fn only_what_is_watched_can_be_stale() {
    let mut staleness = Staleness::new();
    assert!(!staleness.on_data(InstrumentId(9), at(0)));
    staleness.watch(InstrumentId(1), Calendar::Always, Span::from_nanos(10), at(0));
    staleness.unwatch(InstrumentId(1));
    staleness.unwatch(InstrumentId(7));
    assert_eq!(newly_stale(&mut staleness, 1_000), NONE);
    assert!(!staleness.is_stale(InstrumentId(1)) && !staleness.is_stale(InstrumentId(9)));
}

#[test]
fn a_closed_market_does_not_age() {
    let (mut staleness, instrument) = (Staleness::new(), InstrumentId(0));
    let session = |day| Calendar::NewYork.session_of(Day::from_date(2015, 12, day)).unwrap();
    let (half, next) = (session(24), session(28));
    let last = half.close.plus(Span::from_seconds(-30));
    staleness.watch(instrument, Calendar::NewYork, Span::MINUTE, last);
    let mut stale = |time: Timestamp| {
        let mut found = 0;
        staleness.stale(time, &mut |_| found += 1);
        found
    };
    assert_eq!([half.close, half.close.plus(Span::DAY), next.open].map(&mut stale), [0, 0, 0]);
    assert_eq!(stale(next.open.plus(Span::MINUTE)), 0);
    assert_eq!(stale(next.open.plus(Span::from_seconds(61))), 1);
}

#[test]
fn a_market_that_never_closes_ages_across_midnight() {
    let (mut staleness, midnight) = (Staleness::new(), Day::from_date(2024, 1, 2).start().unwrap());
    staleness.watch(InstrumentId(0), Calendar::Always, Span::MINUTE, midnight.plus(Span::from_seconds(-50)));
    let mut found = 0;
    staleness.stale(midnight.plus(Span::from_seconds(11)), &mut |_| found += 1);
    assert_eq!(found, 1);
}
