use std::sync::Arc;

use domain::{Depth, InstrumentId, Level, Timestamp};
use market::BookBuilder;

/// How many depths of one instrument may be in readers' hands before a new one is allocated.
const SLOTS: usize = 8;

/// The depths of one instrument, lent to readers and written anew once they are given back.
#[derive(Debug)]
pub(super) struct DepthPool {
    instrument: InstrumentId,
    levels: usize,
    slots: [Arc<Depth>; SLOTS],
    /// The slot told last.
    last: usize,
    told: bool,
}

impl DepthPool {
    pub(super) fn new(instrument: InstrumentId, levels: usize) -> Self {
        let slots = std::array::from_fn(|_| Arc::new(empty(instrument, levels)));
        Self { instrument, levels, slots, last: 0, told: false }
    }

    /// The book's best levels as received at `time`, if they differ from those told last. Nothing is allocated
    /// while readers hold fewer depths than there are slots.
    pub(super) fn changed(&mut self, builder: &BookBuilder, time: Timestamp) -> Option<Arc<Depth>> {
        let next = (self.last + 1) % SLOTS;
        if Arc::get_mut(&mut self.slots[next]).is_none() {
            self.slots[next] = Arc::new(empty(self.instrument, self.levels));
        }
        let depth = Arc::get_mut(&mut self.slots[next])?;
        if !builder.write_depth(self.levels, depth) {
            return None;
        }
        depth.receive_time = time;
        if self.told && same_levels(&self.slots[next], &self.slots[self.last]) {
            return None;
        }
        (self.last, self.told) = (next, true);
        Some(Arc::clone(&self.slots[next]))
    }

    /// Makes the next depth be told whatever it is: readers no longer trust the last.
    pub(super) const fn forget(&mut self) {
        self.told = false;
    }
}

fn empty(instrument: InstrumentId, levels: usize) -> Depth {
    let side = || Vec::<Level>::with_capacity(levels);
    Depth { instrument, bids: side(), asks: side(), venue_time: Timestamp::MIN, receive_time: Timestamp::MIN }
}

fn same_levels(left: &Depth, right: &Depth) -> bool {
    left.bids == right.bids && left.asks == right.asks
}
