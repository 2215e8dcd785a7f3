//! States of a breaker, why it changes, and the news of it.

use std::fmt;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

/// Whether calls are let through.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum State {
    /// All of them.
    Closed = 0,
    /// None.
    Open = 1,
    /// A few probes.
    HalfOpen = 2,
}

impl State {
    /// A stable name for logs and metrics.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Closed => "closed",
            Self::Open => "open",
            Self::HalfOpen => "half_open",
        }
    }

    /// The value of the metric: 0 closed, 1 open, 2 half-open.
    #[must_use]
    pub const fn level(self) -> u8 {
        match self {
            Self::Closed => 0,
            Self::Open => 1,
            Self::HalfOpen => 2,
        }
    }
}

impl fmt::Display for State {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.code())
    }
}

/// Why a state changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Cause {
    /// So many failures in a row.
    ConsecutiveFailures,
    /// Too many failures in the window.
    FailureRate,
    /// Too many slow calls in the window.
    SlowRate,
    /// It was open for long enough.
    Waited,
    /// Enough probes went well.
    ProbesSucceeded,
    /// A probe failed.
    ProbeFailed,
    /// A probe went well, but slowly.
    ProbeSlow,
    /// Every probe has been out for as long as a breaker stays open, without an answer.
    ProbesLost,
    /// By hand.
    Forced,
    /// By hand.
    Reset,
}

impl Cause {
    /// A stable name for logs and metrics.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::ConsecutiveFailures => "consecutive_failures",
            Self::FailureRate => "failure_rate",
            Self::SlowRate => "slow_rate",
            Self::Waited => "waited",
            Self::ProbesSucceeded => "probes_succeeded",
            Self::ProbeFailed => "probe_failed",
            Self::ProbeSlow => "probe_slow",
            Self::ProbesLost => "probes_lost",
            Self::Forced => "forced",
            Self::Reset => "reset",
        }
    }
}

impl fmt::Display for Cause {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.code())
    }
}

/// A state changed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Event {
    /// The breaker's name.
    pub name: Arc<str>,
    pub from: State,
    pub to: State,
    pub cause: Cause,
    /// Nanoseconds of the breaker's clock.
    pub at: u64,
}
