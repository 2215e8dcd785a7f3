use std::sync::atomic::{AtomicU64, Ordering};

use metrics::{Counter, counter};
use serde::Serialize;

use crate::names;

/// Items that were let go, by reason.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
pub struct Drops {
    /// Pushed out by newer ones.
    pub oldest: u64,
    /// Refused because there was no room.
    pub newest: u64,
    /// Given up at the end: nobody receives them any more.
    pub abandoned: u64,
    /// Could not be read back from the disk they were put aside on.
    pub damaged: u64,
}

impl Drops {
    #[must_use]
    pub const fn total(&self) -> u64 {
        self.oldest + self.newest + self.abandoned + self.damaged
    }

    pub(crate) const fn add(&mut self, reason: DropReason, count: u64) {
        match reason {
            DropReason::Oldest => self.oldest += count,
            DropReason::Newest => self.newest += count,
            DropReason::Abandoned => self.abandoned += count,
            DropReason::Damaged => self.damaged += count,
        }
    }
}

/// Why something was let go: see [`Drops`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum DropReason {
    Oldest,
    Newest,
    Abandoned,
    Damaged,
}

/// Counts drops for callers and as metrics.
pub(super) struct DropCounters {
    /// A queue lies in memory: nothing of it is damaged.
    counts: [AtomicU64; 3],
    metrics: [Counter; 3],
}

impl DropCounters {
    pub(super) fn new(queue: &str) -> Self {
        let metric = |reason: &'static str| counter!(names::QUEUE_DROPPED, "queue" => queue.to_owned(), "reason" => reason);
        Self { counts: Default::default(), metrics: ["oldest", "newest", "abandoned"].map(metric) }
    }

    pub(super) fn add(&self, reason: DropReason, count: u64) {
        let place = reason as usize;
        if let (Some(known), Some(metric)) = (self.counts.get(place), self.metrics.get(place)) {
            known.fetch_add(count, Ordering::Relaxed);
            metric.increment(count);
        }
    }

    pub(super) fn read(&self) -> Drops {
        let of = |reason: DropReason| self.counts[reason as usize].load(Ordering::Relaxed);
        Drops {
            oldest: of(DropReason::Oldest),
            newest: of(DropReason::Newest),
            abandoned: of(DropReason::Abandoned),
            damaged: 0,
        }
    }
}
