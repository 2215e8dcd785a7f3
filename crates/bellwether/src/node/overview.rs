//! What is running and how it does, for the page and the probes.

use std::sync::{Mutex, MutexGuard, PoisonError};

use api::model::{Component, Flow, Overview, Status};
use domain::{Span, Timestamp};
use engine::Clock;
use pipeline::flow::FlowCounts;
use store::StoreError;

use super::accounts::{Accounts, Condition};
use crate::clock::SystemClock;

/// The market is late when nothing came for this long.
const MARKET_SILENT_AFTER: Span = Span::from_seconds(10);

/// What the threads report of themselves; read by the API.
#[derive(Debug)]
pub(crate) struct Watch {
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
    market_store_fault: Option<String>,
    changes: Vec<(String, Status, Timestamp)>,
}

/// Messages a second, over the last whole second.
#[derive(Debug, Clone, Copy, Default)]
struct Rate {
    since: Option<Timestamp>,
    messages: u64,
    per_second: f64,
}

impl Watch {
    pub(crate) fn new(environment: String) -> Self {
        Self { environment, started: SystemClock.now(), seen: Mutex::default() }
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
            dropped,
        };
    }

    pub(crate) fn market_fails(&self, reason: &str) {
        self.lock().market_fault = Some(reason.to_owned());
    }

    pub(crate) fn store_fails(&self, error: &StoreError) {
        self.lock().store_fault = Some(error.to_string());
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

    /// What is missing before requests can be served.
    pub(crate) fn missing(&self) -> Vec<String> {
        let seen = self.lock();
        let mut missing: Vec<String> =
            seen.any_store_fault().into_iter().map(|fault| format!("store: {fault}")).collect();
        if seen.last_market.is_none() {
            missing.push("the market has not begun".to_owned());
        }
        missing
    }

    pub(crate) fn overview(&self, accounts: &Accounts) -> Overview {
        let now = SystemClock.now();
        let mut seen = self.lock();
        let mut components = vec![seen.market(now), seen.store()];
        components.extend(accounts.iter().map(|account| {
            let name = format!("account {}", account.identity.profile.name);
            match account.condition() {
                Condition::Running => {
                    component(name, Status::Healthy, account.identity.profile.strategy.clone())
                }
                Condition::Starting => component(name, Status::Degraded, "starting".to_owned()),
                Condition::Stopped(reason) => component(name, Status::Unhealthy, reason),
            }
        }));
        for component in &mut components {
            component.last_change_ms = seen.changed(component, now).millis();
        }
        Overview {
            version: env!("CARGO_PKG_VERSION").to_owned(),
            environment: self.environment.clone(),
            mode: "paper".to_owned(),
            started_ms: self.started.millis(),
            now_ms: now.millis(),
            status: worst(&components),
            components,
            flow: seen.flow,
        }
    }

    fn lock(&self) -> MutexGuard<'_, Seen> {
        self.seen.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn component(name: String, status: Status, detail: String) -> Component {
    Component { name, status, detail, last_change_ms: 0 }
}

fn worst(components: &[Component]) -> Status {
    let has = |status| components.iter().any(|component| component.status == status);
    match (has(Status::Unhealthy), has(Status::Degraded)) {
        (true, _) => Status::Unhealthy,
        (false, true) => Status::Degraded,
        (false, false) => Status::Healthy,
    }
}

impl Seen {
    fn market(&self, now: Timestamp) -> Component {
        let (status, detail) = match (&self.market_fault, self.last_market) {
            (Some(fault), _) => (Status::Unhealthy, fault.clone()),
            (None, None) => (Status::Degraded, "nothing received yet".to_owned()),
            (None, Some(last)) if now.since(last) > MARKET_SILENT_AFTER => {
                (Status::Unhealthy, format!("silent for {} s", now.since(last).millis() / 1_000))
            }
            (None, Some(_)) => (Status::Healthy, format!("{:.0} messages a second", self.rate.per_second)),
        };
        component("market".to_owned(), status, detail)
    }

    fn any_store_fault(&self) -> Option<&String> {
        self.store_fault.as_ref().or(self.market_store_fault.as_ref())
    }

    fn store(&self) -> Component {
        match self.any_store_fault() {
            Some(fault) => component("store".to_owned(), Status::Unhealthy, fault.clone()),
            None => component(
                "store".to_owned(),
                Status::Healthy,
                format!("{} rows stored", self.flow.stored_rows),
            ),
        }
    }

    /// Since when the component has had its status.
    fn changed(&mut self, component: &Component, now: Timestamp) -> Timestamp {
        match self.changes.iter_mut().find(|(name, _, _)| *name == component.name) {
            Some((_, status, since)) if *status == component.status => *since,
            Some(known) => {
                (known.1, known.2) = (component.status, now);
                now
            }
            None => {
                self.changes.push((component.name.clone(), component.status, now));
                now
            }
        }
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
