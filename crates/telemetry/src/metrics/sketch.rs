//! Quantiles of what was recorded, in bounded space: every power of two is cut into equal parts.

#[cfg(test)]
mod tests;

use std::sync::OnceLock;
use std::sync::atomic::{AtomicU64, Ordering};

/// Parts of a power of two. The middle of a part is off by at most 1 in 64, which is 1.6 %.
const PARTS: usize = 32;
const PART_BITS: u32 = PARTS.ilog2();
/// Powers of two that are told apart, from 2^-30 (a nanosecond, in seconds) to below 2^34 (16 GiB, in bytes).
const OCTAVES: usize = 64;
const SMALLEST_EXPONENT: i32 = -30;
const FRACTION_BITS: u32 = f64::MANTISSA_DIGITS - 1;
const EXPONENT_BIAS: u64 = 1_023;

type Octave = [AtomicU64; PARTS];

/// Counts of values by size. Recording takes no lock; memory comes with the powers of two that occur.
pub(super) struct Sketch {
    octaves: [OnceLock<Box<Octave>>; OCTAVES],
    /// Values below the smallest power of two: zero, and less.
    small: AtomicU64,
}

impl Sketch {
    pub(super) fn new() -> Self {
        Self { octaves: std::array::from_fn(|_| OnceLock::new()), small: AtomicU64::new(0) }
    }

    /// Counts a finite value.
    pub(super) fn record(&self, value: f64) {
        let counter = match place(value) {
            Some((octave, part)) => &self.octaves[octave].get_or_init(empty)[part],
            None => &self.small,
        };
        counter.fetch_add(1, Ordering::Relaxed);
    }
}

fn empty() -> Box<Octave> {
    Box::new(std::array::from_fn(|_| AtomicU64::new(0)))
}

/// The octave and its part that a value belongs to; what is too large belongs to the last.
fn place(value: f64) -> Option<(usize, usize)> {
    if value < smallest() {
        return None;
    }
    let bits = value.to_bits();
    let exponent = bits >> FRACTION_BITS;
    let first = EXPONENT_BIAS.checked_add_signed(i64::from(SMALLEST_EXPONENT))?;
    let octave = usize::try_from(exponent.saturating_sub(first)).unwrap_or(OCTAVES);
    if octave >= OCTAVES {
        return Some((OCTAVES - 1, PARTS - 1));
    }
    let part = bits >> (FRACTION_BITS - PART_BITS) & (PARTS as u64 - 1);
    Some((octave, usize::try_from(part).unwrap_or_default()))
}

fn smallest() -> f64 {
    f64::powi(2.0, SMALLEST_EXPONENT)
}

/// What was counted, of one sketch or of several together.
#[derive(Default)]
pub(super) struct Counted {
    small: u64,
    /// By octave and part, as far as anything was counted.
    counts: Vec<u64>,
    total: u64,
}

impl Counted {
    pub(super) fn add(&mut self, sketch: &Sketch) {
        let small = sketch.small.load(Ordering::Relaxed);
        self.small += small;
        self.total += small;
        for (number, octave) in sketch.octaves.iter().enumerate() {
            let Some(octave) = octave.get() else { continue };
            self.counts.resize(self.counts.len().max((number + 1) * PARTS), 0);
            for (counted, count) in self.counts[number * PARTS..].iter_mut().zip(octave.iter()) {
                let count = count.load(Ordering::Relaxed);
                *counted += count;
                self.total += count;
            }
        }
    }

    pub(super) const fn total(&self) -> u64 {
        self.total
    }

    /// The value that `share` (0 to 1) of all values do not exceed, within 1.6 %; zero when there are none.
    pub(super) fn quantile(&self, share: f64) -> f64 {
        let total = super::figure(self.total);
        let mut left = super::figure(self.small);
        let wanted = (share * total).ceil().max(1.0);
        if left >= wanted || self.total == 0 {
            return 0.0;
        }
        for (place, count) in self.counts.iter().enumerate() {
            left += super::figure(*count);
            if left >= wanted {
                return middle(place);
            }
        }
        0.0
    }
}

/// The value that is relatively nearest to all that belong to the place.
fn middle(place: usize) -> f64 {
    let exponent = i32::try_from(place / PARTS).unwrap_or_default() + SMALLEST_EXPONENT;
    let part = f64::from(u16::try_from(place % PARTS).unwrap_or_default());
    let parts = f64::from(u16::try_from(PARTS).unwrap_or_default());
    let (low, high) = (1.0 + part / parts, 1.0 + (part + 1.0) / parts);
    f64::powi(2.0, exponent) * 2.0 * low * high / (low + high)
}
