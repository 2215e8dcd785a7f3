//! New York's clock against the time zone database.

use domain::Timestamp;
use jiff::civil;
use jiff::tz::TimeZone;

use super::{Calendar, DayKind, day, session};

#[test]
fn the_clock_of_new_york_is_that_of_the_time_zone_database() {
    let zone = TimeZone::get("America/New_York").unwrap();
    let moment = |day: super::Day, hour: i8, minute: i8| {
        let (year, month, of_month) = day.date();
        let date =
            civil::date(year.try_into().unwrap(), month.try_into().unwrap(), of_month.try_into().unwrap());
        let zoned = zone.to_zoned(date.at(hour, minute, 0, 0)).unwrap();
        Timestamp::from_nanos(i64::try_from(zoned.timestamp().as_nanosecond()).unwrap())
    };
    for day in (day(1998, 1, 1).number()..=day(2040, 12, 31).number()).map(super::Day::from_number) {
        if let Some(session) = Calendar::NewYork.session_of(day) {
            let close = if session.kind == DayKind::Half { 13 } else { 16 };
            assert_eq!((session.open, session.close), (moment(day, 9, 30), moment(day, close, 0)), "{day}");
        }
        if let Some(session) = Calendar::ForeignExchange.session_of(day) {
            let expected = (moment(day.plus(-1), 17, 0), moment(day, 17, 0));
            assert_eq!((session.open, session.close), expected, "{day}");
        }
    }
}

#[test]
fn clocks_change_while_foreign_exchange_is_closed() {
    let hours = |day| session(Calendar::ForeignExchange, day).length().nanos() / 3_600_000_000_000;
    // Clocks change on Sunday at 02:00, when the market is closed.
    assert_eq!((hours(day(2024, 3, 8)), hours(day(2024, 3, 11)), hours(day(2024, 11, 4))), (24, 24, 24));
}
