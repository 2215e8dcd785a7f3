//! Marks of data that can no longer be trusted for its age.

use domain::{InstrumentId, Span, Timestamp};

use crate::calendar::{Calendar, Session};

/// Watches for instruments whose data stops. The clock of each is set by its data, not by pings: a connection may
/// live while its data is dead. While a market is closed its instruments do not age; from its opening on they do.
#[derive(Debug, Clone, Default)]
pub struct Staleness {
    watches: Vec<Option<Watch>>,
}

#[derive(Debug, Clone, Copy)]
struct Watch {
    calendar: Calendar,
    limit: Span,
    last: Timestamp,
    marked: bool,
}

impl Staleness {
    #[must_use]
    pub const fn new() -> Self {
        Self { watches: Vec::new() }
    }

    /// Watches an instrument from `now` on: it is stale once nothing came for longer than `limit` of a session.
    pub fn watch(&mut self, instrument: InstrumentId, calendar: Calendar, limit: Span, now: Timestamp) {
        if self.watches.len() <= instrument.index() {
            self.watches.resize(instrument.index().saturating_add(1), None);
        }
        self.watches[instrument.index()] = Some(Watch { calendar, limit, last: now, marked: false });
    }

    /// Stops watching.
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
        let sessions = Calendar::ALL.map(|calendar| calendar.session_at(now));
        for (index, watch) in (0u32..).zip(&mut self.watches) {
            let Some(watch) = watch else { continue };
            if watch.ages(now, sessions[watch.calendar as usize].as_ref()) {
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

impl Watch {
    /// Whether it has just become stale.
    fn ages(&self, now: Timestamp, session: Option<&Session>) -> bool {
        // A market that never closes has no opening to wait for.
        let opened = match self.calendar {
            Calendar::Always => Some(Timestamp::MIN),
            _ => session.map(|session| session.open),
        };
        !self.marked && opened.is_some_and(|opened| now.since(self.last.max(opened)) > self.limit)
    }
}

#[cfg(test)]
mod tests;
