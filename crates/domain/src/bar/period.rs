use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use super::BarRuleError;
use crate::{NumberError, Span};

/// The length of a time bar; always positive.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "Span", into = "Span")]
pub struct BarPeriod(Span);

/// From the longest, with its nanoseconds.
const UNITS: [(&str, i64); 7] = [
    ("d", Span::DAY.nanos()),
    ("h", Span::HOUR.nanos()),
    ("m", Span::MINUTE.nanos()),
    ("s", Span::SECOND.nanos()),
    ("ms", 1_000_000),
    ("us", 1_000),
    ("ns", 1),
];

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

/// A whole number of the longest unit that fits: `90s`, `1m`, `1d`.
impl fmt::Display for BarPeriod {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let nanos = self.0.nanos();
        let unit = UNITS.iter().find(|(_, length)| nanos % length == 0);
        let (name, length) = unit.unwrap_or(&("ns", 1));
        write!(formatter, "{}{name}", nanos / length)
    }
}

impl FromStr for BarPeriod {
    type Err = BarRuleError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let end = text.bytes().take_while(u8::is_ascii_digit).count();
        if end == 0 {
            return Err(BarRuleError::Unknown);
        }
        let (digits, unit) = text.split_at(end);
        let (_, length) = UNITS.iter().find(|(name, _)| *name == unit).ok_or(BarRuleError::Unknown)?;
        let count: i64 = digits.parse().map_err(|_| BarRuleError::Size)?;
        let nanos = count.checked_mul(*length).ok_or(BarRuleError::Size)?;
        Self::new(Span::from_nanos(nanos)).ok_or(BarRuleError::Size)
    }
}
