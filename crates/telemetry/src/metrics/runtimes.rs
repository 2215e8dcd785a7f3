use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use resilience::{Clock, SystemClock};
use tokio::runtime::{Handle, RuntimeMetrics};

use super::figure;

/// How many runtimes are looked at; a program has one or two.
const RUNTIMES_MAX: usize = 16;

/// Figures of the runtimes that run the program's tasks.
pub(super) struct Runtimes<C: Clock = SystemClock> {
    clock: C,
    watched: Mutex<Vec<Watched>>,
}

struct Watched {
    name: &'static str,
    metrics: RuntimeMetrics,
    /// When it was last looked at, in the clock's nanoseconds, and how long its workers had worked by then.
    looked: u64,
    busy: Duration,
}

/// A metric, the runtime's name and the value.
pub(super) type Figure = (&'static str, &'static str, f64);

impl<C: Clock> Runtimes<C> {
    pub(super) const fn new(clock: C) -> Self {
        Self { clock, watched: Mutex::new(Vec::new()) }
    }

    /// Looks at the runtime from now on. One of the same name gives way.
    pub(super) fn watch(&self, name: &'static str, handle: &Handle) {
        let metrics = handle.metrics();
        let busy = busy(&metrics);
        let mut watched = self.watched.lock().unwrap_or_else(PoisonError::into_inner);
        watched.retain(|known| known.name != name);
        if watched.len() < RUNTIMES_MAX {
            watched.push(Watched { name, metrics, looked: self.clock.now(), busy });
        }
    }

    pub(super) fn figures(&self) -> Vec<Figure> {
        let now = self.clock.now();
        let mut watched = self.watched.lock().unwrap_or_else(PoisonError::into_inner);
        watched.iter_mut().flat_map(|runtime| runtime.figures(now)).collect()
    }
}

impl Watched {
    fn figures(&mut self, now: u64) -> [Figure; 4] {
        let count = |count: usize| figure(u64::try_from(count).unwrap_or(u64::MAX));
        let workers = count(self.metrics.num_workers());
        let busy = busy(&self.metrics);
        let worked = busy.saturating_sub(self.busy).as_secs_f64();
        let passed = Duration::from_nanos(now.saturating_sub(self.looked)).as_secs_f64() * workers;
        (self.looked, self.busy) = (now, busy);
        let ratio = if passed > 0.0 { (worked / passed).min(1.0) } else { 0.0 };
        [
            ("tokio_workers", self.name, workers),
            ("tokio_alive_tasks", self.name, count(self.metrics.num_alive_tasks())),
            ("tokio_global_queue_depth", self.name, count(self.metrics.global_queue_depth())),
            ("tokio_busy_ratio", self.name, ratio),
        ]
    }
}

fn busy(metrics: &RuntimeMetrics) -> Duration {
    (0..metrics.num_workers()).map(|worker| metrics.worker_total_busy_duration(worker)).sum()
}
