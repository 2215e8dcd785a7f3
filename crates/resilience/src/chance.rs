//! Chance, handed in.

use std::sync::atomic::{AtomicU64, Ordering};

/// A source of randomness for jitter; nothing secret is made of it.
pub trait Chance: Send + Sync {
    /// Evenly from zero to below one.
    fn unit(&self) -> f64;
}

/// SplitMix64 from a seed: the same seed, the same row of numbers.
#[derive(Debug)]
pub struct SeededChance(AtomicU64);

impl SeededChance {
    #[must_use]
    pub const fn new(seed: u64) -> Self {
        Self(AtomicU64::new(seed))
    }
}

impl Chance for SeededChance {
    fn unit(&self) -> f64 {
        let mut mixed = self.0.fetch_add(0x9E37_79B9_7F4A_7C15, Ordering::Relaxed);
        mixed = mixed.wrapping_add(0x9E37_79B9_7F4A_7C15);
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^= mixed >> 31;
        // 53 bits fill a double's fraction exactly.
        #[expect(clippy::cast_precision_loss, reason = "53 bits fit")]
        let fraction = (mixed >> 11) as f64;
        fraction / 9_007_199_254_740_992.0
    }
}
