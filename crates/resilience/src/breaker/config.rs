//! What a breaker is told, and what of it is refused.

use std::fmt;
use std::time::Duration;

use super::machine::{FAILURES_MAX, Limits, Measures, PROBES_MAX};
use crate::clock::nanoseconds;

const CONSECUTIVE_FAILURES_MAX: u32 = 1_000_000;
const PROBES_MOST: u32 = 1_000;
const COUNT_MAX: u32 = 65_536;
const MINIMUM_CALLS_MAX: u32 = 1_000_000;
const OPEN_FOR_MIN: Duration = Duration::from_millis(1);
const OPEN_FOR_MAX: Duration = Duration::from_secs(24 * 3_600);
const HALF_OPEN_WAIT_MAX: Duration = Duration::from_secs(60);
const TIME_MIN: Duration = Duration::from_millis(100);
const TIME_MAX: Duration = Duration::from_secs(3_600);
const SLOW_CALL_MIN: Duration = Duration::from_micros(1);
const SLOW_CALL_MAX: Duration = Duration::from_secs(3_600);

// What is allowed fits into the state word.
const _: () = assert!(CONSECUTIVE_FAILURES_MAX as u64 <= FAILURES_MAX && PROBES_MOST as u64 <= PROBES_MAX);

/// When a breaker opens, and how it closes again.
#[derive(Debug, Clone, PartialEq)]
pub struct BreakerConfig {
    /// Failures in a row that open it, up to 1 000 000; 0: it opens by the window alone.
    pub consecutive_failures: u32,
    /// A share of failures, or of slow calls, that opens it too.
    pub window: Option<Window>,
    /// How long it stays open before the next call is let through as a probe: 1 ms to 24 h. Also how long a
    /// half-open breaker waits for an answer when every probe slot is taken, before it opens again.
    pub open_for: Duration,
    /// Probes at once while half-open: 1 to 1 000.
    pub half_open_probes: u32,
    /// Probes that must go well to close it: 1 to 1 000.
    pub successes_to_close: u32,
    /// How long a caller of [`super::Breaker::acquire`] waits for a free probe slot, up to 60 s; 0: not at all.
    pub half_open_wait: Duration,
}

impl Default for BreakerConfig {
    /// Opens after five failures in a row for a minute; closes after three probes, one by one.
    fn default() -> Self {
        Self {
            consecutive_failures: 5,
            window: None,
            open_for: Duration::from_secs(60),
            half_open_probes: 1,
            successes_to_close: 3,
            half_open_wait: Duration::ZERO,
        }
    }
}

/// The recent calls, and which share of them is too much. Looked at whenever a call failed or was slow.
#[derive(Debug, Clone, PartialEq)]
pub struct Window {
    pub kind: WindowKind,
    /// Fewer calls than this in the window decide nothing: 1 to 1 000 000, and no more than a counted window holds.
    pub minimum_calls: u32,
    /// The share of failures that opens: above 0, at most 1.
    pub failure_rate: f64,
    /// A call that takes so long or longer is slow, failed or not: 1 us to 1 h; 0: no call is slow.
    pub slow_call: Duration,
    /// The share of slow calls that opens: above 0, at most 1.
    pub slow_rate: f64,
}

/// Which calls are recent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WindowKind {
    /// The last so many: 1 to 65 536, one byte each.
    Count(u32),
    /// Those of the last so long, 100 ms to 1 h, in steps of a sixteenth.
    Time(Duration),
}

/// A value that cannot be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// The field, as written in [`BreakerConfig`].
    pub field: &'static str,
    pub value: String,
    pub allowed: String,
}

impl fmt::Display for Fault {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{} is {}, allowed is {}", self.field, self.value, self.allowed)
    }
}

/// Every value of a configuration that cannot be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConfigError {
    pub faults: Vec<Fault>,
}

impl fmt::Display for ConfigError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("circuit breaker: ")?;
        for (index, fault) in self.faults.iter().enumerate() {
            let separator = if index == 0 { "" } else { "; " };
            write!(formatter, "{separator}{fault}")?;
        }
        Ok(())
    }
}

impl std::error::Error for ConfigError {}

impl BreakerConfig {
    /// # Errors
    /// Every value that is out of its bounds.
    pub fn check(&self) -> Result<(), ConfigError> {
        let mut faults = Faults(Vec::new());
        faults.count("consecutive_failures", self.consecutive_failures, 0, CONSECUTIVE_FAILURES_MAX);
        if self.consecutive_failures == 0 && self.window.is_none() {
            faults.push("consecutive_failures", 0, "1 or more, or a window: otherwise it would never open");
        }
        faults.span("open_for", self.open_for, OPEN_FOR_MIN, OPEN_FOR_MAX);
        faults.count("half_open_probes", self.half_open_probes, 1, PROBES_MOST);
        faults.count("successes_to_close", self.successes_to_close, 1, PROBES_MOST);
        faults.span("half_open_wait", self.half_open_wait, Duration::ZERO, HALF_OPEN_WAIT_MAX);
        if let Some(window) = &self.window {
            window.check(&mut faults);
        }
        if faults.0.is_empty() { Ok(()) } else { Err(ConfigError { faults: faults.0 }) }
    }

    pub(super) fn limits(&self) -> Limits {
        Limits {
            consecutive_failures: self.consecutive_failures.into(),
            probes: self.half_open_probes.into(),
            successes: self.successes_to_close.into(),
            open_for: nanoseconds(self.open_for),
        }
    }

    pub(super) fn measures(&self) -> Measures {
        Measures { is_timed: self.slow_call().is_some(), is_windowed: self.window.is_some() }
    }

    /// Nanoseconds from which on a call is slow.
    pub(super) fn slow_call(&self) -> Option<u64> {
        self.window.as_ref().map(|window| nanoseconds(window.slow_call)).filter(|&slow_call| slow_call > 0)
    }
}

impl Window {
    fn check(&self, faults: &mut Faults) {
        match self.kind {
            WindowKind::Count(calls) => {
                faults.count("window.kind: count", calls, 1, COUNT_MAX);
                faults.count("window.minimum_calls", self.minimum_calls, 1, calls.clamp(1, COUNT_MAX));
            }
            WindowKind::Time(span) => {
                faults.span("window.kind: time", span, TIME_MIN, TIME_MAX);
                faults.count("window.minimum_calls", self.minimum_calls, 1, MINIMUM_CALLS_MAX);
            }
        }
        faults.rate("window.failure_rate", self.failure_rate);
        faults.rate("window.slow_rate", self.slow_rate);
        if !self.slow_call.is_zero() {
            faults.span("window.slow_call", self.slow_call, SLOW_CALL_MIN, SLOW_CALL_MAX);
        }
    }
}

struct Faults(Vec<Fault>);

impl Faults {
    fn push(&mut self, field: &'static str, value: impl fmt::Display, allowed: impl Into<String>) {
        self.0.push(Fault { field, value: value.to_string(), allowed: allowed.into() });
    }

    fn count(&mut self, field: &'static str, value: u32, least: u32, most: u32) {
        if !(least..=most).contains(&value) {
            self.push(field, value, format!("{least} to {most}"));
        }
    }

    fn span(&mut self, field: &'static str, value: Duration, least: Duration, most: Duration) {
        if !(least..=most).contains(&value) {
            self.push(field, format_args!("{value:?}"), format!("{least:?} to {most:?}"));
        }
    }

    fn rate(&mut self, field: &'static str, value: f64) {
        // Not a number is in no range.
        if !(value > 0.0 && value <= 1.0) {
            self.push(field, value, "above 0, at most 1");
        }
    }
}
