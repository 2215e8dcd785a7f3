//! The last so many calls: a ring of one byte each.

use std::sync::atomic::{AtomicU8, AtomicU64, Ordering};

use super::Counts;

const FAILED: u8 = 1;
const SLOW: u8 = 2;

/// One failed call in [`CountWindow::bad`]; slow calls are counted in the half below.
const ONE_FAILED: u64 = 1 << 32;

#[derive(Debug)]
pub(in super::super) struct CountWindow {
    ring: Box<[AtomicU8]>,
    /// Calls ever; the next one's place in the ring.
    calls: AtomicU64,
    /// Failed and slow calls in the ring, in one number so that both change at once.
    bad: AtomicU64,
}

impl CountWindow {
    pub(super) fn new(calls: u32) -> Self {
        let ring = (0..calls.max(1)).map(|_| AtomicU8::new(0)).collect();
        Self { ring, calls: AtomicU64::new(0), bad: AtomicU64::new(0) }
    }

    #[inline]
    pub(super) fn record(&self, has_failed: bool, is_slow: bool) {
        let call = u8::from(has_failed) * FAILED + u8::from(is_slow) * SLOW;
        let place = self.calls.fetch_add(1, Ordering::Relaxed) % self.len();
        let Some(cell) = usize::try_from(place).ok().and_then(|place| self.ring.get(place)) else { return };
        // A good call in place of a good one is the common case and writes nothing.
        if cell.load(Ordering::Relaxed) == call {
            return;
        }
        let gone = cell.swap(call, Ordering::Relaxed);
        // Whoever counts last sees everybody's call, so that together they cannot overlook that it was too much.
        self.bad.fetch_add(weight(call).wrapping_sub(weight(gone)), Ordering::AcqRel);
    }

    pub(super) fn counts(&self) -> Counts {
        let bad = self.bad.load(Ordering::Acquire);
        let calls = self.calls.load(Ordering::Relaxed).min(self.len());
        Counts { calls, failures: bad / ONE_FAILED, slow: bad % ONE_FAILED }
    }

    fn len(&self) -> u64 {
        u64::try_from(self.ring.len()).unwrap_or(u64::MAX)
    }
}

fn weight(call: u8) -> u64 {
    u64::from(call & FAILED != 0) * ONE_FAILED + u64::from(call & SLOW != 0)
}
