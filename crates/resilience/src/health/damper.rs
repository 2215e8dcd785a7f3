use super::component::Component;
use super::status::Status;

/// Hysteresis: turns answers into a state that does not flap.
///
/// The first answer is believed. After that a degraded answer is believed at once, an unhealthy one when enough came
/// in a row, and a better one when enough better ones came in a row; the state then is the worst of that row.
#[derive(Debug)]
pub(super) struct Damper {
    failures_to_unhealthy: u32,
    successes_to_healthy: u32,
    state: Option<Status>,
    /// The last answer.
    seen: Option<Status>,
    /// Unhealthy answers in a row.
    failures: u32,
    /// Answers better than the state in a row, and the worst of them.
    better: u32,
    worst_of_better: Status,
}

impl Damper {
    pub(super) fn new(component: &Component) -> Self {
        Self {
            failures_to_unhealthy: component.failures_to_unhealthy,
            successes_to_healthy: component.successes_to_healthy,
            state: None,
            seen: None,
            failures: 0,
            better: 0,
            worst_of_better: Status::Healthy,
        }
    }

    /// `None` before the first answer.
    pub(super) fn state(&self) -> Option<Status> {
        self.state
    }

    pub(super) fn failures(&self) -> u32 {
        self.failures
    }

    /// Whether the last answer or the state is anything but healthy.
    pub(super) fn is_unwell(&self) -> bool {
        [self.state, self.seen].into_iter().any(|status| status != Some(Status::Healthy))
    }

    pub(super) fn observe(&mut self, seen: Status) {
        self.seen = Some(seen);
        self.failures = if seen == Status::Unhealthy { self.failures.saturating_add(1) } else { 0 };
        match self.state {
            None => self.state = Some(seen),
            Some(state) if seen < state => self.improve(seen),
            Some(state) => {
                self.better = 0;
                self.worsen(state, seen);
            }
        }
    }

    fn improve(&mut self, seen: Status) {
        self.worst_of_better = if self.better == 0 { seen } else { self.worst_of_better.max(seen) };
        self.better = self.better.saturating_add(1);
        if self.better >= self.successes_to_healthy {
            self.state = Some(self.worst_of_better);
            self.better = 0;
        }
    }

    fn worsen(&mut self, state: Status, seen: Status) {
        let is_believed = seen != Status::Unhealthy || self.failures >= self.failures_to_unhealthy;
        self.state = Some(if is_believed { seen } else { state });
    }
}
