use std::time::Duration;

use resilience::{Chance, SeededChance};

/// How often a simulator misbehaves, and how. Each share is from 0, never, to 1, always.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Faults {
    /// Of frames: lost, sent twice, sent after the next one.
    pub drop: f64,
    pub duplicate: f64,
    pub reorder: f64,
    /// Of frames: the connection is silent for `stall_for`, then goes on with what it missed.
    pub stall: f64,
    pub stall_for: Duration,
    /// Of frames: the connection is cut without a word.
    pub cut: f64,
    /// Of frames: the connection stands, and neither says nor answers anything any more.
    pub half_open: f64,
    /// Of requests and of new connections: 429, with `Retry-After` in whole seconds.
    pub too_many: f64,
    pub retry_after_seconds: u64,
    /// Of requests: 500.
    pub error: f64,
}

impl Faults {
    /// A little of everything.
    #[must_use]
    pub fn some() -> Self {
        Self {
            drop: 0.01,
            duplicate: 0.01,
            reorder: 0.01,
            stall: 0.001,
            stall_for: Duration::from_millis(300),
            cut: 0.000_5,
            half_open: 0.000_2,
            too_many: 0.1,
            retry_after_seconds: 1,
            error: 0.1,
        }
    }
}

/// What becomes of one frame.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Fate {
    Sent,
    Dropped,
    Duplicated,
    Reordered,
    Stalled(Duration),
    Cut,
    HalfOpen,
}

/// Decides, the same for the same seed and the same number of the connection.
pub(super) struct Decisions {
    chance: SeededChance,
}

impl Decisions {
    pub(super) fn new(seed: u64, number: u64) -> Self {
        Self { chance: SeededChance::new(seed ^ number.wrapping_mul(0x9E37_79B9_7F4A_7C15)) }
    }

    pub(super) fn frame(&self, faults: &Faults) -> Fate {
        let fates = [
            (faults.drop, Fate::Dropped),
            (faults.duplicate, Fate::Duplicated),
            (faults.reorder, Fate::Reordered),
            (faults.stall, Fate::Stalled(faults.stall_for)),
            (faults.cut, Fate::Cut),
            (faults.half_open, Fate::HalfOpen),
        ];
        let mut roll = self.chance.unit();
        for (share, fate) in fates {
            if roll < share {
                return fate;
            }
            roll -= share;
        }
        Fate::Sent
    }

    pub(super) fn happens(&self, share: f64) -> bool {
        self.chance.unit() < share
    }
}
