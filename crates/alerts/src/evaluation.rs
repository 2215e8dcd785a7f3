//! Rules held against samples, time after time: pending, firing, resolved; each told once.
//!
//! The caller brings the time in milliseconds since 1970 and every series of that moment. Nothing here waits, so a
//! test runs a day in an instant.

mod growth;
mod instance;
mod silence;

use std::collections::BTreeMap;

use crate::condition::Condition;
use crate::{Rule, Selector};
use growth::Growth;

pub use instance::{Instance, State};
pub use silence::Silence;

/// Series that one rule watches at most; more are counted and not watched.
pub const INSTANCES_MAX: usize = 100;

/// Changes that are remembered; the oldest goes first.
pub const HISTORY_MAX: usize = 200;

/// How long a firing alert stays quiet before it is told again.
pub const TELL_AGAIN_AFTER_MS: i64 = 4 * 3_600 * 1_000;

/// One series at one moment.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Sample<'a> {
    pub name: &'a str,
    pub labels: &'a [(String, String)],
    pub value: f64,
}

/// Labels of the series that an alert is about.
pub type Labels = Vec<(String, String)>;

/// An alert began to fire or ended.
#[derive(Debug, Clone, PartialEq)]
pub struct Change {
    pub rule: String,
    pub labels: Labels,
    pub is_firing: bool,
    pub at_ms: i64,
    pub value: Option<f64>,
}

/// What somebody is to be told.
#[derive(Debug, Clone, PartialEq)]
pub struct Notice {
    /// The same for every try and every channel.
    pub id: String,
    pub rule: Rule,
    pub change: Change,
}

/// How a rule stands.
#[derive(Debug, Clone, PartialEq)]
pub struct Status {
    pub rule: Rule,
    /// The worst of its instances.
    pub state: State,
    pub instances: Vec<Instance>,
    pub silence: Option<Silence>,
    pub last_told_ms: Option<i64>,
}

/// A rule and what is known of it.
#[derive(Debug)]
struct Watched {
    rule: Rule,
    of: Growth,
    among: Growth,
    instances: BTreeMap<Labels, Instance>,
    silence: Option<Silence>,
    last_told_ms: Option<i64>,
}

/// All rules and how they stand.
#[derive(Debug, Default)]
pub struct Alerts {
    watched: Vec<Watched>,
    history: std::collections::VecDeque<Change>,
    told: u64,
}

impl Alerts {
    #[must_use]
    pub fn new(rules: Vec<Rule>) -> Self {
        let mut alerts = Self::default();
        alerts.replace(rules);
        alerts
    }

    /// Other rules from now on. A rule that stays as it was keeps its state, a changed one begins anew, and a
    /// silence stays with its name.
    pub fn replace(&mut self, rules: Vec<Rule>) {
        let mut before = std::mem::take(&mut self.watched);
        self.watched = rules
            .into_iter()
            .filter(|rule| rule.enabled)
            .map(|rule| match before.iter().position(|watched| watched.rule.name == rule.name) {
                Some(index) => before.swap_remove(index).continued(rule),
                None => Watched::new(rule),
            })
            .collect();
    }

    /// Holds every rule against the samples of this moment, and says who is to be told what.
    pub fn evaluate(&mut self, now_ms: i64, samples: &[Sample<'_>]) -> Vec<Notice> {
        let mut notices = Vec::new();
        for watched in &mut self.watched {
            let changes = watched.observe(now_ms, samples);
            for change in &changes {
                self.history.push_back(change.clone());
            }
            for change in watched.due_notices(now_ms, changes) {
                self.told += 1;
                let id = format!("{}-{now_ms}-{}", watched.rule.name, self.told);
                notices.push(Notice { id, rule: watched.rule.clone(), change });
            }
            watched.export();
        }
        while self.history.len() > HISTORY_MAX {
            self.history.pop_front();
        }
        notices
    }

    #[must_use]
    pub fn status(&self) -> Vec<Status> {
        self.watched.iter().map(Watched::status).collect()
    }

    /// The last changes, oldest first.
    pub fn history(&self) -> impl Iterator<Item = &Change> {
        self.history.iter()
    }

    /// Tells nothing of a rule until then. False when there is no such rule.
    pub fn silence(&mut self, rule: &str, silence: Silence) -> bool {
        self.set_silence(rule, Some(silence))
    }

    /// Ends a silence; what fires is told with the next evaluation. False when there is no such rule.
    pub fn unsilence(&mut self, rule: &str) -> bool {
        self.set_silence(rule, None)
    }

    fn set_silence(&mut self, rule: &str, silence: Option<Silence>) -> bool {
        let found = self.watched.iter_mut().find(|watched| watched.rule.name == rule);
        found.map(|watched| watched.silence = silence).is_some()
    }
}

impl Watched {
    fn new(rule: Rule) -> Self {
        let window = rule.condition.window().unwrap_or_default();
        Self {
            rule,
            of: Growth::new(window),
            among: Growth::new(window),
            instances: BTreeMap::new(),
            silence: None,
            last_told_ms: None,
        }
    }

