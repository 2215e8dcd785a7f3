use std::future::{Ready, ready};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use super::observation::Observation;
use super::status::Status;
use crate::clock::{Clock, TokioClock};

/// A check that work is flowing, not only that something is connected.
///
/// - `last`: the age of the last work done; `None` when there was none yet. For the age of a queue's oldest item,
///   give `Some(Duration::ZERO)` when the queue is empty.
/// - from `degraded_after` on it is degraded, from `unhealthy_after` on unhealthy. Without any work yet it is
///   degraded, and unhealthy when it was waited for that long.
/// - `is_expected`: whether there should be work now; when not, it is healthy. When work becomes expected again the
///   pause does not count against it.
pub fn flow_check(
    last: impl Fn() -> Option<Duration> + Send + Sync + 'static,
    degraded_after: Duration,
    unhealthy_after: Duration,
    is_expected: impl Fn() -> bool + Send + Sync + 'static,
) -> impl Fn() -> Ready<Observation> + Send + Sync + 'static {
    let limits = Limits { degraded_after, unhealthy_after };
    let waiting = Mutex::new(Waiting::default());
    move || {
        let is_expected = is_expected();
        let mut waiting = waiting.lock().unwrap_or_else(PoisonError::into_inner);
        waiting.note(is_expected);
        ready(if is_expected { limits.judge(last(), &waiting) } else { idle() })
    }
}

/// Since when work is expected, as far as the checks saw.
#[derive(Debug, Default)]
struct Waiting {
    since: Option<TokioClock>,
    /// Whether a check saw that no work was expected before.
    has_paused: bool,
}

impl Waiting {
    fn note(&mut self, is_expected: bool) {
        if is_expected {
            self.since.get_or_insert_with(TokioClock::new);
        } else {
            *self = Self { since: None, has_paused: true };
        }
    }

    fn waited(&self) -> Duration {
        self.since.as_ref().map_or(Duration::ZERO, |since| Duration::from_nanos(since.now()))
    }
}

#[derive(Debug)]
struct Limits {
    degraded_after: Duration,
    unhealthy_after: Duration,
}

impl Limits {
    fn judge(&self, last: Option<Duration>, waiting: &Waiting) -> Observation {
        let waited = waiting.waited();
        match last {
            Some(age) if waiting.has_paused => self.aged(age.min(waited)),
            Some(age) => self.aged(age),
            None => self.never(waited),
        }
    }

    fn aged(&self, age: Duration) -> Observation {
        let status = if age >= self.unhealthy_after {
            Status::Unhealthy
        } else if age >= self.degraded_after {
            Status::Degraded
        } else {
            Status::Healthy
        };
        Observation::new(status, format!("last work {age:?} ago")).fact("age_ms", age.as_millis())
    }

    fn never(&self, waited: Duration) -> Observation {
        let status = if waited >= self.unhealthy_after { Status::Unhealthy } else { Status::Degraded };
        Observation::new(status, format!("no work yet, waited for {waited:?}"))
            .fact("waited_ms", waited.as_millis())
    }
}

fn idle() -> Observation {
    Observation::healthy("no work is expected now")
}
