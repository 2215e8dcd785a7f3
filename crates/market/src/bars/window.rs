use domain::{BarPeriod, Timestamp};

/// The stretch of time that the open bar covers, with what lies before it closed for good. Empty (start = end)
/// while no bar is open.
#[derive(Debug, Clone, Copy)]
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
    /// In a window that does not fit the range of time.
    OutOfRange,
}

impl PartialEq for Window {
    fn eq(&self, other: &Self) -> bool {
        (self.start, self.end) == (other.start, other.end)
    }
}

impl Eq for Window {}

impl Window {
    /// No bar is open and none was closed.
    pub(super) const FRESH: Self = Self { start: Timestamp::MIN, end: Timestamp::MIN };

    #[inline]
    pub(super) fn holds(self, time: Timestamp) -> bool {
        time >= self.start && time < self.end
    }

    /// Divides, so hot paths ask [`Window::holds`] first.
    pub(super) fn place(self, time: Timestamp, period: BarPeriod) -> Place {
        if self.holds(time) {
            Place::Inside
        } else if time < self.start {
            Place::Late
        } else {
            Self::around(time, period).map_or(Place::OutOfRange, Place::Later)
        }
    }

    fn around(time: Timestamp, period: BarPeriod) -> Option<Self> {
        let length = period.span().nanos();
        let start = time.nanos().checked_sub(time.nanos().rem_euclid(length))?;
        let end = start.checked_add(length)?;
        Some(Self { start: Timestamp::from_nanos(start), end: Timestamp::from_nanos(end) })
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
