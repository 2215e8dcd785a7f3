//! When exchanges are open: their sessions by day, with holidays, half days and daylight saving time.
//!
//! The rules are tables and arithmetic of this crate, so that they need neither a clock nor a file; tests hold them
//! against the time zone database and the days of recorded files. They are vouched for from 1998 on and reach as
//! far ahead as the exchanges have told: a later day of mourning is not known here.

mod day;
mod new_york;
mod session;
mod xnys;

use std::fmt;
use std::str::FromStr;

use domain::{InstrumentKind, Timestamp};
use thiserror::Error;

pub use day::{Day, Weekday};
pub use session::{DayKind, Session};

/// The longest stretch without a session that is looked through; 2001-09-11 closed New York for six days.
const CLOSED_DAYS_MAX: i32 = 14;

/// Whose hours an instrument keeps.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Calendar {
    /// Never closed; a session is a day of UTC.
    Always,
    /// Foreign exchange: from 17:00 New York on Sunday to 17:00 on Friday. A session ends at 17:00 and bears the
    /// date of its end. Banks' holidays thin the market and do not close it.
    ForeignExchange,
    /// New York's stock exchanges (XNYS, XNAS, ARCX): 09:30 to 16:00, 13:00 on half days. Trades before and after
    /// are of no session.
    NewYork,
}

/// A text that names no calendar.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("is no calendar: `24/7`, `FX` or `XNYS`")]
pub struct UnknownCalendar;

impl Calendar {
    pub const ALL: [Self; 3] = [Self::Always, Self::ForeignExchange, Self::NewYork];

    /// The calendar that instruments of a kind keep where nothing else is said.
    #[must_use]
    pub const fn of(kind: InstrumentKind) -> Self {
        match kind {
            InstrumentKind::Equity => Self::NewYork,
            InstrumentKind::Fx => Self::ForeignExchange,
            InstrumentKind::Spot | InstrumentKind::LinearPerpetual | InstrumentKind::InversePerpetual => {
                Self::Always
            }
        }
    }

    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Always => "24/7",
            Self::ForeignExchange => "FX",
            Self::NewYork => "XNYS",
        }
    }

    /// The session of a day, if it has one.
    #[must_use]
    pub fn session_of(self, day: Day) -> Option<Session> {
        match self {
            Self::Always => Session::always(day),
            Self::ForeignExchange => new_york::foreign_exchange(day),
            Self::NewYork => xnys::session(day),
        }
    }

    /// The day that the calendar dates a moment with: New York's own, else that of UTC.
    #[must_use]
    pub fn day_of(self, time: Timestamp) -> Day {
        match self {
            Self::NewYork => new_york::day_of(time),
            Self::Always | Self::ForeignExchange => Day::of(time),
        }
    }

    /// The session that holds the moment, `[open, close)`.
    #[must_use]
    pub fn session_at(self, time: Timestamp) -> Option<Session> {
        // Hours of New York lie in the same day of UTC, or end in the next.
        let day = Day::of(time);
        let days = [day, day.plus(1)];
        days.into_iter().filter_map(|day| self.session_of(day)).find(|session| session.holds(time))
    }

    /// The first session that opens at or after the moment; `None` at the end of the range of time.
    #[must_use]
    pub fn session_from(self, time: Timestamp) -> Option<Session> {
        let day = Day::of(time);
        let days = (0..=CLOSED_DAYS_MAX).map(|after| day.plus(after));
        days.filter_map(|day| self.session_of(day)).find(|session| session.open >= time)
    }

    /// The sessions of `[first, last]`, in order.
    pub fn sessions(self, first: Day, last: Day) -> impl Iterator<Item = Session> {
        (first.number()..=last.number()).filter_map(move |number| self.session_of(Day::from_number(number)))
    }
}

impl fmt::Display for Calendar {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.pad(self.name())
    }
}

impl FromStr for Calendar {
    type Err = UnknownCalendar;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::ALL.into_iter().find(|calendar| calendar.name() == text).ok_or(UnknownCalendar)
    }
}

#[cfg(test)]
mod tests;
