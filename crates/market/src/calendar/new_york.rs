//! New York's clock, at hours that daylight saving time neither skips nor repeats.

use domain::{Span, Timestamp};

use super::{Day, DayKind, Session, Weekday};

/// Standard time is so far behind UTC, daylight saving time an hour less.
const BEHIND: i64 = 5 * Span::HOUR.nanos();

/// A moment of a day by New York's clock, from 03:00 on. `None` outside the range of time.
pub(super) fn moment(day: Day, hour: i64, minute: i64) -> Option<Timestamp> {
    let of_day = hour * Span::HOUR.nanos() + minute * Span::MINUTE.nanos();
    let behind = if is_daylight_saving(day) { BEHIND - Span::HOUR.nanos() } else { BEHIND };
    day.start()?.nanos().checked_add(of_day + behind).map(Timestamp::from_nanos)
}

/// The day by New York's clock.
pub(super) fn day_of(time: Timestamp) -> Day {
    let standard = Day::of(time.plus(Span::from_nanos(-BEHIND)));
    // Clocks change at 02:00, when nothing is traded there.
    if is_daylight_saving(standard) {
        Day::of(time.plus(Span::from_nanos(Span::HOUR.nanos() - BEHIND)))
    } else {
        standard
    }
}

/// 17:00 to 17:00, Monday to Friday by the date of the end.
pub(super) fn foreign_exchange(day: Day) -> Option<Session> {
    if day.is_weekend() {
        return None;
    }
    Some(Session { day, kind: DayKind::Full, open: moment(day.plus(-1), 17, 0)?, close: moment(day, 17, 0)? })
}

/// Whether clocks are an hour ahead from 03:00 of the day on. The law of 2007 and that of 1987 before it.
fn is_daylight_saving(day: Day) -> bool {
    let year = day.year();
    let (first, after) = if year >= 2007 {
        (Day::nth_weekday(year, 3, Weekday::Sunday, 2), Day::nth_weekday(year, 11, Weekday::Sunday, 1))
    } else {
        (Day::nth_weekday(year, 4, Weekday::Sunday, 1), Day::last_weekday(year, 10, Weekday::Sunday))
    };
    first <= day && day < after
}
