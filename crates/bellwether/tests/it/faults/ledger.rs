//! What was seen of each party, and the table of it.

use std::fmt;
use std::time::{Duration, Instant};

use serde_json::Value;

use super::party::{Entry, PARTIES, WHOLE};
use crate::it::running::Running;

/// A policy at one moment, as the program tells it.
#[derive(Debug, Clone, Copy)]
pub(super) struct Seen {
    /// Calls that were begun.
    pub(super) asked: u64,
    /// Of them, those that came to an end.
    pub(super) ended: u64,
    pub(super) succeeded: u64,
    pub(super) in_use: u64,
    pub(super) is_closed: bool,
    pub(super) is_open: bool,
}

impl Seen {
    pub(super) fn of(running: &Running, entry: &Entry) -> Self {
        let policies = running.get("/operations/policies").good();
        let policy = named(&policies, "name", entry.policy);
        let figure = |name: &str| policy[name].as_u64().unwrap_or_else(|| panic!("{name}: {policy}"));
        let state = &policy["breaker"]["state"];
        Self {
            asked: figure("calls") + figure("in_use"),
            ended: figure("calls"),
            succeeded: figure("succeeded"),
            in_use: figure("in_use"),
            is_closed: state == "closed",
            is_open: state == "open",
        }
    }
}

/// The element of a list that has this value.
pub(super) fn named<'a>(list: &'a Value, key: &str, value: &str) -> &'a Value {
    let found = list.as_array().and_then(|list| list.iter().find(|element| element[key] == value));
    found.unwrap_or_else(|| panic!("no {key} {value}: {list}"))
}

/// The longest call under the policy so far.
pub(super) fn longest(running: &Running, entry: &Entry) -> Duration {
    let metrics = running.get("/metrics").good();
    let series = &metrics["areas"]["resilience"]["resilience_longest_call_seconds"]["series"];
    let of_policy = |series: &&Value| series["labels"]["policy"] == entry.policy;
    let found = series.as_array().and_then(|list| list.iter().find(of_policy));
    let seconds = found.and_then(|series| series["value"].as_f64());
    Duration::from_secs_f64(
        seconds.unwrap_or_else(|| panic!("no longest call of {}: {series}", entry.policy)),
    )
}

/// One stay of a party away.
#[derive(Debug, Clone, Copy)]
pub(super) struct Outage {
    pub(super) asked: u64,
    pub(super) came: u64,
}

/// All that is known of one party.
pub(super) struct Row {
    pub(super) entry: &'static Entry,
    pub(super) outages: Vec<Outage>,
    pub(super) recoveries: Vec<Duration>,
    pub(super) asked: u64,
    pub(super) faults: u64,
    pub(super) longest: Duration,
}

impl Row {
    /// Calls that came for each that was asked, in the worst stay away.
    pub(super) fn ratio(&self) -> f64 {
        let ratio = |outage: &Outage| outage.came as f64 / outage.asked as f64;
        self.outages.iter().map(ratio).fold(0.0, f64::max)
    }

    pub(super) fn recovery(&self) -> Duration {
        self.recoveries.iter().max().copied().unwrap_or_default()
    }
}

/// Everybody's row.
pub(super) struct Ledger(pub(super) Vec<Row>);

impl Ledger {
    pub(super) fn new() -> Self {
        let row = |entry| Row {
            entry,
            outages: Vec::new(),
            recoveries: Vec::new(),
            asked: 0,
            faults: 0,
            longest: Duration::ZERO,
        };
        Self(PARTIES.iter().map(row).collect())
    }

    pub(super) fn of(&mut self, entry: &Entry) -> &mut Row {
        self.0.iter_mut().find(|row| row.entry.policy == entry.policy).unwrap()
    }
}

impl fmt::Display for Ledger {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(
            f,
            "{:15} {:>7} {:>7} | {:>7} {:>6} {:>6} {:>6} | {:>14} | {:>9}",
            "party", "asked", "faults", "outages", "asked", "came", "ratio", "longest of ms", "back in s"
        )?;
        for row in &self.0 {
            let sum = |figure: fn(&Outage) -> u64| row.outages.iter().map(figure).sum::<u64>();
            writeln!(
                f,
                "{:15} {:>7} {:>7} | {:>7} {:>6} {:>6} {:>6.3} | {:>7} of {:>3} | {:>9.2}",
                row.entry.policy,
                row.asked,
                row.faults,
                row.recoveries.len(),
                sum(|outage| outage.asked),
                sum(|outage| outage.came),
                row.ratio(),
                row.longest.as_millis(),
                WHOLE.as_millis(),
                row.recovery().as_secs_f64(),
            )?;
        }
        write!(f, "ratio: calls that came for each asked, in the worst outage; back in: the longest recovery")
    }
}

#[expect(clippy::disallowed_methods, reason = "how long parties really stay away is what is measured")]
pub(super) fn now() -> Instant {
    Instant::now()
}
