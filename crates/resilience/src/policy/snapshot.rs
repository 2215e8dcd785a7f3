//! A policy at one moment, for people and their pages.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use serde::Serialize;

use super::counts::Counts;
use super::parts::Parts;
use super::{LayerView, Policy};
use crate::breaker::BreakerSnapshot;
use crate::bulkhead::BulkheadSnapshot;
use crate::hedge::HedgeSnapshot;
use crate::names;
use crate::shed::ShedSnapshot;

/// A policy at one moment. Parts that are switched off are `None`.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct PolicySnapshot {
    pub name: String,
    pub layers: Vec<LayerView>,
    pub breaker: Option<BreakerSnapshot>,
    pub bulkhead: Option<BulkheadSnapshot>,
    pub shed: Option<ShedSnapshot>,
    pub hedge: Option<HedgeSnapshot>,
    /// Calls that ended, in whatever way.
    pub calls: u64,
    pub succeeded: u64,
    /// With an error of the operation, or out of time.
    pub failed: u64,
    /// Left by their callers.
    pub cancelled: u64,
    /// Calls that the policy did not let through, by reason.
    pub refused: BTreeMap<&'static str, u64>,
    pub timeouts: TimeoutCounts,
    pub retries: u64,
    /// Retries that were not made, by reason.
    pub retries_held_back: BTreeMap<&'static str, u64>,
    /// Calls that waited for their turn at the rate limit.
    pub rate_delayed: u64,
    /// Values given instead of a fresh one, by source.
    pub stepped_back: BTreeMap<&'static str, u64>,
    /// Half of the recent successful calls took less; with their waits and retries. `None` while too few are known.
    pub p50_ms: Option<f64>,
    /// All but one in a hundred took less.
    pub p99_ms: Option<f64>,
    /// The longest call so far took that, however it ended.
    pub longest_ms: f64,
}

/// What ran out of time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct TimeoutCounts {
    /// Tries.
    pub per_try: u64,
    /// Calls.
    pub whole: u64,
}

impl Policy {
    /// The policy now. Every number is right; two of them may be of slightly different moments.
    #[must_use]
    pub fn snapshot(&self) -> PolicySnapshot {
        let parts = self.parts.as_ref();
        let (settings, counts) = (parts.settings.load(), &parts.counts);
        let terms = &settings.terms;
        let refused = BTreeMap::from(counts.refused());
        let (succeeded, failed) = (counts.succeeded.get(), counts.failed.get());
        let cancelled = counts.cancelled.get();
        PolicySnapshot {
            name: parts.name.to_string(),
            layers: settings.config.layers(),
            breaker: terms.has_breaker.then(|| parts.breaker.snapshot()),
            bulkhead: terms.is_bulkheaded.then(|| parts.bulkhead.snapshot()),
            shed: terms.is_shedding.then(|| parts.shedder.snapshot()),
            hedge: terms.is_hedged.then(|| parts.hedge.snapshot()),
            calls: succeeded + failed + cancelled + refused.values().sum::<u64>(),
            succeeded,
            failed,
            cancelled,
            refused,
            timeouts: TimeoutCounts {
                per_try: counts.timed_out_per_try.get(),
                whole: counts.timed_out_whole.get(),
            },
            retries: counts.retries.get(),
            retries_held_back: held_back(parts),
            rate_delayed: counts.rate_delayed.get(),
            stepped_back: stepped_back(counts),
            p50_ms: milliseconds(parts, 50.0),
            p99_ms: milliseconds(parts, 99.0),
            longest_ms: longest(parts).as_secs_f64() * 1e3,
        }
    }

    /// Writes what is counted to the metrics. Changes of the breaker's state are written when they happen.
    pub fn export_metrics(&self) {
        let parts = self.parts.as_ref();
        let (settings, counts) = (parts.settings.load(), &parts.counts);
        if settings.terms.has_breaker {
            parts.breaker.export_metrics();
        } else {
            count(parts, names::CALLS, &[("outcome", "success")], counts.tries_succeeded.get());
            count(parts, names::CALLS, &[("outcome", "failure")], counts.tries_failed.get());
        }
        count(parts, names::CALLS, &[("outcome", "cancelled")], counts.cancelled.get());
        let full = counts.full.get().saturating_add(counts.waited_too_long.get());
        for (reason, calls) in [
            ("full", full),
            ("rate_limited", counts.rate_limited.get()),
            ("shed", counts.shed.get()),
            ("budget", parts.budget.refused()),
        ] {
            count(parts, names::REFUSED, &[("reason", reason)], calls);
        }
        count(parts, names::RETRIES, &[], counts.retries.get());
        count(parts, names::HEDGES, &[], parts.hedge.snapshot().started);
        let limited = counts.rate_limited.get().saturating_add(counts.rate_delayed.get());
        count(parts, names::RATE_LIMITED, &[], limited);
        for (phase, calls) in [("per_try", &counts.timed_out_per_try), ("whole", &counts.timed_out_whole)] {
            count(parts, names::HTTP_REQUEST_TIMEOUT, &[("phase", phase)], calls.get());
        }
        let labels = [("policy", Arc::clone(&parts.name))];
        metrics::gauge!(names::BULKHEAD_IN_USE, &labels).set(f64::from(parts.bulkhead.in_use()));
        metrics::gauge!(names::LONGEST_CALL, &labels).set(longest(parts).as_secs_f64());
    }
}

fn count(parts: &Parts, name: &'static str, labels: &[(&'static str, &'static str)], calls: u64) {
    let policy = metrics::Label::new("policy", Arc::clone(&parts.name));
    let others = labels.iter().map(|(key, value)| metrics::Label::new(*key, *value));
    let labels: Vec<metrics::Label> = std::iter::once(policy).chain(others).collect();
    metrics::counter!(name, labels).absolute(calls);
}

fn held_back(parts: &Parts) -> BTreeMap<&'static str, u64> {
    BTreeMap::from([
        ("budget", parts.budget.refused()),
        ("time", parts.counts.retries_without_time.get()),
        ("open", parts.counts.retries_while_open.get()),
    ])
}

fn stepped_back(counts: &Counts) -> BTreeMap<&'static str, u64> {
    BTreeMap::from([
        ("cached", counts.cached.get()),
        ("secondary", counts.secondary.get()),
        ("default", counts.default.get()),
    ])
}

fn longest(parts: &Parts) -> Duration {
    Duration::from_nanos(parts.counts.longest.get())
}

fn milliseconds(parts: &Parts, percent: f64) -> Option<f64> {
    parts.latencies.percentile(percent).map(|nanos| Duration::from_nanos(nanos).as_secs_f64() * 1e3)
}
