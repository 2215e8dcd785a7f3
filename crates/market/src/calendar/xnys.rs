//! The days of New York's stock exchanges, by Rule 7.2 and announcements. Openings that were put off, by minutes or
//! on 2002-09-11 by hours, are not listed: the day then begins with a gap.

use super::new_york::moment;
use super::{Day, DayKind, Session, Weekday};

/// Full days on which the exchange was closed for what happened.
const CLOSED: [(i32, i32, i32); 10] = [
    (2001, 9, 11),
    (2001, 9, 12),
    (2001, 9, 13),
    (2001, 9, 14),
    // Days of mourning for the presidents Reagan and Ford.
    (2004, 6, 11),
    (2007, 1, 2),
    // Hurricane Sandy.
    (2012, 10, 29),
    (2012, 10, 30),
    // Days of mourning for the presidents Bush and Carter.
    (2018, 12, 5),
    (2025, 1, 9),
];

/// Half days that no rule gives. The first was one of Nasdaq, as recorded trades show; lists of the floor differ.
const HALF: [(i32, i32, i32); 2] = [(1999, 12, 31), (2003, 12, 26)];

pub(super) fn session(day: Day) -> Option<Session> {
    let kind = kind(day)?;
    let close = if kind == DayKind::Half { 13 } else { 16 };
    Some(Session { day, kind, open: moment(day, 9, 30)?, close: moment(day, close, 0)? })
}

/// `None` when the exchange is closed.
fn kind(day: Day) -> Option<DayKind> {
    if day.is_weekend() || is_holiday(day) || CLOSED.contains(&day.date()) {
        return None;
    }
    Some(if is_half(day) { DayKind::Half } else { DayKind::Full })
}

fn is_holiday(day: Day) -> bool {
    let (year, month, _) = day.date();
    let falls = |holiday: Day| day == holiday;
    match month {
        // A New Year's Day on a Saturday is not made up for: the year before it is to be closed first.
        1 => {
            let new_year = Day::from_date(year, 1, 1);
            let is_observed = new_year.weekday() != Weekday::Saturday;
            (is_observed && falls(observed(new_year)))
                || (year >= 1998 && falls(Day::nth_weekday(year, 1, Weekday::Monday, 3)))
        }
        2 => falls(Day::nth_weekday(year, 2, Weekday::Monday, 3)),
        3 | 4 => falls(Day::easter(year).plus(-2)),
        5 => falls(Day::last_weekday(year, 5, Weekday::Monday)),
        6 => year >= 2022 && falls(observed(Day::from_date(year, 6, 19))),
        7 => falls(observed(Day::from_date(year, 7, 4))),
        9 => falls(Day::nth_weekday(year, 9, Weekday::Monday, 1)),
        11 => falls(thanksgiving(year)),
        12 => falls(observed(Day::from_date(year, 12, 25))),
        _ => false,
    }
}

/// A holiday on a Saturday is kept on Friday, one on a Sunday on Monday.
const fn observed(holiday: Day) -> Day {
    match holiday.weekday() {
        Weekday::Saturday => holiday.plus(-1),
        Weekday::Sunday => holiday.plus(1),
        _ => holiday,
    }
}

/// Of a day on which the exchange opens.
fn is_half(day: Day) -> bool {
    let (year, month, of_month) = day.date();
    let weekday = day.weekday();
    match (month, of_month) {
        // Before a 4th of July on a Thursday the third was a full day until 2013, and the fifth a half one.
        (7, 3) => weekday != Weekday::Wednesday || year >= 2013,
        (7, 5) => weekday == Weekday::Friday && year < 2013,
        (11, _) => day == thanksgiving(year).plus(1),
        (12, 24) => true,
        _ => HALF.contains(&day.date()),
    }
}

const fn thanksgiving(year: i32) -> Day {
    Day::nth_weekday(year, 11, Weekday::Thursday, 4)
}
