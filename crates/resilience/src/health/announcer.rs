use std::sync::Arc;
use std::time::Duration;

use tokio::sync::broadcast::{self, Receiver, Sender};

use super::change::{CHANGES, CHECK_SECONDS, HealthChange, OVERALL};
use super::status::Status;
use crate::names::{COMPONENT_STATE, HEALTH_STATUS};

const EVENTS_MAX: usize = 65_536;

/// Tells of changes: to subscribers, in metrics, in the log.
#[derive(Debug)]
pub(super) struct Announcer {
    events: Sender<HealthChange>,
}

impl Announcer {
    /// `capacity` is brought between 1 and 65,536.
    pub(super) fn new(capacity: usize) -> Self {
        Self { events: broadcast::channel(capacity.clamp(1, EVENTS_MAX)).0 }
    }

    pub(super) fn subscribe(&self) -> Receiver<HealthChange> {
        self.events.subscribe()
    }

    pub(super) fn tell(&self, changes: Vec<HealthChange>) {
        for change in changes {
            log(&change);
            let labels = [("component", change.component.clone()), ("to", change.to.name().to_owned())];
            metrics::counter!(CHANGES, &labels).increment(1);
            show(&change.component, change.to);
            // Nobody may be listening, which is no fault.
            drop(self.events.send(change));
        }
    }
}

/// Sets the gauge of a component, or of the whole.
pub(super) fn show(component: &str, status: Status) {
    let value = f64::from(status.code());
    if component == OVERALL {
        metrics::gauge!(HEALTH_STATUS).set(value);
    } else {
        metrics::gauge!(COMPONENT_STATE, "component" => component.to_owned()).set(value);
    }
}

/// Counts how long a check took.
pub(super) fn time(component: &Arc<str>, took: Duration) {
    metrics::histogram!(CHECK_SECONDS, "component" => Arc::clone(component)).record(took.as_secs_f64());
}

fn log(change: &HealthChange) {
    let HealthChange { component, from, to, reason, .. } = change;
    let (from, to_name) = (from.name(), to.name());
    if *to == Status::Healthy {
        tracing::info!(component, from, to = to_name, reason, "health changed");
    } else {
        tracing::warn!(component, from, to = to_name, reason, "health changed");
    }
}
