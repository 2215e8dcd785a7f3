//! Time as data: nanoseconds since 1970 UTC. Nothing here asks a clock.

use serde::{Deserialize, Serialize};

/// A moment: nanoseconds since 1970-01-01 UTC. Covers 1678–2262.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Timestamp(i64);

/// A length of time in nanoseconds; negative where a later moment is subtracted from an earlier one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Span(i64);

impl Timestamp {
    pub const MIN: Self = Self(i64::MIN);
    pub const EPOCH: Self = Self(0);
    pub const MAX: Self = Self(i64::MAX);

    #[must_use]
    pub const fn from_nanos(nanos: i64) -> Self {
        Self(nanos)
    }

    /// Saturates at the ends of the range.
    #[must_use]
    pub const fn from_millis(millis: i64) -> Self {
        Self(millis.saturating_mul(1_000_000))
    }

    /// Saturates at the ends of the range.
    #[must_use]
    pub const fn from_seconds(seconds: i64) -> Self {
        Self(seconds.saturating_mul(1_000_000_000))
    }

    #[must_use]
    pub const fn nanos(self) -> i64 {
        self.0
    }

    /// Whole milliseconds, rounded toward the past.
    #[must_use]
    pub const fn millis(self) -> i64 {
        self.0.div_euclid(1_000_000)
    }

    /// Saturates at the ends of the range.
    #[must_use]
    #[inline]
    pub const fn plus(self, span: Span) -> Self {
        Self(self.0.saturating_add(span.0))
    }

    /// The span from `earlier` to this moment; saturates.
    #[must_use]
    #[inline]
    pub const fn since(self, earlier: Self) -> Span {
        Span(self.0.saturating_sub(earlier.0))
    }

    /// The start of the `period` that holds this moment, counted from the epoch. The period must be positive.
    /// Saturates at the past end of the range.
    #[must_use]
    #[inline]
    pub const fn floor_to(self, period: Span) -> Self {
        Self(self.0.saturating_sub(self.0.rem_euclid(period.0)))
    }
}

impl Span {
    pub const ZERO: Self = Self(0);
    pub const SECOND: Self = Self(1_000_000_000);
    pub const MINUTE: Self = Self(60_000_000_000);
    pub const HOUR: Self = Self(3_600_000_000_000);
    pub const DAY: Self = Self(86_400_000_000_000);

    #[must_use]
    pub const fn from_nanos(nanos: i64) -> Self {
        Self(nanos)
    }

    /// Saturates at the ends of the range.
    #[must_use]
    pub const fn from_millis(millis: i64) -> Self {
        Self(millis.saturating_mul(1_000_000))
    }

    /// Saturates at the ends of the range.
    #[must_use]
    pub const fn from_seconds(seconds: i64) -> Self {
        Self(seconds.saturating_mul(1_000_000_000))
    }

    #[must_use]
    pub const fn nanos(self) -> i64 {
        self.0
    }

    /// Whole milliseconds, rounded toward negative infinity.
    #[must_use]
    pub const fn millis(self) -> i64 {
        self.0.div_euclid(1_000_000)
    }
}
