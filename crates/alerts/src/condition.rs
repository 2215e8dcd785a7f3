//! What a rule looks at: a figure as it stands, how far a counter grew, or the share of one counter in another.

mod selector;

use std::time::Duration;

use serde::{Deserialize, Serialize};

pub use selector::{Pattern, Selector};

/// How a figure is held against its threshold.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Comparison {
    Above,
    AtLeast,
    Below,
    Equal,
}

impl Comparison {
    /// Whether the figure is what the rule warns of. A figure that is no number never is.
    #[must_use]
    pub fn holds(self, value: f64, threshold: f64) -> bool {
        match self {
            Self::Above => value > threshold,
            Self::AtLeast => value >= threshold,
            Self::Below => value < threshold,
            // Gauges of states hold whole numbers, which are exact.
            Self::Equal => (value - threshold).abs() < f64::EPSILON,
        }
    }

    /// As PromQL writes it.
    #[must_use]
    pub const fn symbol(self) -> &'static str {
        match self {
            Self::Above => ">",
            Self::AtLeast => ">=",
            Self::Below => "<",
            Self::Equal => "==",
        }
    }

    const fn words(self) -> &'static str {
        match self {
            Self::Above => "above",
            Self::AtLeast => "at least",
            Self::Below => "below",
            Self::Equal => "equal to",
        }
    }
}

/// What must hold for a rule to fire.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
pub enum Condition {
    /// A figure as it stands; each series that matches is an alert of its own.
    Value { of: Selector, is: Comparison, threshold: f64 },
    /// By how much the sum of all matching counters grew within the window.
    Increase { of: Selector, within_seconds: u32, is: Comparison, threshold: f64 },
    /// The growth of one sum of counters as a share (0 to 1) of the growth of another.
    Share { of: Selector, among: Selector, within_seconds: u32, is: Comparison, threshold: f64 },
}

impl Condition {
    /// The span of the past that is looked at; none for a figure as it stands.
    #[must_use]
    pub fn window(&self) -> Option<Duration> {
        match self {
            Self::Value { .. } => None,
            Self::Increase { within_seconds, .. } | Self::Share { within_seconds, .. } => {
                Some(Duration::from_secs(u64::from(*within_seconds)))
            }
        }
    }

    #[must_use]
    pub const fn comparison(&self) -> Comparison {
        match self {
            Self::Value { is, .. } | Self::Increase { is, .. } | Self::Share { is, .. } => *is,
        }
    }

    #[must_use]
    pub const fn threshold(&self) -> f64 {
        match self {
            Self::Value { threshold, .. }
            | Self::Increase { threshold, .. }
            | Self::Share { threshold, .. } => *threshold,
        }
    }

    /// The condition as a PromQL expression.
    #[must_use]
    pub fn promql(&self) -> String {
        let (symbol, threshold) = (self.comparison().symbol(), self.threshold());
        match self {
            Self::Value { of, .. } => format!("{} {symbol} {threshold}", of.promql()),
            Self::Increase { of, within_seconds, .. } => {
                format!("sum(increase({}[{within_seconds}s])) {symbol} {threshold}", of.promql())
            }
            Self::Share { of, among, within_seconds, .. } => format!(
                "(sum(increase({}[{within_seconds}s])) or vector(0)) / sum(increase({}[{within_seconds}s])) {symbol} \
                 {threshold}",
                of.promql(),
                among.promql()
            ),
        }
    }

    /// The condition in words for people.
    #[must_use]
    pub fn words(&self) -> String {
        let (than, threshold) = (self.comparison().words(), self.threshold());
        match self {
            Self::Value { of, .. } => format!("{of} is {than} {threshold}"),
            Self::Increase { of, within_seconds, .. } => {
                format!("{of} grew within {within_seconds} s by a number {than} {threshold}")
            }
            Self::Share { of, among, within_seconds, .. } => {
                format!("{of} as a share of {among} within {within_seconds} s is {than} {threshold}")
            }
        }
    }

    /// What is wrong with the condition itself.
    pub(crate) fn faults(&self) -> Vec<String> {
        let mut faults: Vec<String> = self.selectors().into_iter().flat_map(Selector::faults).collect();
        if !self.threshold().is_finite() {
            faults.push("`threshold` must be a finite number".to_owned());
        }
        if let Self::Increase { within_seconds, .. } | Self::Share { within_seconds, .. } = self
            && !(10..=86_400).contains(within_seconds)
        {
            faults.push("`within_seconds` must be from 10 to 86400".to_owned());
        }
        faults
    }

    fn selectors(&self) -> Vec<&Selector> {
        match self {
            Self::Value { of, .. } | Self::Increase { of, .. } => vec![of],
            Self::Share { of, among, .. } => vec![of, among],
        }
    }
}
