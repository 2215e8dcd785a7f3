use std::collections::VecDeque;
use std::time::Duration;

use super::change::{Change, HealthChange};
use super::observation::cut;
use super::status::Status;

/// Changes that are kept of a component, and of the whole.
pub(super) const HISTORY_MAX: usize = 100;
const REASON_BYTES_MAX: usize = 200;

/// One moment on both clocks.
#[derive(Debug, Clone, Copy)]
pub(super) struct Moment {
    /// Nanoseconds of the monotonic clock.
    pub(super) at: u64,
    /// Unix milliseconds.
    pub(super) at_ms: i64,
}

/// A state, since when, and the last changes that led to it.
#[derive(Debug)]
pub(super) struct Standing {
    pub(super) status: Status,
    pub(super) since_ms: i64,
    /// Where the kept history begins, and the state there.
    began: (u64, Status),
    changes: VecDeque<(u64, Change)>,
}

impl Standing {
    pub(super) fn new(status: Status, now: Moment) -> Self {
        Self { status, since_ms: now.at_ms, began: (now.at, status), changes: VecDeque::new() }
    }

    /// `None` when it is that state already.
    pub(super) fn move_to(
        &mut self,
        to: Status,
        now: Moment,
        component: &str,
        reason: impl FnOnce() -> String,
    ) -> Option<HealthChange> {
        let from = std::mem::replace(&mut self.status, to);
        if from == to {
            return None;
        }
        let mut reason = reason();
        cut(&mut reason, REASON_BYTES_MAX);
        self.since_ms = now.at_ms;
        self.keep(now.at, Change { at_ms: now.at_ms, from, to, reason: reason.clone() });
        Some(HealthChange { component: component.to_owned(), from, to, reason, at_ms: now.at_ms })
    }

    fn keep(&mut self, at: u64, change: Change) {
        if self.changes.len() >= HISTORY_MAX
            && let Some((at, oldest)) = self.changes.pop_front()
        {
            self.began = (at, oldest.to);
        }
        self.changes.push_back((at, change));
    }

    /// Oldest first.
    pub(super) fn history(&self) -> Vec<Change> {
        self.changes.iter().map(|(_, change)| change.clone()).collect()
    }

    /// The share of the kept history, until `now`, in which it was not unhealthy: 0 to 1. `None` when no time passed.
    pub(super) fn uptime_share(&self, now: u64) -> Option<f64> {
        let (began, mut status) = self.began;
        let (mut since, mut up) = (began, 0_u64);
        let changes = self.changes.iter().map(|(at, change)| (*at, change.to));
        for (until, next) in changes.chain([(now, self.status)]) {
            if status != Status::Unhealthy {
                up = up.saturating_add(until.saturating_sub(since));
            }
            (since, status) = (until, next);
        }
        let whole = now.saturating_sub(began);
        (whole > 0).then(|| seconds(up.min(whole)) / seconds(whole))
    }
}

fn seconds(nanoseconds: u64) -> f64 {
    Duration::from_nanos(nanoseconds).as_secs_f64()
}
