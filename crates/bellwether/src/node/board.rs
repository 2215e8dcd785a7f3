//! The market as it stands: the last quote of every instrument and the bars that are still open.

use std::sync::{Mutex, MutexGuard, PoisonError};

use domain::{InstrumentId, MarketEvent, Quote};

/// Written by the ingest thread, read by the API. A reader waits for one copy at most.
#[derive(Debug, Default)]
pub(crate) struct Board(Mutex<Vec<Option<(Quote, bool)>>>);

impl Board {
    pub(crate) fn on_event(&self, event: &MarketEvent) {
        match event {
            MarketEvent::Quote(quote) => self.set(*quote),
            MarketEvent::Invalid { instrument, .. } => self.distrust(*instrument),
            _ => {}
        }
    }

    /// Every instrument's last quote and whether it can be trusted.
    pub(crate) fn quotes(&self) -> Vec<(Quote, bool)> {
        self.lock().iter().flatten().copied().collect()
    }

    pub(crate) fn last(&self, instrument: InstrumentId) -> Option<Quote> {
        self.lock().get(instrument.index()).copied().flatten().map(|(quote, _)| quote)
    }

    fn set(&self, quote: Quote) {
        let mut quotes = self.lock();
        let index = quote.instrument.index();
        if quotes.len() <= index {
            quotes.resize(index + 1, None);
        }
        quotes[index] = Some((quote, quote.is_two_sided()));
    }

    fn distrust(&self, instrument: InstrumentId) {
        if let Some(Some((_, valid))) = self.lock().get_mut(instrument.index()) {
            *valid = false;
        }
    }

    /// A quote is whole whenever the lock is free, so a panic elsewhere does not spoil the board.
    fn lock(&self) -> MutexGuard<'_, Vec<Option<(Quote, bool)>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
