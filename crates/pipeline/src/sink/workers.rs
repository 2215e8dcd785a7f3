use std::sync::Arc;
use std::thread::JoinHandle;

use metrics::gauge;
use thiserror::Error;

use super::worker::{Counters, Fates, Worker};
use super::{Backoff, Rest, Sink, SinkClock, SinkItem, StopSignal};
use crate::dead_letter::DeadLetters;
use crate::names;
use crate::queue::{DropPolicy, Drops, SendError, Sender, Sent, queue_with_gauge};

/// How a sink is served.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SinkConfig {
    /// Labels metrics and dead letters.
    pub name: String,
    /// How many batches may wait.
    pub queue_max: usize,
    pub policy: DropPolicy,
    /// How often a batch is tried in all before it becomes a dead letter (at least once).
    pub attempts_max: u32,
    pub backoff: Backoff,
}

impl SinkConfig {
    /// 16 batches wait, then the caller does; three tries.
    #[must_use]
    pub fn new(name: &str) -> Self {
        Self {
            name: name.to_owned(),
            queue_max: 16,
            policy: DropPolicy::Block,
            attempts_max: 3,
            backoff: Backoff::default(),
        }
    }
}

/// What a sink's workers need from the world.
#[derive(Clone)]
pub struct Delivery {
    pub dead_letters: Arc<dyn DeadLetters>,
    pub clock: SinkClock,
    pub rest: Rest,
}

impl Delivery {
    /// Rests in real time.
    #[must_use]
    pub fn new(dead_letters: Arc<dyn DeadLetters>, clock: SinkClock) -> Self {
        Self { dead_letters, clock, rest: Arc::new(|span, stop| stop.rest(span)) }
    }
}

/// Why workers could not be started.
#[derive(Debug, Error)]
pub enum StartError {
    #[error("a sink needs at least one worker")]
    NoWorkers,
    #[error("no thread could be started: {0}")]
    Thread(#[from] std::io::Error),
}

/// What became of all batches, told at the end. Every batch that was accepted is in one of the figures.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct DrainReport {
    pub committed: u64,
    /// Handed to the dead letters.
    pub buried: u64,
    /// Dropped by the queue's policy.
    pub dropped: Drops,
    /// Workers that ended by a panic of their own, which only the dead letters or the clock can cause.
    pub crashed: usize,
}

/// The threads that serve one sink. Several commit at the same time and so in no fixed order among batches; where
/// order matters, start one.
pub struct SinkWorkers {
    batches: Sender<Vec<SinkItem>>,
    threads: Vec<JoinHandle<Fates>>,
    stop: StopSignal,
}

impl SinkWorkers {
    /// One thread for each of `sinks`, all on one queue.
    ///
    /// # Errors
    /// See [`StartError`].
    pub fn start(
        config: &SinkConfig,
        sinks: Vec<Box<dyn Sink>>,
        delivery: &Delivery,
    ) -> Result<Self, StartError> {
        if sinks.is_empty() {
            return Err(StartError::NoWorkers);
        }
        let depth = gauge!(names::SINK_QUEUE_DEPTH, "sink" => config.name.clone());
        let (batches, receiver) = queue_with_gauge(&config.name, depth, config.queue_max, config.policy);
        let counters = Counters::new(&config.name);
        let mut workers = Self { batches, threads: Vec::with_capacity(sinks.len()), stop: StopSignal::new() };
        for (number, sink) in sinks.into_iter().enumerate() {
            let worker = Worker {
                name: config.name.clone(),
                sink,
                batches: receiver.clone(),
                attempts_max: config.attempts_max,
                backoff: config.backoff,
                dead_letters: Arc::clone(&delivery.dead_letters),
                clock: Arc::clone(&delivery.clock),
                rest: Arc::clone(&delivery.rest),
                stop: workers.stop.clone(),
                counters: counters.clone(),
            };
            let thread = std::thread::Builder::new().name(format!("sink-{}-{number}", config.name));
            workers.threads.push(thread.spawn(move || worker.run())?);
        }
        Ok(workers)
    }

    /// Hands a batch over by the queue's policy.
    ///
    /// # Errors
    /// [`SendError`] with the batch when all workers are gone.
    pub fn submit(&self, batch: Vec<SinkItem>) -> Result<Sent, SendError<Vec<SinkItem>>> {
        self.batches.send(batch)
    }

    /// How many batches wait.
    #[must_use]
    pub fn depth(&self) -> usize {
        self.batches.depth()
    }

    /// Ends rests between tries: for a shutdown whose patience is at its end. Tries then follow at once, and what
    /// fails becomes a dead letter sooner.
    #[must_use]
    pub fn stop_signal(&self) -> StopSignal {
        self.stop.clone()
    }

    /// Takes no more batches, and returns when each one accepted is committed or a dead letter.
    #[must_use]
    pub fn drain(mut self) -> DrainReport {
        self.finish()
    }

    fn finish(&mut self) -> DrainReport {
        self.batches.close();
        let mut report = DrainReport::default();
        for thread in self.threads.drain(..) {
            match thread.join() {
                Ok(fates) => {
                    report.committed += fates.committed;
                    report.buried += fates.buried;
                }
                Err(_) => report.crashed += 1,
            }
        }
        report.dropped = self.batches.drops();
        report
    }
}

impl Drop for SinkWorkers {
    /// Workers that are let go without [`SinkWorkers::drain`] still finish what was accepted, without rests.
    fn drop(&mut self) {
        self.stop.stop();
        self.finish();
    }
}
