use domain::{InstrumentId, Level, Quote, Timestamp};

use super::Book;

/// Turns the top of a book into quotes, one for each change of price or quantity.
#[derive(Debug, Clone)]
pub struct TopOfBook {
    instrument: InstrumentId,
    last: Option<(Level, Level)>,
}

impl TopOfBook {
    #[must_use]
    pub const fn new(instrument: InstrumentId) -> Self {
        Self { instrument, last: None }
    }

    /// The quote of `book`, if its top differs from the quote before. Call after each applied update.
    #[inline]
    pub fn on_book(&mut self, book: &Book, venue_time: Timestamp, receive_time: Timestamp) -> Option<Quote> {
        let quote = Self::quote(self.instrument, book, venue_time, receive_time);
        let top = (quote.bid, quote.ask);
        if self.last == Some(top) {
            return None;
        }
        self.last = Some(top);
        Some(quote)
    }

    /// Forgets the last quote, so that the next book yields one whatever its top: for books that became invalid.
    pub const fn reset(&mut self) {
        self.last = None;
    }

    /// The best bid and ask of `book`; an empty side has quantity zero.
    #[must_use]
    pub fn quote(
        instrument: InstrumentId,
        book: &Book,
        venue_time: Timestamp,
        receive_time: Timestamp,
    ) -> Quote {
        let bid = book.best_bid().unwrap_or_default();
        let ask = book.best_ask().unwrap_or_default();
        Quote { instrument, bid, ask, venue_time, receive_time }
    }
}
