//! How long recent answers took: a small histogram without a lock.

use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};

/// Parts of an octave: a duration is known to an eighth of it.
const PARTS: u64 = 8;
/// Shorter than this counts as this: a microsecond or so.
const FLOOR_BITS: u32 = 10;
/// Octaves above the floor: up to about an hour.
const OCTAVES: usize = 32;
const BUCKETS: usize = OCTAVES * 8;
/// Answers after which the older ones weigh half.
const HALF_LIFE: u32 = 1_024;
/// Fewer answers than this say nothing.
const KNOWN_MIN: u64 = 32;

/// How long recent answers took. Every 1,024 answers the weight of the older ones is halved. One kilobyte.
#[derive(Debug)]
pub struct Latencies {
    buckets: [AtomicU32; BUCKETS],
    since_halving: AtomicU32,
    is_halving: AtomicBool,
}

impl Latencies {
    #[must_use]
    pub const fn new() -> Self {
        Self {
            buckets: [const { AtomicU32::new(0) }; BUCKETS],
            since_halving: AtomicU32::new(0),
            is_halving: AtomicBool::new(false),
        }
    }

    /// Adds an answer.
    #[inline]
    pub fn record(&self, nanoseconds: u64) {
        self.buckets[bucket(nanoseconds)].fetch_add(1, Ordering::Relaxed);
        if self.since_halving.fetch_add(1, Ordering::Relaxed) >= HALF_LIFE {
            self.halve();
        }
    }

    /// The time in which so many of a hundred recent answers came, in nanoseconds, to an eighth; `None` while too few
    /// are known.
    #[must_use]
    pub fn percentile(&self, percent: f64) -> Option<u64> {
        let counts = self.buckets.each_ref().map(|bucket| u64::from(bucket.load(Ordering::Relaxed)));
        let total: u64 = counts.iter().sum();
        if total < KNOWN_MIN {
            return None;
        }
        let wanted = rank(total, percent);
        let mut seen = 0;
        let at = counts.iter().position(|count| {
            seen += count;
            seen >= wanted
        });
        Some(upper_bound(at.unwrap_or(BUCKETS - 1)))
    }

    /// Answers that are counted, old ones for less than one.
    #[must_use]
    pub fn weight(&self) -> u64 {
        self.buckets.iter().map(|bucket| u64::from(bucket.load(Ordering::Relaxed))).sum()
    }

    /// What is added meanwhile is kept whole: only what was seen is halved.
    #[cold]
    fn halve(&self) {
        if self.is_halving.swap(true, Ordering::Acquire) {
            return;
        }
        self.since_halving.store(0, Ordering::Relaxed);
        for bucket in &self.buckets {
            // Rounded so that a single old one goes too.
            bucket.fetch_sub(bucket.load(Ordering::Relaxed).div_ceil(2), Ordering::Relaxed);
        }
        self.is_halving.store(false, Ordering::Release);
    }
}

impl Default for Latencies {
    fn default() -> Self {
        Self::new()
    }
}

/// The octave is where the highest bit is; the three bits below it are the part of the octave.
#[inline]
fn bucket(nanoseconds: u64) -> usize {
    let scaled = nanoseconds.max(1 << FLOOR_BITS);
    let octave = scaled.ilog2();
    let part = (scaled >> (octave - 3)) & (PARTS - 1);
    let place = u64::from(octave - FLOOR_BITS) * PARTS + part;
    usize::try_from(place).unwrap_or(BUCKETS).min(BUCKETS - 1)
}

/// The longest time that falls into the bucket.
fn upper_bound(bucket: usize) -> u64 {
    let (octave, part) = (bucket / 8 + 10, bucket % 8);
    let eighth = 1_u64 << (octave - 3);
    eighth * (PARTS + part as u64 + 1)
}

/// The place, from 1, of the answer that so many of a hundred are not slower than.
fn rank(total: u64, percent: f64) -> u64 {
    // Thousandths of a percent are fine enough, and whole numbers need no care.
    let thousandths = (percent.clamp(0.0, 100.0) * 1_000.0).round();
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "from 0 to 100000")]
    let thousandths = thousandths as u64;
    (total.saturating_mul(thousandths)).div_ceil(100_000).max(1)
}
