use std::sync::atomic::{AtomicI64, Ordering};

use domain::Timestamp;
use engine::Clock;

/// A clock that stands still until it is told the time: the clock of backtests and tests.
#[derive(Debug, Default)]
pub struct VirtualClock(AtomicI64);

impl VirtualClock {
    #[must_use]
    pub const fn new(start: Timestamp) -> Self {
        Self(AtomicI64::new(start.nanos()))
    }

    /// Moves forward to `time`. A moment in the past changes nothing: time never goes back.
    pub fn advance(&self, time: Timestamp) {
        self.0.fetch_max(time.nanos(), Ordering::AcqRel);
    }
}

impl Clock for VirtualClock {
    fn now(&self) -> Timestamp {
        Timestamp::from_nanos(self.0.load(Ordering::Acquire))
    }
}
