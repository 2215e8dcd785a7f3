//! What is running and how it does, for the page and the probes.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use api::model::{Component, Flow, Overview};
use domain::{Span, Timestamp};
use engine::Clock;
use pipeline::flow::FlowCounts;
use resilience::health::{ComponentSnapshot, Health, Observation};

use super::edges::Spooled;
use super::operations::status;
use super::storing::{Latest, Storing};
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
    spooling: Option<Spooling>,
    /// Items that wait on the disk for Redis.
    spooled_latest: u64,
}

/// Market data that waits on the disk for the store.
#[derive(Debug, Clone, Copy)]
struct Spooling {
    since: Timestamp,
    items: u64,
}

impl Spooling {
    fn words(&self, now: Timestamp) -> String {
        let seconds = now.since(self.since).millis() / 1_000;
        format!("spooling for {seconds} s, {} items wait on the disk", self.items)
    }
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
    pub(crate) fn on_flow(&self, counts: &FlowCounts, storing: &Storing, latest: Option<&Latest>) {
        let now = SystemClock.now();
        let (stored_rows, spooled) = (storing.stored(), storing.spooled());
        let dropped = storing.account().total().dropped.total();
        let fault = storing.fault();
        let mut seen = self.lock();
        seen.market_store_fault = fault;
        seen.spooled_latest = latest.map_or(0, Latest::spooled);
        seen.spooling = (spooled > 0)
            .then(|| Spooling { since: seen.spooling.map_or(now, |before| before.since), items: spooled });
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

    /// Messages that the queue before the operators let go.
    pub(crate) fn feed_dropped(&self, messages: u64) {
        self.lock().feed_dropped = messages;
    }

    /// Items that wait on the disk.
    pub(crate) fn spooled(&self) -> Spooled {
        let seen = self.lock();
        Spooled { store: seen.spooling.map_or(0, |spooling| spooling.items), latest: seen.spooled_latest }
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

    /// Whether what comes in and what accounts do arrives in the database.
    pub(crate) fn storing(&self) -> Observation {
        let (now, seen) = (SystemClock.now(), self.lock());
        let stored = seen.flow.stored_rows;
        let spooled = seen.spooling.map_or(0, |spooling| spooling.items);
        let observation = match (seen.any_store_fault(), &seen.spooling, seen.has_lost) {
            (Some(fault), None, _) => Observation::unhealthy(fault.clone()),
            (Some(fault), Some(spooling), _) => {
                Observation::unhealthy(format!("{fault}; {}", spooling.words(now)))
            }
            (None, Some(spooling), _) => Observation::degraded(spooling.words(now)),
            (None, None, true) => Observation::degraded("some market data was let go for good"),
            (None, None, false) => Observation::healthy(format!("{stored} rows stored")),
        };
        let observation = match seen.spooling {
            Some(spooling) => observation.fact("spooling_since_ms", spooling.since.millis()),
            None => observation,
        };
        observation
            .fact("stored_rows", stored)
            .fact("dropped", seen.flow.dropped)
            .fact("spooled_items", spooled)
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
