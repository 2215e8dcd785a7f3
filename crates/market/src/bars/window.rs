use domain::{BarPeriod, BarRule, Timestamp};

use crate::calendar::Calendar;

/// How time is cut.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Frame {
    Period(BarPeriod),
    Sessions(Calendar),
}

/// The stretch of time that the open bar covers, with what lies before it closed for good. Empty (start = end)
/// while no bar is open.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Window {
    start: Timestamp,
    end: Timestamp,
}

/// Where a moment lies.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Place {
    Inside,
    Late,
    /// In the later window given.
    Later(Window),
    /// In no window: the market is closed, or the window does not fit the range of time.
    Nowhere,
}

impl Frame {
    pub(super) const fn rule(self) -> BarRule {
        match self {
            Self::Period(period) => BarRule::Time(period),
            Self::Sessions(_) => BarRule::Session,
        }
    }

    fn around(self, time: Timestamp) -> Option<Window> {
        match self {
            Self::Period(period) => {
                let length = period.span().nanos();
                let start = time.nanos().checked_sub(time.nanos().rem_euclid(length))?;
                let end = start.checked_add(length)?;
                Some(Window { start: Timestamp::from_nanos(start), end: Timestamp::from_nanos(end) })
            }
            Self::Sessions(calendar) => {
                let session = calendar.session_at(time)?;
                Some(Window { start: session.open, end: session.close })
            }
        }
    }
}

impl Window {
    /// No bar is open and none was closed.
    pub(super) const FRESH: Self = Self { start: Timestamp::MIN, end: Timestamp::MIN };

    #[inline]
    pub(super) fn holds(self, time: Timestamp) -> bool {
        time >= self.start && time < self.end
    }

    /// Divides, so hot paths ask [`Window::holds`] first.
    pub(super) fn place(self, time: Timestamp, frame: Frame) -> Place {
        if self.holds(time) {
            Place::Inside
        } else if time < self.start {
            Place::Late
        } else {
            frame.around(time).map_or(Place::Nowhere, Place::Later)
        }
    }

    pub(super) fn is_open(self) -> bool {
        self.start < self.end
    }

    pub(super) const fn start(self) -> Timestamp {
        self.start
    }

    pub(super) const fn end(self) -> Timestamp {
        self.end
    }

    /// An open window that has wholly passed.
    pub(super) fn is_over(self, now: Timestamp) -> bool {
        self.is_open() && self.end <= now
    }

    /// The empty window after this one: everything before its end is late.
    pub(super) const fn closed(self) -> Self {
        Self { start: self.end, end: self.end }
    }
}
