use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use super::attempt::{Answer, Probe};
use super::change::{HealthChange, OVERALL};
use super::component::{Component, Importance};
use super::damper::Damper;
use super::error::RegisterError;
use super::graph::{self, Entries};
use super::history::{Moment, Standing};
use super::observation::Observation;
use super::status::Status;

/// All components and the whole, as they stand.
#[derive(Debug)]
pub(super) struct Roster {
    pub(super) entries: Entries,
    /// Every name after those it depends on.
    pub(super) order: Vec<Arc<str>>,
    pub(super) whole: Standing,
}

/// A component as it stands.
#[derive(Debug)]
pub(super) struct Entry {
    pub(super) component: Component,
    pub(super) probe: Arc<Probe>,
    pub(super) damper: Damper,
    /// What its own check and its dependencies make of it.
    pub(super) standing: Standing,
    /// Root causes below it.
    pub(super) causes: Vec<Cause>,
    pub(super) last: Option<Last>,
    pub(super) counts: Counts,
}

/// The component at the root of another's trouble.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Cause {
    pub(super) name: String,
    pub(super) is_registered: bool,
}

/// The last check.
#[derive(Debug)]
pub(super) struct Last {
    /// Unix milliseconds of its end.
    pub(super) at_ms: i64,
    pub(super) took: Duration,
    pub(super) observation: Observation,
}

#[derive(Debug, Default, Clone, Copy)]
pub(super) struct Counts {
    pub(super) checks: u64,
    pub(super) timeouts: u64,
    pub(super) panics: u64,
}

/// What follows from a check.
#[derive(Debug)]
pub(super) struct Recorded {
    pub(super) changes: Vec<HealthChange>,
    /// From the start of this check to the start of the next.
    pub(super) interval: Duration,
}

impl Roster {
    pub(super) fn new(now: Moment) -> Self {
        Self { entries: BTreeMap::new(), order: Vec::new(), whole: Standing::new(Status::Healthy, now) }
    }

    /// Whether the component may be taken in.
    pub(super) fn admit(&self, component: &Component, max: usize) -> Result<(), RegisterError> {
        component.check()?;
        let name = || component.name.clone();
        if self.entries.contains_key(component.name.as_str()) {
            return Err(RegisterError::AlreadyRegistered { component: name() });
        }
        if self.entries.len() >= max {
            return Err(RegisterError::Full { component: name(), max });
        }
        match graph::cycle(&self.entries, component) {
            Some(path) => Err(RegisterError::Cycle { component: name(), path }),
            None => Ok(()),
        }
    }

    pub(super) fn insert(
        &mut self,
        component: Component,
        probe: Arc<Probe>,
        now: Moment,
    ) -> Vec<HealthChange> {
        let entry = Entry {
            damper: Damper::new(&component),
            standing: Standing::new(Status::Degraded, now),
            causes: Vec::new(),
            last: None,
            counts: Counts::default(),
            component,
            probe,
        };
        let name = Arc::clone(&entry.probe.name);
        self.entries.insert(Arc::clone(&name), entry);
        if self.has_dependents(&name) {
            self.order = graph::order(&self.entries);
        } else {
            self.order.push(Arc::clone(&name));
        }
        self.settle(&name, now)
    }

    pub(super) fn remove(&mut self, name: &str, now: Moment) -> Option<(Entry, Vec<HealthChange>)> {
        let entry = self.entries.remove(name)?;
        self.order.retain(|known| &**known != name);
        Some((entry, self.settle(name, now)))
    }

    /// `None` when the component was registered no more by the time of the answer.
    pub(super) fn record(
        &mut self,
        probe: &Probe,
        answer: Answer,
        took: Duration,
        now: Moment,
    ) -> Option<Recorded> {
        let entry = self.entries.get_mut(&probe.name).filter(|entry| entry.probe.id == probe.id)?;
        let before = entry.damper.state();
        entry.take(answer, took, now);
        let (interval, is_new) = (entry.interval(), entry.damper.state() != before);
        let changes = if is_new { self.settle(&probe.name, now) } else { Vec::new() };
        Some(Recorded { changes, interval })
    }

