use std::time::Duration;

use resilience::Clock;

/// When something must be over, by the clock of whoever waits; never, where there is no end.
pub(super) struct Until<'a> {
    pub(super) clock: &'a dyn Clock,
    pub(super) end: Option<u64>,
}

impl Until<'_> {
    /// `None` for ever; nothing when it is too late.
    pub(super) fn left(&self) -> Option<Duration> {
        self.end.map(|end| Duration::from_nanos(end.saturating_sub(self.clock.now())))
    }
}
