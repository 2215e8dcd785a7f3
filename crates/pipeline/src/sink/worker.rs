use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use domain::Timestamp;

use super::consignment::Consignment;
use super::counters::Counters;
use super::lane::let_go;
use super::{Backoff, Delivery, Sink, SinkError, SinkFault, SinkItem, StopSignal};
use crate::account::Fate;
use crate::dead_letter::DeadLetter;
use crate::queue::{DropReason, Received, Receiver};
use crate::spool::Spool;

/// How long a worker without work waits for some before it looks at its spool.
const IDLE: Duration = Duration::from_millis(50);

/// What a worker tells at its end.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Fates {
    pub(super) committed: u64,
}

/// Takes batches from its queue, and then from its spool, and commits them, until the queue is closed and empty.
pub(super) struct Worker {
    pub(super) name: String,
    pub(super) sink: Box<dyn Sink>,
    pub(super) batches: Receiver<Consignment>,
    pub(super) spool: Option<Arc<Spool>>,
    pub(super) attempts_max: u32,
    pub(super) backoff: Backoff,
    pub(super) refused_backoff: Backoff,
    pub(super) unreached_max: Option<u32>,
    pub(super) delivery: Delivery,
    pub(super) stop: StopSignal,
    pub(super) given_up: Arc<AtomicBool>,
    pub(super) counters: Counters,
    pub(super) fates: Fates,
    /// Batches that were taken and could not be delivered before the stop; as many as the queue holds.
    pub(super) left: Vec<Consignment>,
}

/// Some of a batch, in its order.
struct Part {
    items: Vec<SinkItem>,
    /// Set when these items are refused whatever they come with.
    refused: Option<Refusal>,
}

#[derive(Clone)]
struct Refusal {
    error: SinkError,
    attempts: u32,
    first: Timestamp,
}

/// What one commit came to.
enum Verdict {
    Kept,
    Refused(SinkError),
    /// The place cannot be reached, and nobody waits for it.
    Unreached,
}

impl Part {
    const fn sound(items: Vec<SinkItem>) -> Self {
        Self { items, refused: None }
    }
}

impl Worker {
    pub(super) fn run(mut self) -> Fates {
        loop {
            self.sync_spool();
            match self.batches.try_recv() {
                Received::Item(consignment) => self.serve(consignment),
                // What is on the disk when somebody is in a hurry waits for the next start.
                Received::Closed => {
                    if self.stop.is_stopped() || !self.left.is_empty() || !self.serve_spooled() {
                        self.put_left_aside();
                        return self.fates;
                    }
                }
                Received::Nothing => {
                    if !self.serve_spooled() {
                        match self.batches.recv_timeout(IDLE) {
                            Received::Item(consignment) => self.serve(consignment),
                            Received::Nothing | Received::Closed => {}
                        }
                    }
                }
            }
        }
    }

    fn serve(&mut self, consignment: Consignment) {
        if !self.left.is_empty() {
            self.left.push(consignment);
            return;
        }
        let Consignment { items, hold } = consignment;
        let left = self.deliver(items);
        if left.is_empty() {
            if let Some(hold) = hold {
                self.delivery.ledger.release(hold);
            }
            return;
        }
        self.leave(Consignment { items: left, hold });
    }

    /// Whether there was something on the disk.
    fn serve_spooled(&mut self) -> bool {
        let Some(spool) = self.spool.clone() else { return false };
        let Some(taken) = spool.take() else { return false };
        let streams = taken.damaged.iter().copied();
        self.delivery.account.settle(streams, Fate::Dropped(DropReason::Damaged));
        // What is left after a stop is delivered again, which does no harm.
        if self.deliver(taken.items).is_empty() {
            spool.done(taken.mark);
        } else {
            (self.delivery.rest)(self.backoff.after(1), &self.stop);
        }
        true
    }

    /// What could not be delivered is put aside at the end, with all that comes after it, or is given up.
    fn leave(&mut self, consignment: Consignment) {
        self.given_up.store(true, Ordering::Release);
        if self.spool.is_some() {
            self.left.push(consignment);
        } else {
            self.give_up(consignment);
        }
    }

    /// It goes before everything on the disk, which is younger, and waits there for the next start.
    fn put_left_aside(&mut self) {
        for consignment in std::mem::take(&mut self.left).into_iter().rev() {
            let kept = match &self.spool {
                Some(spool) => spool.put_first(consignment),
                None => Err(consignment),
            };
            if let Err(back) = kept {
                self.give_up(back);
            }
        }
        self.sync_spool();
    }

    fn give_up(&self, consignment: Consignment) {
        tracing::error!(sink = self.name, items = consignment.items.len(), "items were given up");
        let_go(consignment, DropReason::Abandoned, &self.delivery);
    }

    /// Stores what can be stored and buries what is refused. Returns what is neither, because the place cannot be
    /// reached and nobody waits.
    ///
    /// A refused batch is taken apart until what is to blame stands alone; its neighbours are stored. The parts lie
    /// on a stack, so that they are committed in their order.
    fn deliver(&mut self, items: Vec<SinkItem>) -> Vec<SinkItem> {
        let mut parts = vec![Part::sound(items)];
        while let Some(part) = parts.pop() {
            match self.commit(&part.items) {
                Verdict::Kept => self.settle(&part.items, Fate::Delivered),
                Verdict::Unreached => {
                    parts.push(part);
                    break;
                }
                Verdict::Refused(error) => {
                    self.counters.failed.increment(1);
                    let now = (self.delivery.clock)();
                    match self.take_apart(part, error, now, &mut parts) {
                        Some(poison) if self.bury(&poison, now) => self.settle(&poison.items, Fate::Buried),
                        Some(poison) => {
                            parts.push(poison);
                            break;
                        }
                        None => {}
                    }
                }
            }
        }
        parts.into_iter().rev().flat_map(|part| part.items).collect()
    }

