//! Marks of data that can no longer be trusted for its age.

use domain::{InstrumentId, Span, Timestamp};

/// Watches for instruments whose data stops. The clock of each is set by its data, not by pings: a connection may
/// live while its data is dead.
#[derive(Debug, Clone, Default)]
pub struct Staleness {
    watches: Vec<Option<Watch>>,
}

#[derive(Debug, Clone, Copy)]
struct Watch {
    limit: Span,
    last: Timestamp,
    marked: bool,
}

impl Staleness {
    #[must_use]
    pub const fn new() -> Self {
        Self { watches: Vec::new() }
    }

    /// Watches an instrument from `now` on: it is stale once nothing came for longer than `limit`.
    pub fn watch(&mut self, instrument: InstrumentId, limit: Span, now: Timestamp) {
        if self.watches.len() <= instrument.index() {
            self.watches.resize(instrument.index().saturating_add(1), None);
        }
        self.watches[instrument.index()] = Some(Watch { limit, last: now, marked: false });
    }

    /// Stops watching, as when the market of an instrument closes.
    pub fn unwatch(&mut self, instrument: InstrumentId) {
        if let Some(watch) = self.watches.get_mut(instrument.index()) {
            *watch = None;
        }
    }

    /// Notes data that we received at `time`. Whether the instrument was marked stale until now.
    #[inline]
    pub fn on_data(&mut self, instrument: InstrumentId, time: Timestamp) -> bool {
        let Some(Some(watch)) = self.watches.get_mut(instrument.index()) else { return false };
        watch.last = watch.last.max(time);
        std::mem::take(&mut watch.marked)
    }

    /// Marks the instruments that have become stale and calls `emit` once for each; it is called again for one
    /// only after its data came back and stopped anew.
    pub fn stale(&mut self, now: Timestamp, emit: &mut impl FnMut(InstrumentId)) {
        for (index, watch) in (0u32..).zip(&mut self.watches) {
            let Some(watch) = watch else { continue };
            if !watch.marked && now.since(watch.last) > watch.limit {
                watch.marked = true;
                emit(InstrumentId(index));
            }
        }
    }

    /// Whether the instrument is marked stale.
    #[must_use]
    pub fn is_stale(&self, instrument: InstrumentId) -> bool {
        self.watches.get(instrument.index()).copied().flatten().is_some_and(|watch| watch.marked)
    }
}

#[cfg(test)]
mod tests;
