//! Whether waits are too long lately.

use std::sync::atomic::{AtomicU32, AtomicU64, Ordering};

use super::ShedConfig;
use crate::clock::nanoseconds;

/// Fewer waits than this in a window say nothing.
const KNOWN_MIN: u32 = 20;
/// One in so many may be longer than the target: the 95th percentile.
const ONE_IN: u32 = 20;

/// Counts waits over the target, and over twice the target, in a window of time. What a window found holds for the
/// next one as well, so that shedding does not flutter; and no longer, so that it ends when nobody is left to wait.
#[derive(Debug)]
pub(super) struct Gauge {
    target: AtomicU64,
    window: AtomicU64,
    /// When the window that is counted began.
    began: AtomicU64,
    seen: AtomicU32,
    over: AtomicU32,
    over_twice: AtomicU32,
    /// What the window before this one found.
    before: AtomicU32,
}

impl Gauge {
    pub(super) fn new(config: &ShedConfig) -> Self {
        let zero = || AtomicU32::new(0);
        Self {
            target: AtomicU64::new(nanoseconds(config.wait_target)),
            window: AtomicU64::new(nanoseconds(config.window)),
            began: AtomicU64::new(0),
            seen: zero(),
            over: zero(),
            over_twice: zero(),
            before: zero(),
        }
    }

    pub(super) fn set_config(&self, config: &ShedConfig) {
        self.target.store(nanoseconds(config.wait_target), Ordering::Relaxed);
        self.window.store(nanoseconds(config.window), Ordering::Relaxed);
    }

    pub(super) fn observe(&self, waited: u64, now: u64) {
        self.turn(now);
        let target = self.target.load(Ordering::Relaxed);
        self.seen.fetch_add(1, Ordering::Relaxed);
        if waited > target {
            self.over.fetch_add(1, Ordering::Relaxed);
            if waited > target.saturating_mul(2) {
                self.over_twice.fetch_add(1, Ordering::Relaxed);
            }
        }
    }

    /// 0 calm, 1 waits pass the target, 2 they pass twice the target.
    #[inline]
    pub(super) fn pressure(&self, now: u64) -> u32 {
        self.turn(now);
        self.before.load(Ordering::Relaxed).max(self.counted())
    }

    fn counted(&self) -> u32 {
        let seen = self.seen.load(Ordering::Relaxed);
        if seen < KNOWN_MIN {
            return 0;
        }
        let too_many = |over: &AtomicU32| over.load(Ordering::Relaxed) > seen / ONE_IN;
        if too_many(&self.over_twice) { 2 } else { u32::from(too_many(&self.over)) }
    }

    /// Begins another window when this one is over. A wait that is counted at the very turn may fall into either.
    #[inline]
    fn turn(&self, now: u64) {
        let (began, window) = (self.began.load(Ordering::Relaxed), self.window.load(Ordering::Relaxed));
        let age = now.saturating_sub(began);
        if age >= window {
            self.begin(began, now, age >= window.saturating_mul(2));
        }
    }

    #[cold]
    fn begin(&self, began: u64, now: u64, is_stale: bool) {
        // One of those who see that the window is over turns the page.
        if self.began.compare_exchange(began, now, Ordering::Relaxed, Ordering::Relaxed).is_err() {
            return;
        }
        let found = if is_stale { 0 } else { self.counted() };
        self.before.store(found, Ordering::Relaxed);
        for count in [&self.seen, &self.over, &self.over_twice] {
            count.store(0, Ordering::Relaxed);
        }
    }
}