    fn continued(self, rule: Rule) -> Self {
        if self.rule == rule { self } else { Self { silence: self.silence, ..Self::new(rule) } }
    }

    /// The figures of this moment, by series.
    fn figures(&mut self, now_ms: i64, samples: &[Sample<'_>]) -> BTreeMap<Labels, f64> {
        match &self.rule.condition {
            Condition::Value { of, .. } => {
                matching(of, samples).map(|sample| (sample.labels.to_vec(), sample.value)).collect()
            }
            Condition::Increase { of, .. } => one(self.of.observe(now_ms, matching(of, samples))),
            Condition::Share { of, among, .. } => {
                let part = self.of.observe(now_ms, matching(of, samples));
                let whole = self.among.observe(now_ms, matching(among, samples));
                // Nothing of nothing is no share.
                one(whole.filter(|whole| *whole > 0.0).map(|whole| part.unwrap_or(0.0) / whole))
            }
        }
    }

    fn observe(&mut self, now_ms: i64, samples: &[Sample<'_>]) -> Vec<Change> {
        let figures = self.figures(now_ms, samples);
        let (is, threshold) = (self.rule.condition.comparison(), self.rule.condition.threshold());
        for (labels, value) in &figures {
            if self.instances.contains_key(labels) || !is.holds(*value, threshold) {
                continue;
            }
            if self.instances.len() >= INSTANCES_MAX {
                let name = self.rule.name.clone();
                metrics::counter!(crate::names::INSTANCES_REFUSED, "alert" => name).increment(1);
                continue;
            }
            self.instances.insert(labels.clone(), Instance::new(labels.clone()));
        }
        let hold_ms = i64::from(self.rule.for_seconds) * 1_000;
        let mut changes = Vec::new();
        for (labels, instance) in &mut self.instances {
            let value = figures.get(labels).copied();
            let holds = value.is_some_and(|value| is.holds(value, threshold));
            if let Some(is_firing) = instance.advance(now_ms, value, holds, hold_ms) {
                let rule = self.rule.name.clone();
                changes.push(Change { rule, labels: labels.clone(), is_firing, at_ms: now_ms, value });
            }
        }
        changes
    }

    /// Ends of what was told, and what fires, is not silenced and was not told for long or at all.
    fn due_notices(&mut self, now_ms: i64, changes: Vec<Change>) -> Vec<Change> {
        if self.silence.as_ref().is_some_and(|silence| silence.until_ms <= now_ms) {
            self.silence = None;
        }
        // Whoever was told that it fires is told that it ended, even if somebody has silenced it since.
        let mut tell: Vec<Change> = changes.into_iter().filter(|change| !change.is_firing).collect();
        tell.retain(|change| self.instances.get(&change.labels).is_some_and(Instance::was_told));
        for (labels, instance) in &mut self.instances {
            if self.silence.is_none() && instance.is_due(now_ms, TELL_AGAIN_AFTER_MS) {
                let (rule, value) = (self.rule.name.clone(), instance.value);
                tell.push(Change { rule, labels: labels.clone(), is_firing: true, at_ms: now_ms, value });
                instance.told_ms = Some(now_ms);
            }
        }
        self.instances.retain(|_, instance| instance.state != State::Ok);
        if !tell.is_empty() {
            self.last_told_ms = Some(now_ms);
        }
        tell
    }

    fn export(&self) {
        let is_firing = self.state() == State::Firing;
        let (alert, severity) = (self.rule.name.clone(), self.rule.severity.code());
        metrics::gauge!(crate::names::FIRING, "alert" => alert, "severity" => severity).set(if is_firing {
            1.0
        } else {
            0.0
        });
    }

    fn state(&self) -> State {
        self.instances.values().map(|instance| instance.state).max().unwrap_or(State::Ok)
    }

    fn status(&self) -> Status {
        Status {
            rule: self.rule.clone(),
            state: self.state(),
            instances: self.instances.values().cloned().collect(),
            silence: self.silence.clone(),
            last_told_ms: self.last_told_ms,
        }
    }
}

fn one(value: Option<f64>) -> BTreeMap<Labels, f64> {
    value.into_iter().map(|value| (Labels::new(), value)).collect()
}

fn matching<'a>(of: &Selector, samples: &'a [Sample<'a>]) -> impl Iterator<Item = &'a Sample<'a>> {
    samples.iter().filter(move |sample| of.matches(sample.name, sample.labels))
}
