use pipeline::{Pacer, Receiver, Sender, queue};
use venues::live::{Control, Feed, Received};

use super::{Door, Messages, NAP, duration};
use crate::clock::SystemClock;
use crate::node::overview::Watch;
use crate::stop::Stop;
use engine::Clock;
use std::sync::Arc;

/// What the feed's thread runs where venues bring the messages: they come in their own time, so nothing is waited for but
/// the budget.
pub(crate) struct LiveFeed {
    feed: Feed,
    queue: Sender<Messages>,
    pacer: Pacer,
    stop: Stop,
    watch: Arc<Watch>,
}

impl LiveFeed {
    /// The feed, and the end that operators take messages from.
    pub(crate) fn new(feed: Feed, door: Door) -> (Self, Receiver<Messages>) {
        let pacer = door.pacer("live");
        let Door { config, stop, watch, .. } = door;
        let (queue, receiver) = queue("operators", config.op_queue_max, config.drop_policy);
        (Self { feed, queue, pacer, stop, watch }, receiver)
    }

    /// Asks for books.
    pub(crate) fn control(&self) -> Control {
        self.feed.control()
    }

    /// Runs until the stop is requested or nobody takes its messages.
    pub(crate) fn run(mut self) {
        while !self.stop.is_requested() {
            let batch = match self.feed.recv_timeout(NAP) {
                Received::Batch(batch) => batch,
                Received::Nothing => continue,
                Received::Closed => break,
            };
            for _ in &batch {
                self.keep_to_budget();
            }
            let sent = self.queue.send(batch);
            let drops = self.queue.drops();
            self.watch.feed_dropped(drops.oldest + drops.newest);
            if sent.is_err() {
                break;
            }
        }
        self.feed.stop();
    }

    fn keep_to_budget(&mut self) {
        while !self.stop.is_requested() {
            match self.pacer.take(SystemClock.now()) {
                Ok(()) => return,
                Err(blocked) => std::thread::sleep(NAP.min(duration(blocked.retry_after))),
            }
        }
    }
}
