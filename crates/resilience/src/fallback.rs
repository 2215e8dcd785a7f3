//! Fallback: what to give when the party gives nothing. The answer always says where it comes from.

mod last_good;
mod layer;
mod steps;

pub use last_good::LastGood;
pub use layer::{FallbackLayer, FallbackService};
pub use steps::Fallback;

use std::time::Duration;

use serde::Serialize;

/// Where a value comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(tag = "from", rename_all = "snake_case")]
pub enum Source {
    /// From the party, now.
    Fresh,
    /// From the party, some time ago.
    Cached { age: Duration },
    /// From another party, now.
    Secondary,
    /// From nobody: it was set beforehand.
    Default,
}

impl Source {
    /// A stable name for logs and metrics.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Fresh => "fresh",
            Self::Cached { .. } => "cached",
            Self::Secondary => "secondary",
            Self::Default => "default",
        }
    }
}

/// A value that says where it comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Sourced<T> {
    pub value: T,
    pub source: Source,
}

impl<T> Sourced<T> {
    /// Whether the party itself gave it just now.
    #[must_use]
    pub const fn is_fresh(&self) -> bool {
        matches!(self.source, Source::Fresh)
    }
}

/// How often each source was used so far.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
pub struct FallbackSnapshot {
    pub fresh: u64,
    pub cached: u64,
    pub secondary: u64,
    pub default: u64,
    /// Calls for which no step had a value.
    pub nothing: u64,
}

#[cfg(test)]
mod tests;
