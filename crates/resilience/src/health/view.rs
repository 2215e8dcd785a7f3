//! What is shown of it all.

use std::collections::BTreeMap;
use std::time::Duration;

use serde::Serialize;

use super::change::Change;
use super::component::Importance;
use super::degradation::{Degradation, Degradations};
use super::graph;
use super::history::Moment;
use super::roster::{Entry, Roster};
use super::status::Status;

/// The state of the whole, and why. For use inside.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Overall {
    pub status: Status,
    /// Unix milliseconds.
    pub since_ms: i64,
    /// Empty when it is healthy; what weighs most first, and a root cause before its consequences.
    pub reasons: Vec<Reason>,
}

/// A component that keeps the whole from being healthy.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Reason {
    pub component: String,
    pub status: Status,
    /// May hold addresses.
    pub words: String,
    /// Root causes, when it is a consequence: at most eight names.
    pub affected_by: Vec<String>,
}

/// Whether work should be sent here.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Readiness {
    pub is_ready: bool,
    /// Names of the components that are missing for it.
    pub missing: Vec<String>,
}

/// For everybody: names and states, nothing else.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct PublicHealth {
    pub status: Status,
    pub is_ready: bool,
    /// Those of `components` that are missing for readiness.
    pub missing: Vec<String>,
    /// The public ones, by name.
    pub components: Vec<PublicComponent>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct PublicComponent {
    pub name: String,
    pub status: Status,
}

/// Everything, for those who may see inside: messages and facts may hold addresses.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Snapshot {
    /// Unix milliseconds.
    pub at_ms: i64,
    pub overall: Overall,
    pub readiness: Readiness,
    /// By name; `depends_on` makes a tree of them.
    pub components: Vec<ComponentSnapshot>,
    pub degradations: Vec<Degradation>,
    /// How often a degradation was not listed because the list was full.
    pub degradations_unlisted: u64,
    /// The last 100 changes of the whole, oldest first.
    pub history: Vec<Change>,
    /// The share of that history in which the whole was not unhealthy: 0 to 1.
    pub uptime_share: Option<f64>,
}

/// A component with everything known of it.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ComponentSnapshot {
    pub name: String,
    pub about: String,
    pub advice: String,
    pub importance: Importance,
    pub gates_readiness: bool,
    pub is_public: bool,
    pub depends_on: Vec<String>,
    pub interval_ms: u64,
    pub interval_when_unwell_ms: u64,
    pub timeout_ms: u64,
    /// What its check and its dependencies make of it.
    pub status: Status,
    /// What its check alone says; degraded before the first one.
    pub own_status: Status,
    /// Unix milliseconds since when `status` holds.
    pub since_ms: i64,
    /// Root causes below it: at most eight names.
    pub affected_by: Vec<String>,
    /// Unix milliseconds of the end of the last check; `None` before the first.
    pub last_check_ms: Option<i64>,
    pub last_check_took_us: Option<u64>,
    pub message: Option<String>,
    pub facts: BTreeMap<&'static str, String>,
    pub consecutive_failures: u32,
    pub checks: u64,
    pub timeouts: u64,
    pub panics: u64,
    /// The last 100 changes, oldest first.
    pub history: Vec<Change>,
    /// The share of that history in which it was not unhealthy, 0 to 1; `None` before the first check.
    pub uptime_share: Option<f64>,
}

impl Roster {
    pub(super) fn overall(&self) -> Overall {
        let reasons = graph::unwell(&self.entries).into_iter().map(Entry::reason).collect();
        Overall { status: self.whole.status, since_ms: self.whole.since_ms, reasons }
    }

    pub(super) fn readiness(&self) -> Readiness {
        let missing: Vec<_> =
            self.entries.values().filter(|entry| entry.is_missing()).map(Entry::name).collect();
        Readiness { is_ready: missing.is_empty(), missing }
    }

    pub(super) fn public(&self) -> PublicHealth {
        let public = || self.entries.values().filter(|entry| entry.component.is_public);
        PublicHealth {
            status: self.whole.status,
            is_ready: !self.entries.values().any(Entry::is_missing),
            missing: public().filter(|entry| entry.is_missing()).map(Entry::name).collect(),
            components: public()
                .map(|entry| PublicComponent { name: entry.name(), status: entry.standing.status })
                .collect(),
        }
    }

    pub(super) fn snapshot(&self, now: Moment, degradations: &Degradations) -> Snapshot {
        Snapshot {
            at_ms: now.at_ms,
            overall: self.overall(),
            readiness: self.readiness(),
            components: self.entries.values().map(|entry| entry.snapshot(now.at)).collect(),
            degradations: degradations.list(),
            degradations_unlisted: degradations.unlisted(),
            history: self.whole.history(),
            uptime_share: self.whole.uptime_share(now.at),
        }
    }
}

impl Entry {
    fn name(&self) -> String {
        self.component.name.clone()
    }

    fn reason(&self) -> Reason {
        Reason {
            component: self.name(),
            status: self.standing.status,
            words: self.words(),
            affected_by: self.affected_by(),
        }
    }

    fn affected_by(&self) -> Vec<String> {
        self.causes.iter().map(|cause| cause.name.clone()).collect()
    }

    fn snapshot(&self, now: u64) -> ComponentSnapshot {
        let component = self.component.clone();
        let last = self.last.as_ref();
        let facts = last.map(|last| last.observation.facts.iter().cloned().collect());
        ComponentSnapshot {
            name: component.name,
            about: component.about,
            advice: component.advice,
            importance: component.importance,
            gates_readiness: component.gates_readiness,
            is_public: component.is_public,
            depends_on: component.depends_on,
            interval_ms: milliseconds(component.interval),
            interval_when_unwell_ms: milliseconds(component.interval_when_unwell),
            timeout_ms: milliseconds(component.timeout),
            status: self.standing.status,
            own_status: self.own(),
            since_ms: self.standing.since_ms,
            affected_by: self.affected_by(),
            last_check_ms: last.map(|last| last.at_ms),
            last_check_took_us: last.map(|last| microseconds(last.took)),
            message: last.map(|last| last.observation.message.clone()),
            facts: facts.unwrap_or_default(),
            consecutive_failures: self.damper.failures(),
            checks: self.counts.checks,
            timeouts: self.counts.timeouts,
            panics: self.counts.panics,
            history: self.standing.history(),
            uptime_share: last.and_then(|_| self.standing.uptime_share(now)),
        }
    }
}

fn milliseconds(span: Duration) -> u64 {
    u64::try_from(span.as_millis()).unwrap_or(u64::MAX)
}

fn microseconds(span: Duration) -> u64 {
    u64::try_from(span.as_micros()).unwrap_or(u64::MAX)
}
