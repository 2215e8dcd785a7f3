use domain::{Span, Timestamp};

use super::Day;

/// How long a day's session is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum DayKind {
    Full,
    /// The exchange closes early, as before a holiday.
    Half,
}

/// One stretch of trading, `[open, close)`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Session {
    /// The exchange's date of it.
    pub day: Day,
    pub kind: DayKind,
    pub open: Timestamp,
    pub close: Timestamp,
}

impl Session {
    #[must_use]
    pub fn holds(&self, time: Timestamp) -> bool {
        self.open <= time && time < self.close
    }

    pub(super) fn always(day: Day) -> Option<Self> {
        let (open, close) = (day.start()?, day.plus(1).start()?);
        Some(Self { day, kind: DayKind::Full, open, close })
    }

    #[must_use]
    pub const fn length(&self) -> Span {
        self.close.since(self.open)
    }
}
