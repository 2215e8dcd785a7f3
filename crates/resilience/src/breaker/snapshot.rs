//! A breaker at one moment.

use std::time::Duration;

use serde::Serialize;

use super::state::State;

/// A breaker at one moment, for people and their pages. Every number is right; two of them may be of slightly
/// different moments, as nobody is stopped for looking.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct BreakerSnapshot {
    pub name: String,
    pub state: State,
    /// Forced by hand, until it is reset.
    pub is_held: bool,
    /// When it came into this state: nanoseconds of the breaker's clock.
    pub since: u64,
    /// How long it has been in this state.
    pub age: Duration,
    /// Until an open breaker lets a probe through; zero in other states.
    pub retry_after: Duration,
    /// Failures in a row; zero unless closed.
    pub consecutive_failures: u64,
    /// Probe slots taken; zero unless half-open.
    pub probes: u64,
    /// Probes that went well; zero unless half-open.
    pub probe_successes: u64,
    /// Calls that ended in success or failure, ever.
    pub calls: u64,
    pub successes: u64,
    pub failures: u64,
    /// Slow calls, failed or not.
    pub slow: u64,
    /// Calls that were not let through.
    pub refused: u64,
    /// The share of all calls that went well; 1 before the first one.
    pub success_rate: f64,
    /// The share of failures in the window, or of all calls when there is no window; 0 before the first call.
    pub failure_rate: f64,
    /// The share of slow calls in the window, or of all calls when there is no window; 0 before the first call.
    pub slow_rate: f64,
}
