use serde::{Deserialize, Serialize};

use crate::{InstrumentId, NumberError, Price, Quantity, Span, Timestamp};

/// The length of a time bar; always positive.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "Span", into = "Span")]
pub struct BarPeriod(Span);

impl TryFrom<Span> for BarPeriod {
    type Error = NumberError;

    fn try_from(span: Span) -> Result<Self, Self::Error> {
        Self::new(span).ok_or(NumberError::Overflow)
    }
}

impl From<BarPeriod> for Span {
    fn from(period: BarPeriod) -> Self {
        period.0
    }
}

impl BarPeriod {
    pub const SECOND: Self = Self(Span::SECOND);
    pub const MINUTE: Self = Self(Span::MINUTE);
    pub const HOUR: Self = Self(Span::HOUR);
    pub const DAY: Self = Self(Span::DAY);

    /// `None` unless positive.
    #[must_use]
    pub const fn new(span: Span) -> Option<Self> {
        if span.nanos() > 0 { Some(Self(span)) } else { None }
    }

    #[must_use]
    pub const fn span(self) -> Span {
        self.0
    }

    /// Whole seconds.
    #[must_use]
    pub const fn seconds(self) -> i64 {
        self.0.nanos() / 1_000_000_000
    }
}

/// Open, high, low, close and volume of `[open_time, open_time + period)`. A tick exactly on a boundary belongs
/// to the later bar.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Bar {
    pub instrument: InstrumentId,
    pub trades: u32,
    pub period: BarPeriod,
    pub open_time: Timestamp,
    pub open: Price,
    pub high: Price,
    pub low: Price,
    pub close: Price,
    pub volume: Quantity,
}

impl Bar {
    /// The first moment after the bar: when it is known.
    #[must_use]
    #[inline]
    pub const fn close_time(&self) -> Timestamp {
        self.open_time.plus(self.period.span())
    }

    /// Whether high and low enclose open and close.
    #[must_use]
    pub fn is_coherent(&self) -> bool {
        self.low <= self.open.min(self.close)
            && self.high >= self.open.max(self.close)
            && !self.volume.is_negative()
    }
}
