use domain::{FeedMessage, Timestamp};

use crate::owned::OwnedMessage;

/// The messages of one step, lent in the order of their receive times. Their memory is reused step after step.
#[derive(Debug, Default)]
pub(super) struct Outbox {
    messages: Vec<OwnedMessage>,
    used: usize,
    order: Vec<(Timestamp, usize)>,
    next: usize,
}

impl Outbox {
    pub(super) fn clear(&mut self) {
        self.order.clear();
        self.used = 0;
        self.next = 0;
    }

    /// A message to write, received at `time`.
    pub(super) fn slot(&mut self, time: Timestamp) -> &mut OwnedMessage {
        if self.used == self.messages.len() {
            self.messages.push(OwnedMessage::default());
        }
        self.order.push((time, self.used));
        self.used += 1;
        &mut self.messages[self.used - 1]
    }

    pub(super) fn sort(&mut self) {
        self.order.sort_unstable();
    }

    pub(super) fn is_spent(&self) -> bool {
        self.next == self.order.len()
    }

    pub(super) fn next(&mut self) -> Option<FeedMessage<'_>> {
        let &(_, index) = self.order.get(self.next)?;
        self.next += 1;
        self.messages.get(index).map(OwnedMessage::lend)
    }
}
