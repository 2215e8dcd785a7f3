//! The feed's thread: messages from the source at the pace of the clock and within the provider's budget, into the
//! bounded queue before the operators.

use std::sync::Arc;
use std::time::Duration;

use domain::{KeptMessage, Timestamp};
use engine::{Clock, Source};
use pipeline::{Pacer, PacingLimits, Receiver, Sender, names, queue};

use super::overview::Watch;
use crate::clock::SystemClock;
use crate::config::{Config, Pipeline};
use crate::stop::Stop;

mod live;

pub(crate) use live::LiveFeed;

/// Who the messages are from, in metrics.
const PROVIDER: &str = "synthetic";

/// Messages that cross the queue together; fewer when the feed has to wait.
const BATCH: usize = 64;

/// How long the thread sleeps at most before it looks at the clock and the stop.
const NAP: Duration = Duration::from_millis(5);

/// Messages in the order of the feed.
pub(crate) type Messages = Vec<KeptMessage>;

/// The way from a feed to the operators: within the provider's budget, into the bounded queue.
pub(crate) struct Door {
    config: Pipeline,
    /// Messages before this moment are history: they come as fast as they can, and none may be dropped.
    live_from: Timestamp,
    stop: Stop,
    watch: Arc<Watch>,
}

impl Door {
    pub(crate) fn new(config: &Config, live_from: Timestamp, stop: Stop, watch: Arc<Watch>) -> Self {
        Self { config: config.pipeline.clone(), live_from, stop, watch }
    }

    fn pacer(&self, provider: &str) -> Pacer {
        let limits = PacingLimits {
            per_second: self.config.pacing_budget_max_msgs_per_sec,
            burst: self.config.pacing_budget_burst,
        };
        Pacer::new(provider, limits, SystemClock.now())
    }
}

/// What the feed's thread runs.
pub(crate) struct Feed<S> {
    source: S,
    queue: Sender<Messages>,
    queue_max: usize,
    pacer: Pacer,
    /// Messages before this moment are history: they come as fast as they can, and none may be dropped.
    live_from: Timestamp,
    stop: Stop,
    watch: Arc<Watch>,
}

impl<S: Source> Feed<S> {
    /// The feed, and the end that operators take messages from.
    pub(crate) fn new(source: S, door: Door) -> (Self, Receiver<Messages>) {
        let pacer = door.pacer(PROVIDER);
        let Door { config, live_from, stop, watch } = door;
        let (queue, receiver) = queue("operators", config.op_queue_max, config.drop_policy);
        // Shown before the first one, so that an alert can tell none from nothing known.
        count_disconnects(0);
        (Self { source, queue, queue_max: config.op_queue_max, pacer, live_from, stop, watch }, receiver)
    }

    /// Runs until the stop is requested, the source ends or nobody takes its messages.
    pub(crate) fn run(mut self) {
        let mut batch = Messages::with_capacity(BATCH);
        while !self.stop.is_requested() {
            let message = match self.source.next() {
                Ok(Some(message)) => KeptMessage::of(message),
                Ok(None) => break,
                Err(fault) => {
                    tracing::warn!(%fault, "a message of the market was refused");
                    if fault.is_final {
                        count_disconnects(1);
                        self.watch.market_fails(&fault.to_string());
                        break;
                    }
                    continue;
                }
            };
            let time = message.lend().receive_time();
            let is_full = batch.len() >= BATCH;
            if (is_full || time > SystemClock.now()) && !self.pass_on(&mut batch) {
                return;
            }
            self.wait_for(time);
            self.keep_to_budget(time);
            batch.push(message);
        }
        self.pass_on(&mut batch);
    }

    fn wait_for(&self, time: Timestamp) {
        while time > SystemClock.now() && !self.stop.is_requested() {
            std::thread::sleep(NAP.min(until(time)));
        }
    }

    /// A budget that is spent makes the feed wait; the wait is counted by the pacer.
    fn keep_to_budget(&mut self, time: Timestamp) {
        while time >= self.live_from && !self.stop.is_requested() {
            match self.pacer.take(SystemClock.now()) {
                Ok(()) => return,
                Err(blocked) => std::thread::sleep(NAP.min(duration(blocked.retry_after))),
            }
        }
    }

    /// False when nobody takes messages any more.
    fn pass_on(&self, batch: &mut Messages) -> bool {
        let Some(last) = batch.last() else { return true };
        while last.lend().receive_time() < self.live_from
            && self.queue.depth() >= self.queue_max
            && !self.stop.is_requested()
        {
            std::thread::sleep(Duration::from_millis(1));
        }
        let full = std::mem::replace(batch, Messages::with_capacity(BATCH));
        let sent = self.queue.send(full);
        let drops = self.queue.drops();
        self.watch.feed_dropped(drops.oldest + drops.newest);
        sent.is_ok()
    }
}

fn count_disconnects(by: u64) {
    metrics::counter!(names::SOURCE_DISCONNECTS, "provider" => PROVIDER).increment(by);
}

fn until(time: Timestamp) -> Duration {
    duration(time.since(SystemClock.now()))
}

fn duration(span: domain::Span) -> Duration {
    Duration::from_nanos(u64::try_from(span.nanos()).unwrap_or(0))
}
