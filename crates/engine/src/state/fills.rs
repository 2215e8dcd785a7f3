use std::collections::{HashSet, VecDeque};
use std::hash::{BuildHasherDefault, Hasher};

use domain::{FillId, InstrumentId};
use serde::{Deserialize, Serialize};

/// How many executions are remembered to recognise a repeated one.
const REMEMBERED_MAX: usize = 65_536;

/// The executions seen lately; the oldest is forgotten first.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(from = "VecDeque<(InstrumentId, FillId)>", into = "VecDeque<(InstrumentId, FillId)>")]
pub(super) struct RecentFills {
    order: VecDeque<(InstrumentId, FillId)>,
    known: HashSet<(InstrumentId, FillId), BuildHasherDefault<FillHasher>>,
}

/// One multiplication a word, and the same in every run. The ids are those of a venue that the account trades
/// on, so nobody is kept out who would choose them to collide; the set is bounded whoever does.
#[derive(Debug, Default)]
struct FillHasher(u64);

impl FillHasher {
    /// The golden ratio's digits: odd, and as many ones as zeros.
    const FACTOR: u64 = 0x9e37_79b9_7f4a_7c15;
}

impl Hasher for FillHasher {
    #[inline]
    fn write_u32(&mut self, word: u32) {
        self.write_u64(u64::from(word));
    }

    #[inline]
    fn write_u64(&mut self, word: u64) {
        // Of a product of 128 bits both halves, so that every bit of the word reaches the ends of the hash.
        let (low, high) = (self.0 ^ word).carrying_mul(Self::FACTOR, word.rotate_left(32));
        self.0 = low ^ high;
    }

    fn write(&mut self, bytes: &[u8]) {
        bytes.iter().for_each(|byte| self.write_u64(u64::from(*byte)));
    }

    #[inline]
    fn finish(&self) -> u64 {
        self.0
    }
}

impl RecentFills {
    pub(super) fn contains(&self, instrument: InstrumentId, fill: FillId) -> bool {
        self.known.contains(&(instrument, fill))
    }

    pub(super) fn remember(&mut self, instrument: InstrumentId, fill: FillId) {
        if self.order.len() == REMEMBERED_MAX
            && let Some(oldest) = self.order.pop_front()
        {
            self.known.remove(&oldest);
        }
        self.order.push_back((instrument, fill));
        self.known.insert((instrument, fill));
    }
}

impl From<VecDeque<(InstrumentId, FillId)>> for RecentFills {
    fn from(order: VecDeque<(InstrumentId, FillId)>) -> Self {
        let known = order.iter().copied().collect();
        Self { order, known }
    }
}

impl From<RecentFills> for VecDeque<(InstrumentId, FillId)> {
    fn from(fills: RecentFills) -> Self {
        fills.order
    }
}
