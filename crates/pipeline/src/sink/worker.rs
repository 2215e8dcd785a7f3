use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

use metrics::{Counter, Histogram, counter, histogram};

use super::{Backoff, Rest, Sink, SinkClock, SinkError, SinkItem, StopSignal};
use crate::dead_letter::{DeadLetter, DeadLetters};
use crate::names;
use crate::queue::Receiver;

/// What became of the batches of one worker or of all.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Fates {
    pub(super) committed: u64,
    pub(super) buried: u64,
}

/// Takes batches from the queue and commits them, until the queue is closed and empty.
pub(super) struct Worker {
    pub(super) name: String,
    pub(super) sink: Box<dyn Sink>,
    pub(super) batches: Receiver<Vec<SinkItem>>,
    pub(super) attempts_max: u32,
    pub(super) backoff: Backoff,
    pub(super) dead_letters: Arc<dyn DeadLetters>,
    pub(super) clock: SinkClock,
    pub(super) rest: Rest,
    pub(super) stop: StopSignal,
    pub(super) counters: Counters,
}

/// The metrics of one sink, shared by its workers.
#[derive(Clone)]
pub(super) struct Counters {
    committed: Counter,
    failed: Counter,
    retries: Counter,
    dead_letters: Counter,
    commit_seconds: Histogram,
}

impl Counters {
    pub(super) fn new(sink: &str) -> Self {
        let sink = || sink.to_owned();
        Self {
            committed: counter!(names::SINK_COMMITTED, "sink" => sink()),
            failed: counter!(names::SINK_FAILED, "sink" => sink()),
            retries: counter!(names::SINK_RETRIES, "sink" => sink()),
            dead_letters: counter!(names::DEAD_LETTERS, "sink" => sink()),
            commit_seconds: histogram!(names::SINK_COMMIT_SECONDS, "sink" => sink()),
        }
    }
}

impl Worker {
    pub(super) fn run(mut self) -> Fates {
        let mut fates = Fates::default();
        while let Some(batch) = self.batches.recv() {
            match self.commit(&batch) {
                Ok(()) => {
                    fates.committed += 1;
                    self.counters.committed.increment(1);
                }
                Err((error, attempts)) => {
                    fates.buried += 1;
                    self.bury(batch, error, attempts);
                }
            }
        }
        fates
    }

    /// Tries until the batch is kept, the error is final, or the tries are used up.
    fn commit(&mut self, batch: &[SinkItem]) -> Result<(), (SinkError, u32)> {
        let mut attempts = 1;
        loop {
            let Err(error) = self.attempt(batch) else { return Ok(()) };
            if !error.retryable || attempts >= self.attempts_max {
                return Err((error, attempts));
            }
            (self.rest)(self.backoff.after(attempts), &self.stop);
            self.counters.retries.increment(1);
            attempts += 1;
        }
    }

    /// A sink that panics must not take the batch with it.
    fn attempt(&mut self, batch: &[SinkItem]) -> Result<(), SinkError> {
        let started = (self.clock)();
        let sink = &mut self.sink;
        let result = catch_unwind(AssertUnwindSafe(|| sink.commit(batch)));
        let nanos = (self.clock)().since(started).nanos().max(0);
        self.counters.commit_seconds.record(nanos as f64 / 1e9);
        result.unwrap_or_else(|_| {
            Err(SinkError { retryable: false, reason: "the sink panicked on this batch".to_owned() })
        })
    }

    fn bury(&self, items: Vec<SinkItem>, error: SinkError, attempts: u32) {
        tracing::error!(sink = %self.name, items = items.len(), attempts, %error, "batch given up");
        self.counters.failed.increment(1);
        self.counters.dead_letters.increment(u64::try_from(items.len()).unwrap_or(u64::MAX));
        let (origin, time) = (self.name.clone(), (self.clock)());
        self.dead_letters.bury(DeadLetter { items, error, attempts, origin, time });
    }
}
