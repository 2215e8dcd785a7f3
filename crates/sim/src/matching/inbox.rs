use std::collections::VecDeque;

use domain::{Order, OrderId, Timestamp};

use super::Latency;
use crate::chance::Chance;

/// Messages on their way at once. Past it an order is rejected, and a cancel or query is lost, as on a line that
/// is jammed.
const MESSAGES_MAX: usize = 65_536;

#[derive(Debug, Clone, Copy)]
pub(super) enum Request {
    Submit(Order),
    Cancel(OrderId),
    Query(OrderId),
}

#[derive(Debug, Clone, Copy)]
pub(super) struct Message {
    pub(super) sent: Timestamp,
    pub(super) arrival: Timestamp,
    pub(super) request: Request,
}

/// The line to the venue: messages are delayed, never reordered.
#[derive(Debug)]
pub(super) struct Inbox {
    messages: VecDeque<Message>,
    latency: Latency,
    chance: Chance,
    last_arrival: Timestamp,
}

impl Inbox {
    pub(super) fn new(seed: u64, latency: Latency) -> Self {
        let chance = Chance::new(seed);
        Self { messages: VecDeque::new(), latency, chance, last_arrival: Timestamp::MIN }
    }

    /// Sends a request. Whether the line took it: not when it is jammed.
    pub(super) fn put(&mut self, request: Request, sent: Timestamp) -> bool {
        if self.messages.len() >= MESSAGES_MAX {
            return false;
        }
        let arrival = sent.plus(self.latency.draw(&mut self.chance)).max(self.last_arrival);
        self.last_arrival = arrival;
        self.messages.push_back(Message { sent, arrival, request });
        true
    }

    /// When the next message arrives; the end of time when none is on its way.
    #[inline]
    pub(super) fn due(&self) -> Timestamp {
        self.messages.front().map_or(Timestamp::MAX, |message| message.arrival)
    }

    pub(super) fn take(&mut self) -> Option<Message> {
        self.messages.pop_front()
    }

    #[inline]
    pub(super) fn is_empty(&self) -> bool {
        self.messages.is_empty()
    }
}

impl Latency {
    /// A negative base or jitter counts as none: nothing arrives before it was sent.
    fn draw(self, chance: &mut Chance) -> domain::Span {
        let jitter = u64::try_from(self.jitter.nanos()).unwrap_or(0);
        let drawn = i64::try_from(chance.below(jitter.saturating_add(1))).unwrap_or(0);
        domain::Span::from_nanos(self.base.nanos().max(0).saturating_add(drawn))
    }
}
