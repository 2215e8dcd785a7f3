use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use resilience::Clock;
use tracing_subscriber::{Registry, reload};

use super::filter::{self, Gate};
use super::line::Line;
use super::outlets::Outlets;
use super::queue::DropReason;
use super::tail::Follower;
use super::{LINES_DROPPED, panics};
use crate::redact::{NotHidden, Redactor};
use crate::slow::{self, Watch};

/// How long each log may take to write what waits when the program ends.
const CLOSE_WITHIN: Duration = Duration::from_secs(2);

/// What can be asked of and told to the logs while the program runs. Clones are the same logs.
#[derive(Clone)]
pub struct Handles(Arc<Shared>);

struct Shared {
    outlets: Arc<Outlets>,
    reload: reload::Handle<Gate, Registry>,
    level: Mutex<String>,
    clock: Arc<dyn Clock>,
    /// Milliseconds.
    slow: AtomicU64,
}

/// How many lines of a log were not written, and why.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Dropped {
    pub log: &'static str,
    pub reason: DropReason,
    pub lines: u64,
}

impl Handles {
    pub(super) fn new(
        outlets: Arc<Outlets>,
        reload: reload::Handle<Gate, Registry>,
        level: String,
        clock: Arc<dyn Clock>,
        slow: Duration,
    ) -> Self {
        let slow = AtomicU64::new(milliseconds(slow));
        Self(Arc::new(Shared { outlets, reload, level: Mutex::new(level), clock, slow }))
    }

    /// Logs by another filter from now on: a level, or levels of parts such as `info,api=debug`.
    ///
    /// # Errors
    /// Words that say what is wrong and what would be right; the filter stays as it was.
    pub fn set_level(&self, text: &str) -> Result<(), String> {
        let chosen = filter::read(text)?;
        let mut level = self.0.level.lock().unwrap_or_else(PoisonError::into_inner);
        self.0.reload.reload(Gate::new(chosen)).map_err(|error| format!("the log is gone: {error}"))?;
        text.clone_into(&mut level);
        Ok(())
    }

    /// The filter in force, as it was given.
    #[must_use]
    pub fn level(&self) -> String {
        self.0.level.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Takes this secret out of every line from now on.
    ///
    /// # Errors
    /// As [`Redactor::hide`].
    pub fn hide(&self, secret: &str) -> Result<(), NotHidden> {
        self.redactor().hide(secret)
    }

    /// What takes secrets out, for whoever else tells something.
    #[must_use]
    pub fn redactor(&self) -> &Redactor {
        &self.0.outlets.redactor
    }

    /// The last lines, oldest first, at most [`super::TAIL_LINES`].
    #[must_use]
    pub fn tail(&self) -> Vec<Arc<Line>> {
        self.0.outlets.voice.tail.last()
    }

    /// The last lines and, without a gap, all that come after them.
    #[must_use]
    pub fn follow(&self) -> (Vec<Arc<Line>>, Follower) {
        self.0.outlets.voice.tail.follow()
    }

    /// Waits until every line logged so far is written, in each log for at most `within`. Says whether all are.
    pub fn flush(&self, within: Duration) -> bool {
        let unwritten = self.0.outlets.lanes().filter(|lane| !lane.flush(within)).count();
        unwritten == 0
    }

    /// How many lines were not written, by log and reason, zeros included.
    #[must_use]
    pub fn dropped(&self) -> Vec<Dropped> {
        let lanes = self.0.outlets.lanes();
        let of_lane = lanes.flat_map(|lane| DropReason::ALL.map(|reason| (lane, reason)));
        of_lane.map(|(lane, reason)| Dropped { log: lane.log, reason, lines: lane.dropped(reason) }).collect()
    }

    /// Writes these counts to the metrics; to be called now and again.
    pub fn export_metrics(&self) {
        for Dropped { log, reason, lines } in self.dropped() {
            metrics::counter!(LINES_DROPPED, "log" => log, "reason" => reason.code()).absolute(lines);
        }
    }

    /// Watches an operation until the answer is dropped, and logs it if it was slow.
    pub fn watch(&self, operation: &'static str) -> Watch<Arc<dyn Clock>> {
        let threshold = Duration::from_millis(self.0.slow.load(Ordering::Relaxed));
        slow::watch(operation, threshold, Arc::clone(&self.0.clock))
    }

    /// From now on operations are slow when they take this long.
    pub fn set_slow_operation(&self, threshold: Duration) {
        self.0.slow.store(milliseconds(threshold), Ordering::Relaxed);
    }

    /// Logs panics of all threads from now on, with their place and without secrets, instead of writing them to
    /// standard error as they are.
    pub fn log_panics(&self) {
        panics::log(self.clone());
    }
}

fn milliseconds(span: Duration) -> u64 {
    u64::try_from(span.as_millis()).unwrap_or(u64::MAX)
}

/// Keeps the logs writing. Dropping it writes what waits, for a bounded time, and ends the writers.
#[must_use = "the logs end when their guard is dropped"]
pub struct LogGuard(Arc<Outlets>);

impl LogGuard {
    pub(super) const fn new(outlets: Arc<Outlets>) -> Self {
        Self(outlets)
    }
}

impl Drop for LogGuard {
    fn drop(&mut self) {
        // The console comes last, so that it can tell what became of the files.
        for lane in self.0.lanes() {
            lane.close(CLOSE_WITHIN);
        }
    }
}
