//! How many calls there were, ever. Nothing is decided by it.
//!
//! An atomic increment costs as much as all the rest of a good call, and several times that when processors share the
//! line. So good calls are counted by each thread in a line of its own with a plain load and store; only threads
//! beyond [`LINES`] share one.

use std::sync::atomic::{AtomicU64, Ordering};

pub(super) mod lease;

/// Threads that count alone.
pub(super) const LINES: usize = 32;

/// Alone on its cache lines: processors fetch them in pairs.
#[derive(Debug, Default)]
#[repr(align(128))]
struct Apart<T>(T);

/// Calls by how they ended, and calls that were not let in.
#[derive(Debug)]
pub(super) struct Tally {
    good: Box<[Line]>,
    shared: Apart<Rare>,
}

#[derive(Debug, Default)]
#[repr(align(64))]
struct Line(AtomicU64);

/// What happens seldom, or happens when speed no longer matters.
#[derive(Debug, Default)]
struct Rare {
    good: AtomicU64,
    failed: AtomicU64,
    slow: AtomicU64,
    refused: AtomicU64,
}

impl Tally {
    pub(super) fn new() -> Self {
        Self { good: (0..LINES).map(|_| Line::default()).collect(), shared: Apart::default() }
    }

    #[inline]
    pub(super) fn count_success(&self) {
        match self.good.get(lease::line()) {
            // This thread alone writes here, so nothing is lost between load and store.
            Some(Line(good)) => good.store(good.load(Ordering::Relaxed).wrapping_add(1), Ordering::Relaxed),
            None => add_one(&self.shared.0.good),
        }
    }

    pub(super) fn count_failure(&self) {
        add_one(&self.shared.0.failed);
    }

    pub(super) fn count_slow(&self) {
        add_one(&self.shared.0.slow);
    }

    pub(super) fn count_refusal(&self) {
        add_one(&self.shared.0.refused);
    }

    pub(super) fn successes(&self) -> u64 {
        let alone = self.good.iter().map(|Line(good)| good.load(Ordering::Relaxed));
        alone.fold(self.shared.0.good.load(Ordering::Relaxed), u64::wrapping_add)
    }

    pub(super) fn failures(&self) -> u64 {
        self.shared.0.failed.load(Ordering::Relaxed)
    }

    pub(super) fn slow(&self) -> u64 {
        self.shared.0.slow.load(Ordering::Relaxed)
    }

    pub(super) fn refused(&self) -> u64 {
        self.shared.0.refused.load(Ordering::Relaxed)
    }
}

fn add_one(count: &AtomicU64) {
    count.fetch_add(1, Ordering::Relaxed);
}
