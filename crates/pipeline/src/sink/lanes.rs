use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::thread::JoinHandle;

use domain::{InstrumentId, Timestamp};
use metrics::gauge;
use thiserror::Error;

use super::counters::Counters;
use super::lane::Lane;
use super::worker::{Fates, Worker};
use super::{Backoff, Delivery, Sink, SinkItem, StopSignal};
use crate::account::Tally;
use crate::batch::{BatchLimits, Batcher};
use crate::ledger::Ticket;
use crate::names;
use crate::queue::{DropPolicy, queue_with_gauge};
use crate::spool::{Spool, SpoolError, SpoolLimits};

/// How a sink is served.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SinkConfig {
    /// Labels metrics and dead letters.
    pub name: String,
    pub limits: BatchLimits,
    /// How many batches may wait in memory, all workers together; each has room for one at least.
    pub queue_max: usize,
    /// What happens when there is no more room, in memory and on the disk.
    pub policy: DropPolicy,
    /// How often an item is refused by itself before it becomes a dead letter (at least once).
    pub attempts_max: u32,
    /// Between tries while the place cannot be reached.
    pub backoff: Backoff,
    /// Between tries of an item that is refused.
    pub refused_backoff: Backoff,
    /// How often a batch is tried while the place cannot be reached, before the batch is given up; `None` for as
    /// long as it takes.
    pub unreached_max: Option<u32>,
    /// Where batches wait for a place that is away for longer than the queue holds.
    pub spool: Option<SpoolConfig>,
}

/// A folder of the disk, and how much of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SpoolConfig {
    pub folder: PathBuf,
    /// All workers together.
    pub bytes_max: u64,
}

impl SinkConfig {
    /// The usual batches; 16 of them wait, then the caller does; three tries; no spool.
    #[must_use]
    pub fn new(name: &str) -> Self {
        Self {
            name: name.to_owned(),
            limits: BatchLimits::default(),
            queue_max: 16,
            policy: DropPolicy::Block,
            attempts_max: 3,
            backoff: Backoff::default(),
            refused_backoff: Backoff::REFUSED,
            unreached_max: None,
            spool: None,
        }
    }
}

/// Why workers could not be started.
#[derive(Debug, Error)]
pub enum StartError {
    #[error("a sink needs at least one worker")]
    NoWorkers,
    #[error("no thread could be started: {0}")]
    Thread(#[from] std::io::Error),
    #[error(transparent)]
    Spool(#[from] SpoolError),
}

/// What became of everything, told at the end.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct DrainReport {
    /// Batches, and parts of batches that had to be taken apart.
    pub committed: u64,
    /// The items. What is under way still is on the disk.
    pub items: Tally,
    /// Workers that ended by a panic of their own, which only the dead letters or the clock can cause.
    pub crashed: usize,
}

/// One sink and the threads that serve it. Each worker has a lane of its own; the items of one stream are always of
/// the same lane, so that they are committed in their order however many workers there are.
pub struct SinkLanes {
    lanes: Vec<Lane>,
    threads: Vec<JoinHandle<Fates>>,
    delivery: Delivery,
    stop: StopSignal,
    given_up: Arc<AtomicBool>,
}

impl SinkLanes {
    /// One thread and lane for each of `sinks`. What an earlier run left in the spool is delivered first.
    ///
    /// # Errors
    /// See [`StartError`].
    pub fn start(
        config: &SinkConfig,
        sinks: Vec<Box<dyn Sink>>,
        delivery: Delivery,
    ) -> Result<Self, StartError> {
        if sinks.is_empty() {
            return Err(StartError::NoWorkers);
        }
        let count = sinks.len();
        let spools = open_spools(config, count, &delivery)?;
        let depth = gauge!(names::SINK_QUEUE_DEPTH, "sink" => config.name.clone());
        let counters = Counters::new(&config.name);
        let queue_max = (config.queue_max / count).max(1);
        let (stop, given_up) = (StopSignal::new(), Arc::new(AtomicBool::new(false)));
        let mut started = Self { lanes: Vec::new(), threads: Vec::new(), delivery, stop, given_up };
        for (number, (sink, spool)) in sinks.into_iter().zip(spools).enumerate() {
            let (sender, receiver) = queue_with_gauge(&config.name, depth.clone(), queue_max, config.policy);
            let worker = Worker {
                name: config.name.clone(),
                sink,
                batches: receiver,
                spool: spool.clone(),
                attempts_max: config.attempts_max.max(1),
                backoff: config.backoff,
                refused_backoff: config.refused_backoff,
                unreached_max: config.unreached_max,
                delivery: started.delivery.clone(),
                stop: started.stop.clone(),
                given_up: Arc::clone(&started.given_up),
                counters: counters.clone(),
                fates: Fates::default(),
                left: Vec::new(),
            };
            started.lanes.push(Lane {
                batcher: Batcher::new(config.limits),
                hold: None,
                queue: sender,
                queue_max,
                spool,
                policy: config.policy,
                stop: started.stop.clone(),
            });
            let thread = std::thread::Builder::new().name(format!("sink-{}-{number}", config.name));
            started.threads.push(thread.spawn(move || worker.run())?);
        }
        Ok(started)
    }

