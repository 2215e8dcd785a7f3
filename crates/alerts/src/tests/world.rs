use crate::evaluation::Labels;
use crate::notify::Message;
use crate::rule::specified;
use crate::{Alerts, Change, Notice, Sample};

/// A program whose metrics are set by hand and whose clock is a number.
pub(super) struct World {
    pub(super) alerts: Alerts,
    pub(super) now_ms: i64,
    series: Vec<(String, Labels, f64)>,
}

impl World {
    pub(super) fn new(alerts: Alerts) -> Self {
        Self { alerts, now_ms: 1_700_000_000_000, series: Vec::new() }
    }

    pub(super) fn set(&mut self, name: &str, labels: &[(&str, &str)], value: f64) {
        let labels: Labels =
            labels.iter().map(|(label, value)| ((*label).to_owned(), (*value).to_owned())).collect();
        match self.series.iter_mut().find(|series| series.0 == name && series.1 == labels) {
            Some(known) => known.2 = value,
            None => self.series.push((name.to_owned(), labels, value)),
        }
    }

    pub(super) fn forget(&mut self, name: &str) {
        self.series.retain(|series| series.0 != name);
    }

    /// Evaluates every five seconds for that long, and returns what was told.
    pub(super) fn run(&mut self, seconds: i64) -> Vec<Notice> {
        let mut told = Vec::new();
        for _ in 0..seconds / 5 {
            self.now_ms += 5_000;
            let samples: Vec<Sample<'_>> = self
                .series
                .iter()
                .map(|(name, labels, value)| Sample { name, labels, value: *value })
                .collect();
            told.extend(self.alerts.evaluate(self.now_ms, &samples));
        }
        told
    }
}

/// Rule and whether it fires, of each notice.
pub(super) fn told(notices: &[Notice]) -> Vec<(&str, bool)> {
    notices.iter().map(|notice| (notice.rule.name.as_str(), notice.change.is_firing)).collect()
}

/// A notice of that name and time, as it leaves.
pub(super) fn message(alert: &str, at_ms: i64) -> Message {
    let rule = crate::Rule { name: alert.to_owned(), ..specified().remove(0) };
    let labels = vec![("policy".to_owned(), "webhook".to_owned())];
    let change = Change { rule: alert.to_owned(), labels, is_firing: true, at_ms, value: Some(1.0) };
    Message::new(&Notice { id: format!("{alert}-{at_ms}"), rule, change }, "bellwether tests")
}
