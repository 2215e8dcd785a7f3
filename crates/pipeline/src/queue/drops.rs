use std::sync::atomic::{AtomicU64, Ordering};

use metrics::{Counter, counter};

use crate::names;

/// Items that a queue let go, by reason.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Drops {
    /// Pushed out by a newer item.
    pub oldest: u64,
    /// Refused because the queue was full.
    pub newest: u64,
    /// Still waiting when the last receiver left.
    pub abandoned: u64,
}

impl Drops {
    #[must_use]
    pub const fn total(&self) -> u64 {
        self.oldest + self.newest + self.abandoned
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum DropReason {
    Oldest,
    Newest,
    Abandoned,
}

/// Counts drops for callers and as metrics.
pub(super) struct DropCounters {
    counts: [AtomicU64; 3],
    metrics: [Counter; 3],
}

impl DropCounters {
    pub(super) fn new(queue: &str) -> Self {
        let metric = |reason: &'static str| counter!(names::QUEUE_DROPPED, "queue" => queue.to_owned(), "reason" => reason);
        Self { counts: Default::default(), metrics: ["oldest", "newest", "abandoned"].map(metric) }
    }

    pub(super) fn add(&self, reason: DropReason, count: u64) {
        self.counts[reason as usize].fetch_add(count, Ordering::Relaxed);
        self.metrics[reason as usize].increment(count);
    }

    pub(super) fn read(&self) -> Drops {
        let of = |reason: DropReason| self.counts[reason as usize].load(Ordering::Relaxed);
        Drops {
            oldest: of(DropReason::Oldest),
            newest: of(DropReason::Newest),
            abandoned: of(DropReason::Abandoned),
        }
    }
}
