//! The trading ladder: how far an account may still go when what it stands on gives way, and who decides it.

mod hysteresis;
mod pin;

use std::fmt;

use serde::{Deserialize, Serialize};

pub use hysteresis::{Ladder, LadderConfig, Step};
pub use pin::{Hold, Pin, PinRefused, Pinned};

/// How far an account may still go, best first; each rung forbids what the one before it forbids, and more.
/// A halt is no rung: it stops an account whatever its rung allows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Rung {
    /// Everything the limits allow.
    #[default]
    Normal,
    /// No order may add to a position, everything in flight counted. What works stays.
    NoNewRisk,
    /// The same, and working orders that could add to a position are cancelled.
    ReduceOnly,
    /// No order at all; everything that works is cancelled.
    CancelAll,
    /// The same, and once nothing works any more the account closes its positions at the market.
    Flatten,
}

impl Rung {
    /// Best first.
    pub const ALL: [Self; 5] =
        [Self::Normal, Self::NoNewRisk, Self::ReduceOnly, Self::CancelAll, Self::Flatten];

    /// A stable name for journals, metrics and clients: the one it is serialised under.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Normal => "normal",
            Self::NoNewRisk => "no_new_risk",
            Self::ReduceOnly => "reduce_only",
            Self::CancelAll => "cancel_all",
            Self::Flatten => "flatten",
        }
    }

    /// For people, as it stands within a sentence.
    #[must_use]
    pub const fn words(self) -> &'static str {
        match self {
            Self::Normal => "normal trading",
            Self::NoNewRisk => "no new risk",
            Self::ReduceOnly => "reducing only",
            Self::CancelAll => "cancelling everything",
            Self::Flatten => "closing all positions",
        }
    }

    /// One rung better; normal stays normal.
    #[must_use]
    pub const fn up(self) -> Self {
        match self {
            Self::Normal | Self::NoNewRisk => Self::Normal,
            Self::ReduceOnly => Self::NoNewRisk,
            Self::CancelAll => Self::ReduceOnly,
            Self::Flatten => Self::CancelAll,
        }
    }
}

impl fmt::Display for Rung {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.words())
    }
}

#[cfg(test)]
mod tests;
