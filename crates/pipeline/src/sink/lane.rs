use std::sync::Arc;

use domain::{Span, Timestamp};

use super::consignment::Consignment;
use super::{Delivery, SinkItem, StopSignal};
use crate::account::Fate;
use crate::batch::Batcher;
use crate::ledger::{Hold, Ticket};
use crate::queue::{DropPolicy, DropReason, Sender, Sent};
use crate::spool::Spool;

/// How often whoever waits for room in a spool looks again.
const LOOK_EVERY: Span = Span::from_millis(5);

/// The sender's side of one worker: what waits for it, in order. First the batch that is gathered, then the queue,
/// then, where there is one, the spool.
pub(super) struct Lane {
    pub(super) batcher: Batcher<SinkItem>,
    /// Keeps the sources of the batch that is gathered.
    pub(super) hold: Option<Hold>,
    pub(super) queue: Sender<Consignment>,
    pub(super) queue_max: usize,
    pub(super) spool: Option<Arc<Spool>>,
    pub(super) policy: DropPolicy,
    pub(super) stop: StopSignal,
}

impl Lane {
    #[inline]
    pub(super) fn take(
        &mut self,
        item: SinkItem,
        ticket: Option<Ticket>,
        now: Timestamp,
        delivery: &Delivery,
    ) {
        self.hold_from(ticket, delivery);
        let Some(batch) = self.batcher.push(item, SinkItem::BYTES, now) else { return };
        let hold = self.hold.take();
        // The item no longer fitted and began the next batch.
        if !self.batcher.is_empty() {
            self.hold_from(ticket, delivery);
        }
        self.submit(batch, hold, delivery);
    }

    /// Time has passed: an old batch goes even if it is small.
    pub(super) fn on_time(&mut self, now: Timestamp, delivery: &Delivery) {
        if let Some(batch) = self.batcher.due(now) {
            let hold = self.hold.take();
            self.submit(batch, hold, delivery);
        }
    }

    pub(super) fn flush(&mut self, delivery: &Delivery) {
        if let Some(batch) = self.batcher.take() {
            let hold = self.hold.take();
            self.submit(batch, hold, delivery);
        }
    }

    /// The batch that is gathered holds its oldest ticket.
    #[inline]
    fn hold_from(&mut self, ticket: Option<Ticket>, delivery: &Delivery) {
        let Some(ticket) = ticket else { return };
        match &self.hold {
            Some(held) if held.ticket() <= ticket => {}
            _ => {
                let older = delivery.ledger.hold(ticket);
                if let Some(newer) = self.hold.replace(older) {
                    delivery.ledger.release(newer);
                }
            }
        }
    }

    fn submit(&mut self, items: Vec<SinkItem>, hold: Option<Hold>, delivery: &Delivery) {
        delivery.account.take(items.iter().map(SinkItem::stream));
        let mut consignment = Consignment { items, hold };
        if let Some(spool) = self.spool.clone() {
            match self.put_aside(&spool, consignment, delivery) {
                None => return,
                Some(back) => consignment = back,
            }
        }
        match self.queue.send(consignment) {
            Ok(Sent::Queued) => {}
            Ok(Sent::DroppedOldest(gone)) => let_go(gone, DropReason::Oldest, delivery),
            Ok(Sent::DroppedNewest(gone)) => let_go(gone, DropReason::Newest, delivery),
            Err(refused) => let_go(refused.0, DropReason::Abandoned, delivery),
        }
    }

    /// Onto the disk, if the queue is full or older ones are there already; what is for the queue comes back. With
    /// no room on the disk either, the policy decides.
    fn put_aside(
        &self,
        spool: &Spool,
        mut consignment: Consignment,
        delivery: &Delivery,
    ) -> Option<Consignment> {
        loop {
            if spool.is_empty() && self.queue.depth() < self.queue_max {
                return Some(consignment);
            }
            match spool.append(consignment) {
                Ok(()) => return None,
                Err(back) => consignment = back,
            }
            match self.policy {
                DropPolicy::Newest => {
                    let_go(consignment, DropReason::Newest, delivery);
                    return None;
                }
                DropPolicy::Oldest => match spool.drop_oldest() {
                    Some(gone) => {
                        let streams = gone.iter().map(SinkItem::stream);
                        delivery.account.settle(streams, Fate::Dropped(DropReason::Oldest));
                    }
                    // Nothing is there that could give way, as on a disk that is full of others' files.
                    None => return Some(consignment),
                },
                // Whoever stops has the queue's own patience.
                DropPolicy::Block if self.stop.is_stopped() => return Some(consignment),
                DropPolicy::Block => (delivery.rest)(LOOK_EVERY, &self.stop),
            }
        }
    }
}

/// Counted, and acknowledged: nobody will ask for it again.
pub(super) fn let_go(gone: Consignment, reason: DropReason, delivery: &Delivery) {
    delivery.account.settle(gone.items.iter().map(SinkItem::stream), Fate::Dropped(reason));
    if let Some(hold) = gone.hold {
        delivery.ledger.release(hold);
    }
}
