use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use thiserror::Error;

use super::BarPeriod;
use crate::{Money, Quantity, Span};

/// When a bar ends. Sizes are positive. Its text is its name in settings, tables and answers: `1m`, `session`,
/// `ticks:1000`, `volume:2.5`, `notional:1000000`, `imbalance:500`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum BarRule {
    /// At multiples of the period since the epoch, UTC.
    Time(BarPeriod),
    /// With the session of the instrument's exchange.
    Session,
    /// With so many trades.
    Ticks(u32),
    /// With the trade that brings the volume to at least this. A trade is never cut in two.
    Volume(Quantity),
    /// With the trade that brings the sum of price × quantity to at least this.
    Notional(Money),
    /// With the trade at which buyers and sellers are out of balance by more than is usual, in bars of about so
    /// many trades; `market::bars` has the convention.
    Imbalance(u32),
}

/// Why a text names no bars.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum BarRuleError {
    #[error(
        "is no rule of bars: a length like `1s`, `5m`, `1d`, or `session`, `ticks:1000`, `volume:2.5`, \
         `notional:1000000`, `imbalance:500`"
    )]
    Unknown,
    #[error("has a size that is not above zero, or too large")]
    Size,
}

impl BarRule {
    pub const SECOND: Self = Self::Time(BarPeriod::SECOND);
    pub const MINUTE: Self = Self::Time(BarPeriod::MINUTE);
    pub const HOUR: Self = Self::Time(BarPeriod::HOUR);
    pub const DAY: Self = Self::Time(BarPeriod::DAY);

    /// The length of bars of time.
    #[must_use]
    pub const fn period(self) -> Option<Span> {
        match self {
            Self::Time(period) => Some(period.span()),
            _ => None,
        }
    }

    /// Whether trades end the bar, and not the clock.
    #[must_use]
    pub const fn is_filled(self) -> bool {
        !matches!(self, Self::Time(_) | Self::Session)
    }

    /// Whether the size is above zero, as every rule that was read is.
    #[must_use]
    pub const fn is_sound(self) -> bool {
        match self {
            Self::Time(_) | Self::Session => true,
            Self::Ticks(count) | Self::Imbalance(count) => count > 0,
            Self::Volume(volume) => volume.is_positive(),
            Self::Notional(value) => value.is_positive(),
        }
    }
}

impl From<BarPeriod> for BarRule {
    fn from(period: BarPeriod) -> Self {
        Self::Time(period)
    }
}

impl fmt::Display for BarRule {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Time(period) => period.fmt(formatter),
            Self::Session => formatter.write_str("session"),
            Self::Ticks(count) => write!(formatter, "ticks:{count}"),
            Self::Volume(volume) => write!(formatter, "volume:{volume}"),
            Self::Notional(value) => write!(formatter, "notional:{value}"),
            Self::Imbalance(count) => write!(formatter, "imbalance:{count}"),
        }
    }
}

impl FromStr for BarRule {
    type Err = BarRuleError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let Some((kind, size)) = text.split_once(':') else {
            return if text == "session" { Ok(Self::Session) } else { text.parse().map(Self::Time) };
        };
        let rule = match kind {
            "ticks" => read(size).map(Self::Ticks),
            "volume" => read(size).map(Self::Volume),
            "notional" => read(size).map(Self::Notional),
            "imbalance" => read(size).map(Self::Imbalance),
            _ => Err(BarRuleError::Unknown),
        }?;
        if rule.is_sound() { Ok(rule) } else { Err(BarRuleError::Size) }
    }
}

fn read<T: FromStr>(size: &str) -> Result<T, BarRuleError> {
    size.parse().map_err(|_| BarRuleError::Size)
}

impl Serialize for BarRule {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for BarRule {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = <std::borrow::Cow<'de, str>>::deserialize(deserializer)?;
        text.parse().map_err(|error| serde::de::Error::custom(format_args!("`{text}` {error}")))
    }
}
