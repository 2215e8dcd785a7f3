use std::fmt;

use domain::{Span, Timestamp};

/// A day of the civil calendar, counted from 1970-01-01.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Day(i32);

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Weekday {
    Monday,
    Tuesday,
    Wednesday,
    Thursday,
    Friday,
    Saturday,
    Sunday,
}

impl Weekday {
    /// From Monday on.
    pub const ALL: [Self; 7] = [
        Self::Monday,
        Self::Tuesday,
        Self::Wednesday,
        Self::Thursday,
        Self::Friday,
        Self::Saturday,
        Self::Sunday,
    ];
}

/// Days from 0000-03-01 to 1970-01-01: years that begin in March end with their leap day.
const EPOCH: i32 = 719_468;
/// Days in four centuries.
const ERA: i32 = 146_097;

impl Day {
    /// The day of UTC that holds the moment.
    #[must_use]
    pub const fn of(time: Timestamp) -> Self {
        // 2⁶³ nanoseconds are 106,752 days.
        #[expect(clippy::cast_possible_truncation, reason = "the range of time is 213,504 days")]
        Self(time.nanos().div_euclid(Span::DAY.nanos()) as i32)
    }

    #[must_use]
    pub const fn from_number(number: i32) -> Self {
        Self(number)
    }

    /// Days since 1970-01-01.
    #[must_use]
    pub const fn number(self) -> i32 {
        self.0
    }

    /// A day of the proleptic Gregorian calendar. Months and days past their ends run over into the next.
    #[must_use]
    pub const fn from_date(year: i32, month: i32, day: i32) -> Self {
        let year = if month <= 2 { year - 1 } else { year };
        let (era, of_era) = (year.div_euclid(400), year.rem_euclid(400));
        let of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
        Self(era * ERA + of_era * 365 + of_era / 4 - of_era / 100 + of_year - EPOCH)
    }

    /// Year, month and day.
    #[must_use]
    pub const fn date(self) -> (i32, i32, i32) {
        let shifted = self.0 + EPOCH;
        let (era, of_era) = (shifted.div_euclid(ERA), shifted.rem_euclid(ERA));
        let year = (of_era - of_era / 1_460 + of_era / 36_524 - of_era / 146_096) / 365;
        let of_year = of_era - (365 * year + year / 4 - year / 100);
        let month = (5 * of_year + 2) / 153;
        let day = of_year - (153 * month + 2) / 5 + 1;
        let month = if month < 10 { month + 3 } else { month - 9 };
        let year = era * 400 + year + if month <= 2 { 1 } else { 0 };
        (year, month, day)
    }

    #[must_use]
    pub const fn year(self) -> i32 {
        self.date().0
    }

    #[must_use]
    pub const fn weekday(self) -> Weekday {
        // 1970-01-01 was a Thursday.
        match (self.0 + 3).rem_euclid(7) {
            0 => Weekday::Monday,
            1 => Weekday::Tuesday,
            2 => Weekday::Wednesday,
            3 => Weekday::Thursday,
            4 => Weekday::Friday,
            5 => Weekday::Saturday,
            _ => Weekday::Sunday,
        }
    }

    #[must_use]
    pub const fn is_weekend(self) -> bool {
        matches!(self.weekday(), Weekday::Saturday | Weekday::Sunday)
    }

    #[must_use]
    pub const fn plus(self, days: i32) -> Self {
        Self(self.0.saturating_add(days))
    }

    /// Midnight UTC; `None` outside the range of time.
    #[must_use]
    pub fn start(self) -> Option<Timestamp> {
        i64::from(self.0).checked_mul(Span::DAY.nanos()).map(Timestamp::from_nanos)
    }

    /// The `nth` (from one) of a weekday in a month.
    #[must_use]
    pub const fn nth_weekday(year: i32, month: i32, weekday: Weekday, nth: i32) -> Self {
        let first = Self::from_date(year, month, 1);
        let ahead = (weekday as i32 - first.weekday() as i32).rem_euclid(7);
        Self(first.0 + ahead + 7 * (nth - 1))
    }

    /// The last of a weekday in a month.
    #[must_use]
    pub const fn last_weekday(year: i32, month: i32, weekday: Weekday) -> Self {
        let next =
            if month == 12 { Self::from_date(year + 1, 1, 1) } else { Self::from_date(year, month + 1, 1) };
        let last = Self(next.0 - 1);
        let back = (last.weekday() as i32 - weekday as i32).rem_euclid(7);
        Self(last.0 - back)
    }

    /// Easter Sunday of the Gregorian calendar.
    #[must_use]
    pub const fn easter(year: i32) -> Self {
        let golden = year.rem_euclid(19);
        let century = year.div_euclid(100);
        let moon_shift = (century - century / 4 - (8 * century + 13) / 25 + 19 * golden + 15).rem_euclid(30);
        let full_moon = moon_shift - (moon_shift / 28) * (1 - (29 / (moon_shift + 1)) * ((21 - golden) / 11));
        let weekday = (year + year / 4 + full_moon + 2 - century + century / 4).rem_euclid(7);
        let from_march = full_moon - weekday;
        let month = 3 + (from_march + 40) / 44;
        let day = from_march + 28 - 31 * (month / 4);
        Self::from_date(year, month, day)
    }
}

/// `2015-12-24`.
impl fmt::Display for Day {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (year, month, day) = self.date();
        write!(formatter, "{year:04}-{month:02}-{day:02}")
    }
}
