//! The days and hours on which recorded markets traded are those of their calendars.

use std::collections::{BTreeMap, BTreeSet};

use domain::{Bar, InstrumentId, Span, Timestamp};
use market::calendar::{Calendar, Day, DayKind, Weekday};
use venues::files::lean::{LeanFile, LeanRow};

fn rows(path: &std::path::Path) -> Vec<LeanRow> {
    LeanFile::open(path).unwrap().rows(InstrumentId(0)).unwrap().map(Result::unwrap).collect()
}

fn bars(relative: &str) -> Option<Vec<Bar>> {
    let bar = |row| match row {
        LeanRow::Bar(bar) => bar,
        other => panic!("no bar: {other:?}"),
    };
    Some(rows(&recordings::find(relative)?).into_iter().map(bar).collect())
}

/// The day by New York's clock, whose midnight is four or five hours after that of UTC, for times before 23:00.
fn new_york_day(time: Timestamp) -> Day {
    Day::of(time.plus(Span::from_seconds(-4 * 3_600)))
}

/// The days on which only one of both has trading.
fn differences(traded: &BTreeSet<Day>, calendar: Calendar) -> Vec<String> {
    let (first, last) = (*traded.first().unwrap(), *traded.last().unwrap());
    let sessions: BTreeSet<Day> = calendar.sessions(first, last).map(|session| session.day).collect();
    traded.symmetric_difference(&sessions).map(ToString::to_string).collect()
}

#[test]
fn the_days_of_apple_are_those_of_new_york_for_23_years() {
    let Some(bars) = bars("equity_us/daily/aapl.zip") else { return };
    let days: BTreeSet<Day> = bars.iter().map(|bar| new_york_day(bar.open_time)).collect();
    assert_eq!(days.len(), 5_849);
    assert_eq!(differences(&days, Calendar::NewYork), [""; 0]);
}

/// On a half day next to nothing trades after two o'clock; on a full one the last hour is among the busiest.
#[test]
fn the_half_days_of_apple_are_those_of_new_york_for_23_years() {
    let Some(bars) = bars("equity_us/hour/aapl.zip") else { return };
    let mut volumes: BTreeMap<Day, (i128, i128)> = BTreeMap::new();
    for bar in &bars {
        let day = new_york_day(bar.open_time);
        let close = Calendar::NewYork.session_of(day).unwrap().open.plus(Span::from_seconds(4 * 3_600));
        let (all, late) = volumes.entry(day).or_default();
        *all += bar.volume.raw();
        *late += if bar.open_time >= close { bar.volume.raw() } else { 0 };
    }
    let quiet = volumes.iter().filter(|(_, (all, late))| late * 20 < *all).map(|(day, _)| *day);
    let is_half = |day: &&Day| Calendar::NewYork.session_of(**day).unwrap().kind == DayKind::Half;
    let half: Vec<Day> = volumes.keys().filter(is_half).copied().collect();
    assert_eq!(quiet.collect::<Vec<Day>>(), half);
    assert!(half.len() > 45, "{}", half.len());
}

#[test]
fn the_day_before_christmas_ends_at_one() {
    let Some(bars) = bars("equity_us/minute/goog/20151224_trade.zip") else { return };
    let session = Calendar::NewYork.session_of(Day::from_date(2015, 12, 24)).unwrap();
    let minutes = bars.iter().filter(|bar| session.holds(bar.open_time)).count();
    assert_eq!((session.kind, session.length()), (DayKind::Half, Span::from_seconds(210 * 60)));
    assert!(minutes >= 205, "{minutes} of 210 minutes");
    let after: i128 =
        bars.iter().filter(|bar| bar.open_time > session.close).map(|bar| bar.volume.raw()).sum();
    let all: i128 = bars.iter().map(|bar| bar.volume.raw()).sum();
    assert!(after * 5 < all, "{after} of {all} after the close");
}

/// Friday's quotes end where the week of foreign exchange does, and Sunday's begin there on one venue; the other shows
/// quotes for two hours before.
#[test]
fn foreign_exchange_rests_from_friday_to_sunday_at_five() {
    let Some(folder) = recordings::find("fx") else { return };
    let friday = Calendar::ForeignExchange.session_of(Day::from_date(2014, 5, 2)).unwrap();
    let monday = Calendar::ForeignExchange.session_of(Day::from_date(2014, 5, 5)).unwrap();
    assert_eq!(Calendar::ForeignExchange.session_from(friday.close), Some(monday));
    for venue in ["fxcm", "oanda"] {
        let times = |day: &str| -> Vec<Timestamp> {
            let path = folder.join(format!("{venue}/minute/eurusd/{day}_quote.zip"));
            rows(&path).iter().map(|row| row.message().receive_time()).collect()
        };
        let (before, after) = (times("20140502"), times("20140504"));
        let (last, first) = (*before.last().unwrap(), after[0]);
        // A quote bar is told at its end.
        let opened = first.since(monday.open).nanos() / Span::MINUTE.nanos();
        assert_eq!((last, opened), (friday.close, if venue == "oanda" { 1 } else { -119 }), "{venue}");
    }
}

/// Weekdays without a bar are around Christmas and New Year, when banks are closed, and one hole of a venue.
#[test]
fn the_days_of_foreign_exchange_are_its_weekdays_but_for_bank_holidays() {
    for (venue, expected, hole) in [("fxcm", 32, None), ("oanda", 13, Some(12..=15))] {
        let Some(path) = recordings::find(&format!("fx/{venue}/daily/eurusd.zip")) else { return };
        let days: BTreeSet<Day> = rows(&path)
            .iter()
            .map(|row| match row {
                LeanRow::QuoteBar(bar) => Day::of(bar.open_time),
                other => panic!("no quote bar: {other:?}"),
            })
            .collect();
        let (first, last) = (*days.first().unwrap(), *days.last().unwrap());
        let sessions = Calendar::ForeignExchange.sessions(first, last);
        let missing: Vec<Day> =
            sessions.map(|session| session.day).filter(|day| !days.contains(day)).collect();
        assert_eq!(missing.len(), expected, "{venue}");
        let is_explained = |day: &Day| match day.date() {
            (_, 12, 25..=26) | (_, 1, 1..=2) => true,
            (2016, 12, day) => hole.as_ref().is_some_and(|hole| hole.contains(&day)),
            _ => false,
        };
        assert!(missing.iter().all(is_explained), "{venue}: {missing:?}");
        let others = days.iter().filter(|day| Calendar::ForeignExchange.session_of(**day).is_none());
        assert!(
            others.clone().all(|day| day.weekday() == Weekday::Sunday),
            "days of UTC begin before the session"
        );
    }
}
