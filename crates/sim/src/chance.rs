use rand_core::{Rng, SeedableRng};
use rand_xoshiro::Xoshiro256PlusPlus;

/// Seeded chance that gives the same draws on every platform: integers, and floats by operations that IEEE 754
/// defines to the last bit.
#[derive(Debug, Clone)]
pub(crate) struct Chance(Xoshiro256PlusPlus);

impl Chance {
    pub(crate) fn new(seed: u64) -> Self {
        Self(Xoshiro256PlusPlus::seed_from_u64(seed))
    }

    /// Every 64-bit word is equally likely.
    #[inline]
    pub(crate) fn word(&mut self) -> u64 {
        self.0.next_u64()
    }

    /// A whole number below `bound`; 0 for a bound of 0. The bias is below 2⁻³² for the bounds in use.
    #[inline]
    pub(crate) fn below(&mut self, bound: u64) -> u64 {
        let product = u128::from(self.word()) * u128::from(bound);
        u64::try_from(product >> 64).unwrap_or_default()
    }

    /// Uniform in [0, 1).
    #[inline]
    pub(crate) fn unit(&mut self) -> f64 {
        (self.word() >> 11) as f64 * (1.0 / 9_007_199_254_740_992.0)
    }

    /// Uniform between the two.
    #[inline]
    pub(crate) fn between(&mut self, low: f64, high: f64) -> f64 {
        low + (high - low) * self.unit()
    }

    #[inline]
    pub(crate) fn happens(&mut self, probability: f64) -> bool {
        self.unit() < probability
    }

    /// Mean 0, deviation 1, by the sum of eight uniforms (Irwin–Hall): no logarithm, no cosine. The tails end
    /// at ±4.9.
    #[inline]
    pub(crate) fn normal(&mut self) -> f64 {
        const MEAN: f64 = 4.0 * 65_535.0;
        const DEVIATION: f64 = 0.816_496_580_927_726 * 65_536.0;
        let quarters =
            |word: u64| (word & 0xffff) + (word >> 16 & 0xffff) + (word >> 32 & 0xffff) + (word >> 48);
        let sum = quarters(self.word()) + quarters(self.word());
        (sum as f64 - MEAN) / DEVIATION
    }

    /// At least 1, and beyond `x` with probability of about x^-1.7: trade and order sizes are of this kind.
    #[inline]
    pub(crate) fn power_law(&mut self) -> f64 {
        const STEPS: [f64; 14] = [
            1.0,
            1.5,
            2.25,
            3.375,
            5.0625,
            7.59375,
            11.390_625,
            17.085_937_5,
            25.628_906_25,
            38.443_359_375,
            57.665_039_062_5,
            86.497_558_593_75,
            129.746_337_890_625,
            194.619_506_835_937_5,
        ];
        let word = self.word();
        let halvings = (word.trailing_zeros() as usize).min(STEPS.len() - 1);
        STEPS[halvings] * (1.0 + 0.5 * (word >> 32) as f64 / 4_294_967_296.0)
    }
}