    /// Takes an item that the messages of `ticket` led to, if their source can tell them again. Waits only by the
    /// policy. A stream's items go in the order of the calls.
    #[inline]
    pub fn take(&mut self, item: SinkItem, ticket: Option<Ticket>, now: Timestamp) {
        let place = lane_of(item.stream(), self.lanes.len());
        if let Some(lane) = self.lanes.get_mut(place) {
            lane.take(item, ticket, now, &self.delivery);
        }
    }

    /// Time has passed: old batches go even if they are small.
    pub fn on_time(&mut self, now: Timestamp) {
        for lane in &mut self.lanes {
            lane.on_time(now, &self.delivery);
        }
    }

    /// How many batches wait in memory.
    #[must_use]
    pub fn depth(&self) -> usize {
        self.lanes.iter().map(|lane| lane.queue.depth()).sum()
    }

    /// How many items wait on the disk.
    #[must_use]
    pub fn spooled(&self) -> u64 {
        self.lanes.iter().filter_map(|lane| lane.spool.as_ref()).map(|spool| spool.items()).sum()
    }

    /// Whether a batch was given up because the place cannot be reached.
    #[must_use]
    pub fn is_given_up(&self) -> bool {
        self.given_up.load(std::sync::atomic::Ordering::Acquire)
    }

    /// Ends all rests, for a shutdown whose patience is at its end: what the sink does not take at once is put
    /// aside on the disk, or given up where there is no spool.
    #[must_use]
    pub fn stop_signal(&self) -> StopSignal {
        self.stop.clone()
    }

    /// Takes nothing more, and returns when everything accepted is stored, with the dead letters, on the disk or
    /// given up and counted.
    #[must_use]
    pub fn drain(mut self) -> DrainReport {
        self.finish()
    }

    fn finish(&mut self) -> DrainReport {
        for lane in &mut self.lanes {
            lane.flush(&self.delivery);
            lane.queue.close();
        }
        let mut report = DrainReport::default();
        for thread in self.threads.drain(..) {
            match thread.join() {
                Ok(fates) => report.committed += fates.committed,
                Err(_) => report.crashed += 1,
            }
        }
        report.items = self.delivery.account.total();
        report
    }
}

impl Drop for SinkLanes {
    /// Lanes that are let go without [`SinkLanes::drain`] still finish what was accepted, without rests.
    fn drop(&mut self) {
        self.stop.stop();
        self.finish();
    }
}

/// Instruments are numbered one after the other, so that each lane gets as many.
const fn lane_of(stream: InstrumentId, lanes: usize) -> usize {
    stream.index() % lanes
}

/// A spool for each lane. Items that an earlier run left count as taken.
fn open_spools(
    config: &SinkConfig,
    count: usize,
    delivery: &Delivery,
) -> Result<Vec<Option<Arc<Spool>>>, StartError> {
    let Some(wanted) = &config.spool else { return Ok(vec![None; count]) };
    let limits = SpoolLimits::sharing(wanted.bytes_max, count);
    let spools = crate::spool::open_all(&wanted.folder, &config.name, count, limits, |streams| {
        delivery.account.take(streams.iter().copied());
    })?;
    Ok(spools.into_iter().map(Some).collect())
}
