use engine::Clock;
use pipeline::{Pacer, Receiver, Sender};
use venues::live::{Control, Feed, Received};

use super::{Door, NAP, Piece, duration};
use crate::clock::SystemClock;

/// What the feed's thread runs where venues bring the messages: they come in their own time, so nothing is waited for
/// but the budget. A venue does not tell them again, so there is nothing to acknowledge.
pub(crate) struct LiveFeed {
    feed: Feed,
    queue: Sender<Piece>,
    pacer: Pacer,
    door: Door,
}

impl LiveFeed {
    /// The feed, and the end that operators take messages from.
    pub(crate) fn new(feed: Feed, door: Door) -> (Self, Receiver<Piece>) {
        let (queue, receiver) = door.queue();
        (Self { feed, queue, pacer: door.pacer("live"), door }, receiver)
    }

    /// Asks for books.
    pub(crate) fn control(&self) -> Control {
        self.feed.control()
    }

    /// Runs until the stop is requested or nobody takes its messages.
    pub(crate) fn run(mut self) {
        while !self.door.stop.is_requested() {
            let messages = match self.feed.recv_timeout(NAP) {
                Received::Batch(messages) => messages,
                Received::Nothing => continue,
                Received::Closed => break,
            };
            for _ in &messages {
                self.keep_to_budget();
            }
            if !self.door.send(&self.queue, Piece { messages, ticket: None }) {
                break;
            }
        }
        self.feed.stop();
    }

    fn keep_to_budget(&mut self) {
        while !self.door.stop.is_requested() {
            match self.pacer.take(SystemClock.now()) {
                Ok(()) => return,
                Err(blocked) => std::thread::sleep(NAP.min(duration(blocked.retry_after))),
            }
        }
    }
}
