use super::{Calendar, Day, DayKind, day};

fn kind(day: Day) -> Option<DayKind> {
    Calendar::NewYork.session_of(day).map(|session| session.kind)
}

#[test]
fn holidays_are_kept_as_the_exchange_keeps_them() {
    // A Saturday's New Year is not made up for; other holidays move to Friday or Monday.
    let closed = [
        day(1998, 1, 19),
        day(1999, 12, 24),
        day(2001, 9, 11),
        day(2001, 9, 14),
        day(2004, 6, 11),
        day(2004, 12, 24),
        day(2007, 1, 2),
        day(2010, 7, 5),
        day(2012, 10, 30),
        day(2015, 7, 3),
        day(2017, 1, 2),
        day(2018, 12, 5),
        day(2020, 7, 3),
        day(2021, 12, 24),
        day(2022, 6, 20),
        day(2023, 6, 19),
        day(2025, 1, 9),
    ];
    closed.into_iter().for_each(|day| assert_eq!(kind(day), None, "{day}"));
    let open = [day(1999, 12, 31), day(2004, 12, 31), day(2010, 12, 31), day(2021, 6, 18), day(2021, 12, 31)];
    open.into_iter().for_each(|day| assert!(kind(day).is_some(), "{day}"));
}

#[test]
fn half_days_are_known() {
    let half = [
        day(1999, 12, 31),
        day(2002, 7, 5),
        day(2003, 12, 24),
        day(2003, 12, 26),
        day(2013, 7, 3),
        day(2014, 7, 3),
        day(2015, 11, 27),
        day(2015, 12, 24),
        day(2019, 7, 3),
        day(2024, 11, 29),
    ];
    half.into_iter().for_each(|day| assert_eq!(kind(day), Some(DayKind::Half), "{day}"));
    let full = [day(2002, 7, 3), day(2013, 7, 5), day(2015, 12, 23), day(2015, 12, 28), day(2024, 7, 5)];
    full.into_iter().for_each(|day| assert_eq!(kind(day), Some(DayKind::Full), "{day}"));
}

/// The days of each year on which the exchange opened, and half of them, as it published them.
#[test]
fn a_year_has_the_right_number_of_days() {
    let count = |year| {
        let sessions = Calendar::NewYork.sessions(day(year, 1, 1), day(year, 12, 31));
        sessions.fold((0, 0), |(days, halves), session| {
            (days + 1, halves + i32::from(session.kind == DayKind::Half))
        })
    };
    let expected = [
        (1998, 252, 2),
        (1999, 252, 2),
        (2001, 248, 3),
        (2004, 252, 1),
        (2012, 250, 3),
        (2015, 252, 2),
        (2020, 253, 2),
        (2023, 250, 2),
        (2024, 252, 3),
    ];
    for (year, days, halves) in expected {
        assert_eq!(count(year), (days, halves), "{year}");
    }
}
