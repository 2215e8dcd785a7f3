//! What an error says about trying again. Mechanisms look at nothing else of it.

use std::time::Duration;

/// What happened to a call, as far as whoever decides about the next try must know.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Kind {
    /// The party was out of reach or said to try later; nothing was done there.
    Transient,
    /// The party is well but wants fewer calls, and may have said for how long.
    RateLimited { after: Option<Duration> },
    /// No answer in time; whether anything was done is not known.
    TimedOut,
    /// The connection broke after the request left; whether anything was done is not known.
    UnknownOutcome,
    /// The party understood and said no.
    Rejected,
    /// The party does not know us.
    Unauthorised,
    /// The request itself is wrong.
    Invalid,
}

impl Kind {
    /// Whether the same call may be made again. `is_idempotent`: doing it twice does no harm.
    #[must_use]
    pub const fn is_retryable(self, is_idempotent: bool) -> bool {
        match self {
            Self::Transient | Self::RateLimited { .. } => true,
            Self::TimedOut | Self::UnknownOutcome => is_idempotent,
            Self::Rejected | Self::Unauthorised | Self::Invalid => false,
        }
    }

    /// Whether it says that the party is unwell. A refusal is an answer.
    #[must_use]
    pub const fn is_outage(self) -> bool {
        matches!(self, Self::Transient | Self::TimedOut | Self::UnknownOutcome)
    }

    /// A stable name for logs and metrics.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Transient => "transient",
            Self::RateLimited { .. } => "rate_limited",
            Self::TimedOut => "timed_out",
            Self::UnknownOutcome => "unknown_outcome",
            Self::Rejected => "rejected",
            Self::Unauthorised => "unauthorised",
            Self::Invalid => "invalid",
        }
    }
}

/// Where an error belongs, for those who sort them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Category {
    Network,
    Storage,
    Configuration,
    Authentication,
    Validation,
    Trading,
    MarketData,
    Capacity,
    Internal,
}

impl Category {
    /// All of them, so that each can be shown before it happened.
    pub const ALL: [Self; 9] = [
        Self::Network,
        Self::Storage,
        Self::Configuration,
        Self::Authentication,
        Self::Validation,
        Self::Trading,
        Self::MarketData,
        Self::Capacity,
        Self::Internal,
    ];

    /// A stable name for logs and metrics.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Network => "network",
            Self::Storage => "storage",
            Self::Configuration => "configuration",
            Self::Authentication => "authentication",
            Self::Validation => "validation",
            Self::Trading => "trading",
            Self::MarketData => "market_data",
            Self::Capacity => "capacity",
            Self::Internal => "internal",
        }
    }
}

/// How much an error matters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Severity {
    /// Expected in normal work: a wrong password, a bad request.
    Low,
    /// Something did not work and is tried again or done otherwise.
    Medium,
    /// Something did not work and somebody will miss it.
    High,
    /// A person must look now.
    Critical,
}

impl Severity {
    /// From the least to the worst.
    pub const ALL: [Self; 4] = [Self::Low, Self::Medium, Self::High, Self::Critical];

    /// A stable name for logs and metrics.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Low => "low",
            Self::Medium => "medium",
            Self::High => "high",
            Self::Critical => "critical",
        }
    }
}

/// An error that tells its kind.
pub trait Failure {
    fn kind(&self) -> Kind;
}

impl Failure for Kind {
    fn kind(&self) -> Kind {
        *self
    }
}