    /// Works out what follows from a change of this one, from the root causes up to the whole.
    fn settle(&mut self, name: &str, now: Moment) -> Vec<HealthChange> {
        let mut changes = Vec::new();
        if self.has_dependents(name) {
            let each = self.order.iter().filter_map(|name| settle_one(&mut self.entries, name, now));
            changes.extend(each);
        } else {
            changes.extend(settle_one(&mut self.entries, name, now));
        }
        changes.extend(self.settle_whole(now));
        changes
    }

    fn has_dependents(&self, name: &str) -> bool {
        self.entries.values().any(|entry| entry.component.depends_on.iter().any(|below| below == name))
    }

    fn settle_whole(&mut self, now: Moment) -> Option<HealthChange> {
        let status = self.entries.values().map(Entry::weight).max().unwrap_or(Status::Healthy);
        let reason = || match graph::unwell(&self.entries).first() {
            Some(entry) => format!("`{}`: {}", entry.probe.name, entry.words()),
            None => "nothing is unwell any more".to_owned(),
        };
        self.whole.move_to(status, now, OVERALL, reason)
    }
}

fn settle_one(entries: &mut Entries, name: &str, now: Moment) -> Option<HealthChange> {
    let causes = graph::causes(entries, &entries.get(name)?.component);
    let entry = entries.get_mut(name)?;
    entry.causes = causes;
    entry.settle(now)
}

impl Entry {
    fn take(&mut self, answer: Answer, took: Duration, now: Moment) {
        self.counts.add(&answer);
        let observation = answer.into_observation();
        self.damper.observe(observation.status);
        self.last = Some(Last { at_ms: now.at_ms, took, observation });
    }

    fn interval(&self) -> Duration {
        let Component { interval, interval_when_unwell, .. } = &self.component;
        if self.damper.is_unwell() { *interval_when_unwell } else { *interval }
    }

    fn settle(&mut self, now: Moment) -> Option<HealthChange> {
        let below = if self.causes.is_empty() { Status::Healthy } else { Status::Degraded };
        let status = self.own().max(below);
        if status == self.standing.status {
            return None;
        }
        let words = self.words();
        self.standing.move_to(status, now, &self.probe.name, || words)
    }

    /// What its own check says.
    pub(super) fn own(&self) -> Status {
        self.damper.state().unwrap_or(Status::Degraded)
    }

    pub(super) fn is_checked(&self) -> bool {
        self.damper.state().is_some()
    }

    /// What it makes of the whole. One that supports and was not checked yet makes nothing of it, so that the whole
    /// does not change each time one is added.
    pub(super) fn weight(&self) -> Status {
        match self.component.importance {
            Importance::Supporting if !self.is_checked() => Status::Healthy,
            importance => importance.weigh(self.standing.status),
        }
    }

    /// Whether the program is not ready because of it.
    pub(super) fn is_missing(&self) -> bool {
        let is_unhealthy = self.standing.status == Status::Unhealthy;
        let Component { importance, gates_readiness, .. } = &self.component;
        (*gates_readiness && (is_unhealthy || !self.is_checked()))
            || (*importance == Importance::Required && is_unhealthy)
    }

    /// Why it is in its state; may hold addresses.
    pub(super) fn words(&self) -> String {
        let own = self.last.as_ref().map_or("not checked yet", |last| last.observation.message.as_str());
        let causes: Vec<_> = self.causes.iter().map(Cause::to_string).collect();
        match causes.join(", ") {
            causes if causes.is_empty() => own.to_owned(),
            causes if self.own() == Status::Healthy => format!("affected by {causes}"),
            causes => format!("{own}; affected by {causes}"),
        }
    }
}

impl fmt::Display for Cause {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { name, is_registered } = self;
        if *is_registered { write!(f, "`{name}`") } else { write!(f, "`{name}` (not registered)") }
    }
}

impl Counts {
    fn add(&mut self, answer: &Answer) {
        self.checks = self.checks.saturating_add(1);
        match answer {
            Answer::None { .. } => self.timeouts = self.timeouts.saturating_add(1),
            Answer::Panicked(_) => self.panics = self.panics.saturating_add(1),
            Answer::Seen(_) | Answer::Cancelled => {}
        }
    }
}
