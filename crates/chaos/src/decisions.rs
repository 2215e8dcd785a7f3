use rand_core::{Rng, SeedableRng};
use rand_xoshiro::Xoshiro256PlusPlus;

use crate::{Fault, Kind, Plan};

/// What becomes of one connection or request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Decision {
    /// None: it passes unharmed.
    pub fault: Option<Fault>,
    /// The seed of what is left to chance within the fault: jitter, garbage.
    pub detail: u64,
}

/// A plan's row of decisions, without end: the same seed, the same row.
#[derive(Debug, Clone)]
pub struct Decisions {
    chance: Xoshiro256PlusPlus,
    share: f64,
    faults: Vec<(Fault, u64)>,
    weight: u64,
}

impl Decisions {
    #[must_use]
    pub fn of(plan: &Plan) -> Self {
        let weigh = |(kind, weight): (Kind, u32)| (plan.fault(kind), u64::from(weight));
        let faults: Vec<_> = plan.weights().into_iter().map(weigh).collect();
        let weight = faults.iter().map(|(_, weight)| weight).sum();
        Self { chance: Xoshiro256PlusPlus::seed_from_u64(plan.seed), share: plan.share, faults, weight }
    }

    fn choose(&self, word: u64) -> Option<Fault> {
        let mut place = below(word, self.weight);
        for (fault, weight) in &self.faults {
            match place.checked_sub(*weight) {
                Some(rest) => place = rest,
                None => return Some(*fault),
            }
        }
        None
    }
}

impl Iterator for Decisions {
    type Item = Decision;

    /// Always three draws, so that no decision moves the ones behind it.
    fn next(&mut self) -> Option<Decision> {
        let [whether, which, detail] = [(); 3].map(|()| self.chance.next_u64());
        let fault = if unit(whether) < self.share { self.choose(which) } else { None };
        Some(Decision { fault, detail })
    }
}

/// Evenly from zero to below one.
fn unit(word: u64) -> f64 {
    (word >> 11) as f64 / 9_007_199_254_740_992.0
}

/// Evenly below `bound`; 0 for a bound of 0.
pub(crate) fn below(word: u64, bound: u64) -> u64 {
    u64::try_from((u128::from(word) * u128::from(bound)) >> 64).unwrap_or_default()
}
