//! What is running and how it does, for the page and the probes.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use api::model::{Component, Flow, Overview};
use domain::{Span, Timestamp};
use engine::Clock;
use pipeline::flow::FlowCounts;
use resilience::health::{ComponentSnapshot, Health, Observation};

use super::operations::status;
use crate::clock::SystemClock;

/// What the threads report of themselves; read by the API.
#[derive(Debug)]
pub(crate) struct Watch {
    version: String,
    environment: String,
    started: Timestamp,
    seen: Mutex<Seen>,
}

#[derive(Debug, Clone, Default)]
struct Seen {
    flow: Flow,
    rate: Rate,
    last_market: Option<Timestamp>,
    market_fault: Option<String>,
    /// Why the tables of the accounts cannot be written, and those of the market.
    store_fault: Option<String>,
    has_lost: bool,
    feed_dropped: u64,
    market_store_fault: Option<String>,
}

/// Messages a second, over the last whole second.
#[derive(Debug, Clone, Copy, Default)]
struct Rate {
    since: Option<Timestamp>,
    messages: u64,
    per_second: f64,
}

impl Watch {
    pub(crate) fn new(version: String, environment: String) -> Self {
        Self { version, environment, started: SystemClock.now(), seen: Mutex::default() }
    }

    /// The ingest thread's counts, several times a second.
    pub(crate) fn on_flow(&self, counts: &FlowCounts, stored_rows: u64, dropped: u64) {
        let now = SystemClock.now();
        let mut seen = self.lock();
        let total = &counts.total;
        if total.messages > seen.flow.messages_in {
            seen.last_market = Some(now);
        }
        seen.rate.on_count(now, total.messages);
        seen.flow = Flow {
            messages_in: total.messages,
            trades: total.trades,
            quotes: total.quotes,
            depth_updates: total.depth_updates,
            bars: total.bars,
            spreads: total.spreads,
            messages_per_second: seen.rate.per_second,
            sequence_gaps: total.gaps,
            stored_rows,
            dropped: dropped + seen.feed_dropped,
        };
    }

    pub(crate) fn market_fails(&self, reason: &str) {
        self.lock().market_fault = Some(reason.to_owned());
    }

    pub(crate) fn store_fails(&self, error: &str) {
        self.lock().store_fault = Some(error.to_owned());
    }

    /// Batches that the queue before the operators let go.
    pub(crate) fn feed_dropped(&self, batches: u64) {
        self.lock().feed_dropped = batches;
    }

    /// Market data was let go for good.
    pub(crate) fn loses(&self) {
        self.lock().has_lost = true;
    }

    pub(crate) fn has_lost(&self) -> bool {
        self.lock().has_lost
    }

    pub(crate) fn store_works(&self) {
        self.lock().store_fault = None;
    }

    pub(crate) fn market_store(&self, fault: Option<String>) {
        self.lock().market_store_fault = fault;
    }

    /// Whether what comes in and what accounts do arrives in the database.
    pub(crate) fn storing(&self) -> Observation {
        let seen = self.lock();
        let stored = seen.flow.stored_rows;
        let observation = match (seen.any_store_fault(), seen.has_lost) {
            (Some(fault), _) => Observation::unhealthy(fault.clone()),
            (None, true) => Observation::degraded("some market data was let go for good"),
            (None, false) => Observation::healthy(format!("{stored} rows stored")),
        };
        observation.fact("stored_rows", stored).fact("dropped", seen.flow.dropped)
    }

    /// Whether market data comes in.
    pub(crate) fn feed(&self, late_after: Duration, silent_after: Duration) -> Observation {
        let (now, seen) = (SystemClock.now(), self.lock());
        if let Some(fault) = &seen.market_fault {
            return Observation::unhealthy(fault.clone());
        }
        let Some(last) = seen.last_market else { return Observation::degraded("nothing received yet") };
        let silent = Duration::from_nanos(u64::try_from(now.since(last).nanos()).unwrap_or(0));
        let seconds = silent.as_secs();
        if silent >= silent_after {
            Observation::unhealthy(format!("silent for {seconds} s"))
        } else if silent >= late_after {
            Observation::degraded(format!("late: nothing for {seconds} s"))
        } else {
            Observation::healthy(format!("{:.0} messages a second", seen.rate.per_second))
        }
    }

    /// The state of the whole, with the components that everybody may know of.
    pub(crate) fn overview(&self, health: &Health) -> Overview {
        let snapshot = health.snapshot();
        let seen = self.lock();
        Overview {
            version: self.version.clone(),
            environment: self.environment.clone(),
            mode: "paper".to_owned(),
            started_ms: self.started.millis(),
            now_ms: SystemClock.now().millis(),
            status: status(snapshot.overall.status),
            components: snapshot.components.iter().filter(|known| known.is_public).map(component).collect(),
            flow: seen.flow,
        }
    }

    fn lock(&self) -> MutexGuard<'_, Seen> {
        self.seen.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn component(known: &ComponentSnapshot) -> Component {
    Component {
        name: known.name.clone(),
        status: status(known.status),
        detail: known.message.clone().unwrap_or_default(),
        last_change_ms: known.since_ms,
    }
}

impl Seen {
    fn any_store_fault(&self) -> Option<&String> {
        self.store_fault.as_ref().or(self.market_store_fault.as_ref())
    }
}

impl Rate {
    fn on_count(&mut self, now: Timestamp, messages: u64) {
        let Some(since) = self.since else {
            (self.since, self.messages) = (Some(now), messages);
            return;
        };
        let elapsed = now.since(since);
        if elapsed >= Span::SECOND {
            let seconds = elapsed.nanos() as f64 / 1e9;
            self.per_second = messages.saturating_sub(self.messages) as f64 / seconds;
            (self.since, self.messages) = (Some(now), messages);
        }
    }
}
