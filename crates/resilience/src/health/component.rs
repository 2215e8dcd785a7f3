use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::change::OVERALL;
use super::error::RegisterError;
use super::status::Status;

const NAME_LENGTH_MAX: usize = 128;
const DEPENDENCIES_MAX: usize = 32;
const SPAN_MIN: Duration = Duration::from_millis(1);
const SPAN_MAX: Duration = Duration::from_hours(24);

/// What a component's state means for the whole.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Importance {
    /// The whole is no better than it: unhealthy and not ready when it is unhealthy.
    Required,
    /// At worst it degrades the whole.
    Supporting,
}

impl Importance {
    /// What a component of this importance in that state makes of the whole.
    pub(super) fn weigh(self, status: Status) -> Status {
        match self {
            Self::Required => status,
            Self::Supporting => status.min(Status::Degraded),
        }
    }
}

/// What is checked, how often, and what its state means. Make one with [`Component::new`] and change its fields.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Component {
    /// Unique; stands in the public view and as a metric's label, so it holds no address.
    pub name: String,
    /// What it is, in words for operators.
    pub about: String,
    /// What an operator should do while it is not well; empty for nothing.
    pub advice: String,
    pub importance: Importance,
    /// Whether the program is not ready while it is unhealthy or not checked yet.
    pub gates_readiness: bool,
    /// Whether the public view lists it; it counts for the whole in any case. Off for names of customers.
    pub is_public: bool,
    /// From the start of one check to the start of the next.
    pub interval: Duration,
    /// The same while it is not healthy, so that recovery is seen soon; at most `interval`.
    pub interval_when_unwell: Duration,
    /// A check that takes longer is cancelled and counts as unhealthy.
    pub timeout: Duration,
    /// Names of components it cannot work without; they may be registered later.
    pub depends_on: Vec<String>,
    /// Unhealthy answers in a row until it is unhealthy.
    pub failures_to_unhealthy: u32,
    /// Better answers in a row until it gets better.
    pub successes_to_healthy: u32,
}

impl Component {
    /// Public, not gating readiness, checked every 30 s (5 s while unwell) with 3 s for an answer, depending on
    /// nothing, believed at the first answer.
    #[must_use]
    pub fn new(name: impl Into<String>, about: impl Into<String>, importance: Importance) -> Self {
        Self {
            name: name.into(),
            about: about.into(),
            advice: String::new(),
            importance,
            gates_readiness: false,
            is_public: true,
            interval: Duration::from_secs(30),
            interval_when_unwell: Duration::from_secs(5),
            timeout: Duration::from_secs(3),
            depends_on: Vec::new(),
            failures_to_unhealthy: 1,
            successes_to_healthy: 1,
        }
    }

    pub(super) fn check(&self) -> Result<(), RegisterError> {
        let spans = [self.interval, self.interval_when_unwell, self.timeout];
        let rules = [
            (is_name(&self.name), "the name is empty, reserved, longer than 128 bytes or not printable"),
            (self.depends_on.iter().all(|name| is_name(name)), "it depends on what cannot be a name"),
            (self.depends_on.len() <= DEPENDENCIES_MAX, "it depends on more than 32 components"),
            (spans.iter().all(is_span), "intervals and timeout must lie between 1 ms and 24 h"),
            (self.interval_when_unwell <= self.interval, "interval_when_unwell is longer than interval"),
            (self.failures_to_unhealthy > 0, "failures_to_unhealthy must be 1 or more"),
            (self.successes_to_healthy > 0, "successes_to_healthy must be 1 or more"),
        ];
        match rules.into_iter().find(|(holds, _)| !holds) {
            Some((_, fault)) => Err(RegisterError::Invalid { component: self.name.clone(), fault }),
            None => Ok(()),
        }
    }
}

fn is_name(name: &str) -> bool {
    !name.is_empty()
        && name.len() <= NAME_LENGTH_MAX
        && name != OVERALL
        && !name.chars().any(char::is_control)
}

fn is_span(span: &Duration) -> bool {
    (SPAN_MIN..=SPAN_MAX).contains(span)
}
