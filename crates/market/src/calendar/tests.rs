mod clock;
mod new_york;

use domain::Timestamp;

use super::{Calendar, Day, DayKind, Session, Weekday};

fn day(year: i32, month: i32, of_month: i32) -> Day {
    Day::from_date(year, month, of_month)
}

fn session(calendar: Calendar, day: Day) -> Session {
    calendar.session_of(day).unwrap()
}

#[test]
fn days_count_as_the_calendar_does() {
    assert_eq!((day(1970, 1, 1).number(), day(2000, 2, 29).number()), (0, 11_016));
    let mut expected = day(1899, 12, 31);
    for (year, month) in (1900..2110).flat_map(|year| (1..=12).map(move |month| (year, month))) {
        let is_leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
        let days = [31, if is_leap { 29 } else { 28 }, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
        for of_month in 1..=days[usize::try_from(month - 1).unwrap()] {
            let next = expected.plus(1);
            assert_eq!((day(year, month, of_month), next.date()), (next, (year, month, of_month)));
            assert_eq!(next.weekday() as i32, (expected.weekday() as i32 + 1) % 7);
            expected = next;
        }
    }
    assert_eq!(day(2015, 12, 24).to_string(), "2015-12-24");
    assert_eq!((day(2024, 3, 31), day(2011, 4, 24)), (Day::easter(2024), Day::easter(2011)));
    assert_eq!(Day::nth_weekday(2024, 11, Weekday::Thursday, 4), day(2024, 11, 28));
    assert_eq!(Day::last_weekday(2024, 12, Weekday::Tuesday), day(2024, 12, 31));
}

#[test]
fn names_are_read_back() {
    for calendar in Calendar::ALL {
        assert_eq!(calendar.to_string().parse(), Ok(calendar));
    }
    let error = "NYSE".parse::<Calendar>().unwrap_err().to_string();
    assert_eq!(error, "is no calendar: `24/7`, `FX` or `XNYS`");
}

/// Every moment is in at most one session, and the sessions are found from any moment, at the ends of time too.
#[test]
fn moments_and_sessions_agree() {
    for calendar in Calendar::ALL {
        let sessions: Vec<Session> = calendar.sessions(day(2014, 12, 1), day(2016, 1, 31)).collect();
        assert!(sessions.is_sorted_by(|left, right| left.close <= right.open));
        for (session, next) in sessions.iter().zip(&sessions[1..]) {
            let last = Timestamp::from_nanos(session.close.nanos() - 1);
            for inside in [session.open, last] {
                assert_eq!(calendar.session_at(inside).as_ref(), Some(session));
            }
            let before = Timestamp::from_nanos(session.open.nanos() - 1);
            assert_ne!(calendar.session_at(before).as_ref(), Some(session));
            assert_ne!(calendar.session_at(session.close).as_ref(), Some(session));
            assert_eq!(calendar.session_from(session.open).as_ref(), Some(session));
            assert_eq!(calendar.session_from(last).as_ref(), Some(next));
        }
        for end in [Timestamp::MIN, Timestamp::MAX] {
            assert!(calendar.session_at(end).is_none_or(|session| session.holds(end)));
            assert!(calendar.session_from(end).is_none_or(|session| session.open >= end));
        }
    }
}
