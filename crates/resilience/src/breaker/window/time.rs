//! The calls of the last so long: a ring of sixteen buckets.
//!
//! Every count carries the number of the lap it belongs to. A count of an older lap is not there, and the first call
//! of a new lap puts its own one in its place with the same exchange that counts it: nothing is cleared, so nothing
//! can be counted between a look and a clearing.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use super::Counts;
use crate::clock::nanoseconds;

const BUCKETS: u64 = 16;
const LAP_SHIFT: u32 = 32;
const LAP_MASK: u64 = u32::MAX as u64;
const COUNT_MASK: u64 = u32::MAX as u64;

/// Whoever counts for a lap that is behind by no more than this was held up between reading the time and counting.
/// Lap numbers come back after 2^32 laps: in the shortest window that is after thirteen years without a call.
const LAPS_BEHIND: u64 = 1_024;

#[derive(Debug)]
pub(in super::super) struct TimeWindow {
    /// Nanoseconds of one bucket.
    width: u64,
    buckets: Box<[Bucket]>,
}

#[derive(Debug)]
struct Bucket {
    calls: LapCount,
    failures: LapCount,
    slow: LapCount,
}

impl TimeWindow {
    pub(super) fn new(span: Duration, now: u64) -> Self {
        let width = nanoseconds(span).div_ceil(BUCKETS).max(1);
        let lap = now / width / BUCKETS;
        let buckets = (0..BUCKETS).map(|_| Bucket::new(lap)).collect();
        Self { width, buckets }
    }

    #[inline]
    pub(super) fn record(&self, now: u64, has_failed: bool, is_slow: bool) {
        let slot = now / self.width;
        let Some(bucket) = self.bucket(slot) else { return };
        let lap = slot / BUCKETS;
        bucket.calls.add(lap);
        if has_failed {
            bucket.failures.add(lap);
        }
        if is_slow {
            bucket.slow.add(lap);
        }
    }

    pub(super) fn counts(&self, now: u64) -> Counts {
        let newest = now / self.width;
        let mut counts = Counts::default();
        for slot in newest.saturating_sub(BUCKETS - 1)..=newest {
            let Some(bucket) = self.bucket(slot) else { continue };
            let lap = slot / BUCKETS;
            // In this order no call can be seen to fail that is not seen to have been made.
            counts.failures += bucket.failures.of(lap);
            counts.slow += bucket.slow.of(lap);
            counts.calls += bucket.calls.of(lap);
        }
        counts
    }

    fn bucket(&self, slot: u64) -> Option<&Bucket> {
        usize::try_from(slot % BUCKETS).ok().and_then(|index| self.buckets.get(index))
    }
}

impl Bucket {
    fn new(lap: u64) -> Self {
        Self { calls: LapCount::new(lap), failures: LapCount::new(lap), slow: LapCount::new(lap) }
    }
}

/// A count, and the lap that it is of.
#[derive(Debug)]
struct LapCount(AtomicU64);

impl LapCount {
    fn new(lap: u64) -> Self {
        Self(AtomicU64::new((lap & LAP_MASK) << LAP_SHIFT))
    }

    #[inline]
    fn add(&self, lap: u64) {
        let lap = lap & LAP_MASK;
        let mut held = self.0.load(Ordering::Relaxed);
        while let Some(next) = counted(held, lap) {
            // Whoever counts last sees everybody's call, so that together they cannot overlook that it was too much.
            match self.0.compare_exchange_weak(held, next, Ordering::AcqRel, Ordering::Relaxed) {
                Ok(_) => return,
                Err(now) => held = now,
            }
        }
    }

    fn of(&self, lap: u64) -> u64 {
        let held = self.0.load(Ordering::Acquire);
        if held >> LAP_SHIFT == lap & LAP_MASK { held & COUNT_MASK } else { 0 }
    }
}

/// One more in that lap; nothing when the count is full or the lap is over. `lap` fits into 32 bits.
#[inline]
fn counted(held: u64, lap: u64) -> Option<u64> {
    let held_lap = held >> LAP_SHIFT;
    if held_lap == lap {
        return (held & COUNT_MASK < COUNT_MASK).then(|| held + 1);
    }
    let ahead = held_lap.wrapping_sub(lap) & LAP_MASK;
    (ahead > LAPS_BEHIND).then_some(lap << LAP_SHIFT | 1)
}
