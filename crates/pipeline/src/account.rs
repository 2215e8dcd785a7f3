//! The account of an edge of the pipeline: what became of every item that went over it, stream by stream. A stream
//! is an instrument.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use domain::InstrumentId;
use metrics::{Counter, counter};
use serde::Serialize;

use crate::names;
use crate::queue::{DropReason, Drops};

/// Streams past so many are counted with the last one.
const STREAMS_MAX: usize = 65_536;

/// What became of an item.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Fate {
    Delivered,
    /// With the dead letters.
    Buried,
    Dropped(DropReason),
}

/// The items of one stream. `taken` is always the sum of the others and of what is under way.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
pub struct Tally {
    pub taken: u64,
    /// Where they were to go: stored by a sink, or taken by an operator.
    pub delivered: u64,
    /// With the dead letters.
    pub buried: u64,
    pub dropped: Drops,
}

impl Tally {
    /// Neither delivered nor given up: in a queue, with a worker or on the disk.
    #[must_use]
    pub const fn under_way(&self) -> u64 {
        self.taken.saturating_sub(self.delivered + self.buried + self.dropped.total())
    }

    const fn settle(&mut self, fate: Fate) {
        match fate {
            Fate::Delivered => self.delivered += 1,
            Fate::Buried => self.buried += 1,
            Fate::Dropped(reason) => self.dropped.add(reason, 1),
        }
    }

    const fn add(&mut self, other: &Self) {
        self.taken += other.taken;
        self.delivered += other.delivered;
        self.buried += other.buried;
        self.dropped.oldest += other.dropped.oldest;
        self.dropped.newest += other.dropped.newest;
        self.dropped.abandoned += other.dropped.abandoned;
        self.dropped.damaged += other.dropped.damaged;
    }
}

/// Keeps the tallies of one edge, and the same in sum as metrics. Clones share it.
#[derive(Clone)]
pub struct Account(Arc<Shared>);

struct Shared {
    /// By the number of the instrument.
    tallies: Mutex<Vec<Tally>>,
    taken: Counter,
    delivered: Counter,
    buried: Counter,
    dropped: [Counter; 4],
}

impl Account {
    /// `edge` labels the metrics: it is named after what it leads to.
    #[must_use]
    pub fn new(edge: &str) -> Self {
        let fate =
            |fate: &'static str| counter!(names::EDGE_ITEMS, "edge" => edge.to_owned(), "fate" => fate);
        Self(Arc::new(Shared {
            tallies: Mutex::default(),
            taken: counter!(names::EDGE_ITEMS_TAKEN, "edge" => edge.to_owned()),
            delivered: fate("delivered"),
            buried: fate("dead_letter"),
            dropped: ["dropped_oldest", "dropped_newest", "abandoned", "damaged"].map(fate),
        }))
    }

    /// Items of these streams are on their way.
    pub fn take(&self, streams: impl Iterator<Item = InstrumentId>) {
        let count = self.change(streams, |tally| tally.taken += 1);
        self.0.taken.increment(count);
    }

    /// Items of these streams have come to this end.
    pub fn settle(&self, streams: impl Iterator<Item = InstrumentId>, fate: Fate) {
        let count = self.change(streams, |tally| tally.settle(fate));
        let counter = match fate {
            Fate::Delivered => Some(&self.0.delivered),
            Fate::Buried => Some(&self.0.buried),
            Fate::Dropped(reason) => self.0.dropped.get(reason as usize),
        };
        if let Some(counter) = counter {
            counter.increment(count);
        }
    }

    /// Each stream that was ever seen, by its number.
    #[must_use]
    pub fn streams(&self) -> Vec<(InstrumentId, Tally)> {
        let numbered = (0..).map(InstrumentId).zip(self.lock().iter().copied()).collect::<Vec<_>>();
        numbered.into_iter().filter(|(_, tally)| *tally != Tally::default()).collect()
    }

    /// All streams together.
    #[must_use]
    pub fn total(&self) -> Tally {
        let mut total = Tally::default();
        self.lock().iter().for_each(|tally| total.add(tally));
        total
    }

    fn change(&self, streams: impl Iterator<Item = InstrumentId>, mut change: impl FnMut(&mut Tally)) -> u64 {
        let mut tallies = self.lock();
        let mut count = 0;
        for stream in streams {
            let place = stream.index().min(STREAMS_MAX - 1);
            if place >= tallies.len() {
                tallies.resize(place + 1, Tally::default());
            }
            change(&mut tallies[place]);
            count += 1;
        }
        count
    }

    /// A tally is whole whenever the lock is free.
    fn lock(&self) -> MutexGuard<'_, Vec<Tally>> {
        self.0.tallies.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl std::fmt::Debug for Account {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_tuple("Account").field(&self.total()).finish()
    }
}

#[cfg(test)]
mod tests;