    fn settle(&mut self, items: &[SinkItem], fate: Fate) {
        if fate == Fate::Delivered {
            self.fates.committed += 1;
            self.counters.committed.increment(1);
        }
        self.delivery.account.settle(items.iter().map(SinkItem::stream), fate);
    }

    /// What is to be tried next of a part that was refused; or the part itself, when its items were refused by
    /// themselves as often as they may be.
    fn take_apart(
        &self,
        part: Part,
        error: SinkError,
        now: Timestamp,
        parts: &mut Vec<Part>,
    ) -> Option<Part> {
        let Part { items, refused } = part;
        let first = refused.as_ref().map_or(now, |refusal| refusal.first);
        let (sound, to_blame) = blamed(items, &error.fault);
        if let Some(sound) = sound {
            parts.extend(
                to_blame.map(|items| Part { items, refused: Some(Refusal { error, attempts: 1, first }) }),
            );
            parts.extend(sound.into_iter().rev().map(Part::sound));
            return None;
        }
        let attempts = refused.map_or(1, |refusal| refusal.attempts + 1);
        let part = Part { items: to_blame?, refused: Some(Refusal { error, attempts, first }) };
        if attempts >= self.attempts_max {
            return Some(part);
        }
        (self.delivery.rest)(self.refused_backoff.after(attempts), &self.stop);
        self.counters.retries.increment(1);
        parts.push(part);
        None
    }

    /// Tries until the batch is kept or refused. A place that cannot be reached is waited for.
    fn commit(&mut self, batch: &[SinkItem]) -> Verdict {
        let mut failures = 0;
        loop {
            let error = match self.attempt(batch) {
                Ok(()) => return Verdict::Kept,
                Err(error) => error,
            };
            if error.fault != SinkFault::Unavailable {
                return Verdict::Refused(error);
            }
            failures += 1;
            // Before anybody asks whether to go on: what is on the disk may be acknowledged meanwhile.
            self.sync_spool();
            if self.stop.is_stopped() || self.unreached_max.is_some_and(|max| failures >= max) {
                return Verdict::Unreached;
            }
            if failures >= self.attempts_max && self.sink.is_reachable() {
                return Verdict::Refused(SinkError { fault: SinkFault::Refused, ..error });
            }
            (self.delivery.rest)(self.backoff.after(failures), &self.stop);
            self.counters.retries.increment(1);
        }
    }

    /// A sink that panics must not take the batch with it.
    fn attempt(&mut self, batch: &[SinkItem]) -> Result<(), SinkError> {
        let started = (self.delivery.clock)();
        let sink = &mut self.sink;
        let result = catch_unwind(AssertUnwindSafe(|| sink.commit(batch)));
        let nanos = (self.delivery.clock)().since(started).nanos().max(0);
        self.counters.commit_seconds.record(nanos as f64 / 1e9);
        result.unwrap_or_else(|_| Err(SinkError::refused("the sink panicked on this batch")))
    }

    /// Keeps the items as dead letters; false when they cannot be kept and nobody waits.
    fn bury(&self, part: &Part, now: Timestamp) -> bool {
        let Some(refusal) = &part.refused else { return false };
        let letter = |item: &SinkItem| DeadLetter {
            item: *item,
            error: refusal.error.reason.clone(),
            attempts: refusal.attempts,
            origin: self.name.clone(),
            first_failed: refusal.first,
            last_failed: now,
        };
        let letters: Vec<DeadLetter> = part.items.iter().map(letter).collect();
        let mut failures = 0;
        while let Err(error) = self.delivery.dead_letters.bury(&letters) {
            failures += 1;
            tracing::error!(sink = self.name, %error, "dead letters cannot be kept; they are tried again");
            if self.stop.is_stopped() || self.unreached_max.is_some_and(|max| failures >= max) {
                return false;
            }
            (self.delivery.rest)(self.backoff.after(failures), &self.stop);
        }
        let (items, attempts, error) = (letters.len(), refusal.attempts, &refusal.error);
        tracing::error!(sink = self.name, items, attempts, %error, "refused items are with the dead letters");
        self.counters.dead_letters.increment(letters.len() as u64);
        true
    }

    /// What is on the disk to stay may be acknowledged.
    fn sync_spool(&self) {
        if let Some(spool) = &self.spool {
            spool.sync().into_iter().for_each(|hold| self.delivery.ledger.release(hold));
        }
    }
}

/// Items by whether they are to blame: in pieces that may be tried again, where something is known or can be found
/// out, and those to blame.
fn blamed(items: Vec<SinkItem>, fault: &SinkFault) -> (Option<Vec<Vec<SinkItem>>>, Option<Vec<SinkItem>>) {
    if let SinkFault::RefusedItems(places) = fault {
        let (mut to_blame, mut sound) = (Vec::with_capacity(places.len()), Vec::new());
        let mut is_named = vec![false; items.len()];
        places.iter().for_each(|place| is_named.get_mut(*place).into_iter().for_each(|named| *named = true));
        for (item, is_named) in items.iter().zip(&is_named) {
            if *is_named { to_blame.push(*item) } else { sound.push(*item) }
        }
        if sound.is_empty() {
            return (None, Some(to_blame));
        }
        if !to_blame.is_empty() {
            return (Some(vec![sound]), Some(to_blame));
        }
    }
    if items.len() <= 1 {
        return (None, Some(items));
    }
    let mut left = items;
    let right = left.split_off(left.len() / 2);
    (Some(vec![left, right]), None)
}
