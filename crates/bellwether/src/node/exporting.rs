//! Market data to those outside, each over an edge of its own: what they do not take waits in memory and on the disk, as
//! it does for the store.

use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use anyhow::Result;
use domain::{MarketEvent, Timestamp};
use engine::Clock;
use pipeline::{Account, DeadLetters, Ledger, Sink, SinkConfig, SinkItem, SinkLanes, Ticket};
use resilience::health::{Observation, Status};

use super::storing::{delivery, live_settings};
use crate::clock::SystemClock;
use crate::config::Config;

/// One way out.
pub(crate) struct Exporting(SinkLanes);

impl Exporting {
    /// One worker, so that what goes out keeps its order.
    pub(crate) fn start(
        name: &'static str,
        config: &Config,
        sink: Box<dyn Sink>,
        letters: Arc<dyn DeadLetters>,
        ledger: Ledger,
    ) -> Result<Self> {
        let settings = SinkConfig { name: name.to_owned(), ..live_settings(config) };
        let delivery = delivery(letters, ledger, Account::new(name));
        Ok(Self(SinkLanes::start(&settings, vec![sink], delivery)?))
    }

    pub(crate) fn on_event(&mut self, event: &MarketEvent, ticket: Option<Ticket>, now: Timestamp) {
        if let Some(item) = SinkItem::of(event) {
            self.0.take(item, ticket, now);
        }
    }

    pub(crate) fn on_time(&mut self, now: Timestamp) {
        self.0.on_time(now);
    }

    /// Sends what is under way; what is not taken now waits on the disk.
    pub(crate) fn drain(self) {
        self.0.stop_signal().stop();
        let report = self.0.drain();
        tracing::info!(?report, "what goes out is sent or put aside");
    }
}

/// How those outside take what is sent, as the sender sees it.
#[derive(Debug, Default)]
pub(crate) struct ExportHealth {
    delivered: AtomicU64,
    /// In milliseconds of the wall clock; 0 when nothing was delivered yet.
    last: AtomicI64,
    fault: Mutex<Option<String>>,
}

impl ExportHealth {
    pub(super) fn works(&self, messages: usize) {
        self.delivered.fetch_add(u64::try_from(messages).unwrap_or(u64::MAX), Ordering::Relaxed);
        self.last.store(SystemClock.now().millis(), Ordering::Relaxed);
        *self.fault.lock().unwrap_or_else(PoisonError::into_inner) = None;
    }

    pub(super) fn fails(&self, reason: &str) {
        let mut fault = self.fault.lock().unwrap_or_else(PoisonError::into_inner);
        if fault.is_none() {
            tracing::error!(reason, "market data does not go out; it is tried again");
        }
        *fault = Some(reason.to_owned());
    }

    /// Whether messages are delivered, not only whether somebody listens.
    pub(crate) fn observe(&self, late_after: Duration) -> Observation {
        let (delivered, last) = (self.delivered.load(Ordering::Relaxed), self.last.load(Ordering::Relaxed));
        let age = SystemClock.now().millis().saturating_sub(last).max(0);
        let fault = self.fault.lock().unwrap_or_else(PoisonError::into_inner).clone();
        let is_late = u128::try_from(age).is_ok_and(|age| age > late_after.as_millis());
        let observation = match (fault, last) {
            (Some(fault), _) => Observation::unhealthy(fault),
            (None, 0) => Observation::degraded("nothing was delivered yet"),
            (None, _) if is_late => {
                Observation::new(Status::Degraded, format!("the last delivery was {age} ms ago"))
            }
            (None, _) => Observation::healthy(format!("{delivered} messages delivered")),
        };
        observation.fact("delivered", delivered).fact("age_ms", age)
    }
}
