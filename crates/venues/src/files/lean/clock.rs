//! From a file's local times to UTC.

use domain::Timestamp;
use jiff::civil::{Date, Time};
use jiff::tz::{Offset, TimeZone};

use super::LeanClock;

const MILLIS_A_DAY: i64 = 86_400_000;
const NANOS_A_DAY: i64 = MILLIS_A_DAY * 1_000_000;

impl LeanClock {
    /// `None` only if the built-in time zone table lacked New York.
    pub(super) fn zone(self) -> Option<TimeZone> {
        match self {
            Self::NewYork => TimeZone::get("America/New_York").ok(),
            Self::EasternStandard => Some(TimeZone::fixed(Offset::constant(-5))),
            Self::Utc => Some(TimeZone::UTC),
        }
    }
}

/// Converts local times, remembering the current day so that most conversions are one addition.
#[derive(Debug)]
pub(super) struct Converter {
    zone: TimeZone,
    day: Option<Day>,
}

#[derive(Debug, Clone, Copy)]
struct Day {
    date: Date,
    midnight: i64,
    /// Whether the day has 24 hours, so that times since midnight may be added.
    is_plain: bool,
}

impl Converter {
    pub(super) const fn new(zone: TimeZone) -> Self {
        Self { zone, day: None }
    }

    /// The moment when the local clock shows `millis` after midnight. Of a time that occurs twice in autumn the
    /// first is meant; a time skipped in spring moves on by the hour. `None` outside the day or the range.
    #[inline]
    pub(super) fn moment(&mut self, date: Date, millis: i64) -> Option<Timestamp> {
        if !(0..MILLIS_A_DAY).contains(&millis) {
            return None;
        }
        let day = match self.day {
            Some(day) if day.date == date => day,
            _ => self.begin(date)?,
        };
        if day.is_plain {
            return day.midnight.checked_add(millis * 1_000_000).map(Timestamp::from_nanos);
        }
        let span = jiff::SignedDuration::from_millis(millis);
        let local = date.to_datetime(Time::midnight()).checked_add(span).ok()?;
        nanos(&local.to_zoned(self.zone.clone()).ok()?).map(Timestamp::from_nanos)
    }

    fn begin(&mut self, date: Date) -> Option<Day> {
        let midnight = nanos(&date.to_zoned(self.zone.clone()).ok()?)?;
        let next = nanos(&date.tomorrow().ok()?.to_zoned(self.zone.clone()).ok()?)?;
        let day = Day { date, midnight, is_plain: next.checked_sub(midnight) == Some(NANOS_A_DAY) };
        self.day = Some(day);
        Some(day)
    }
}

fn nanos(zoned: &jiff::Zoned) -> Option<i64> {
    i64::try_from(zoned.timestamp().as_nanosecond()).ok()
}
