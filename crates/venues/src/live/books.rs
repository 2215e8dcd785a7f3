//! Where each book of a link stands between being lost and being whole.

use domain::{InstrumentId, Span, Timestamp};
use market::BookRules;

use super::LinkConfig;

/// A snapshot that has just been delivered may not have been looked at yet: whoever asks again so soon is not heard.
const SETTLE: Span = Span::from_millis(250);

/// A book that stayed whole for so long starts its waits anew.
const WHOLE_AGAIN: Span = Span::MINUTE;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum BookState {
    /// Lost; a snapshot may be asked for from this moment on.
    Buffering { from: Timestamp },
    /// Asked for at this moment.
    Syncing { since: Timestamp },
    /// A snapshot was delivered at this moment, and nobody has complained since.
    Live { since: Timestamp },
}

#[derive(Debug, Clone)]
struct Book {
    instrument: InstrumentId,
    state: BookState,
    /// Times in a row that it was lost.
    losses: u32,
    comes_in_stream: bool,
    heard: Timestamp,
    quiet_max: Span,
}

/// The books of one link.
#[derive(Debug, Clone)]
pub(super) struct Books {
    books: Vec<Book>,
    config: LinkConfig,
}

impl Books {
    pub(super) fn new(rules: &[(InstrumentId, BookRules)], config: LinkConfig) -> Self {
        let book = |&(instrument, rules): &(InstrumentId, BookRules)| Book {
            instrument,
            state: BookState::Buffering { from: Timestamp::MIN },
            losses: 0,
            comes_in_stream: rules.sequence.snapshots_come_in_stream(),
            heard: Timestamp::MIN,
            quiet_max: config.instrument_quiet_max,
        };
        Self { books: rules.iter().map(book).collect(), config }
    }

    pub(super) fn instruments(&self) -> impl Iterator<Item = InstrumentId> + '_ {
        self.books.iter().map(|book| book.instrument)
    }

    /// A connection was opened after another was lost, so every book is lost too. Where snapshots come in the stream,
    /// subscribing has asked for them.
    pub(super) fn opened(&mut self, now: Timestamp) {
        for book in &mut self.books {
            book.heard = now;
            book.state = if book.comes_in_stream {
                BookState::Syncing { since: now }
            } else {
                BookState::Buffering { from: now }
            };
        }
    }

    /// A connection took over from another: books go on, for their updates overlap.
    pub(super) fn taken_over(&mut self, now: Timestamp) {
        self.books.iter_mut().for_each(|book| book.heard = now);
    }

    /// Whoever builds the book cannot trust it.
    pub(super) fn lost(&mut self, instrument: InstrumentId, now: Timestamp, chance: f64) {
        let wait = self.config;
        let Some(book) = self.find(instrument) else { return };
        if let BookState::Live { since } = book.state
            && now.since(since) > SETTLE
        {
            if now.since(since) > WHOLE_AGAIN {
                book.losses = 0;
            }
            // The first loss is mended at once.
            let pause =
                if book.losses == 0 { Span::ZERO } else { span(wait.wait(book.losses, chance, None)) };
            book.losses = book.losses.saturating_add(1);
            book.state = BookState::Buffering { from: now.plus(pause) };
        }
    }

    /// The snapshot cannot be had now.
    pub(super) fn failed(&mut self, instrument: InstrumentId, now: Timestamp, chance: f64) {
        let wait = self.config;
        if let Some(book) = self.find(instrument) {
            book.losses = book.losses.saturating_add(1);
            let pause = span(wait.wait(book.losses, chance, None));
            book.state = BookState::Buffering { from: now.plus(pause) };
        }
    }

    pub(super) fn asked(&mut self, instrument: InstrumentId, now: Timestamp) {
        if let Some(book) = self.find(instrument) {
            book.state = BookState::Syncing { since: now };
        }
    }

    pub(super) fn delivered(&mut self, instrument: InstrumentId, now: Timestamp) {
        if let Some(book) = self.find(instrument) {
            book.state = BookState::Live { since: now };
        }
    }

    /// The instrument spoke.
    pub(super) fn heard(&mut self, instrument: InstrumentId, now: Timestamp) {
        let quiet_max = self.config.instrument_quiet_max;
        if let Some(book) = self.find(instrument) {
            (book.heard, book.quiet_max) = (now, quiet_max);
        }
    }

    /// A book whose snapshot should be asked for now.
    pub(super) fn due(&self, now: Timestamp) -> Option<InstrumentId> {
        let within = self.config.sync_within;
        let is_due = |book: &&Book| match book.state {
            BookState::Buffering { from } => now >= from,
            BookState::Syncing { since } => now.since(since) > within,
            BookState::Live { .. } => false,
        };
        self.books.iter().find(is_due).map(|book| book.instrument)
    }

    /// An instrument that has been silent for too long. It is told once, then after twice as long.
    pub(super) fn silent(&mut self, now: Timestamp) -> Option<InstrumentId> {
        let book = self.books.iter_mut().find(|book| now.since(book.heard) > book.quiet_max)?;
        book.heard = now;
        book.quiet_max = Span::from_nanos(book.quiet_max.nanos().saturating_mul(2));
        Some(book.instrument)
    }

    /// How many are lost, asked for, whole.
    pub(super) fn counts(&self) -> [usize; 3] {
        let mut counts = [0; 3];
        for book in &self.books {
            counts[match book.state {
                BookState::Buffering { .. } => 0,
                BookState::Syncing { .. } => 1,
                BookState::Live { .. } => 2,
            }] += 1;
        }
        counts
    }

    fn find(&mut self, instrument: InstrumentId) -> Option<&mut Book> {
        self.books.iter_mut().find(|book| book.instrument == instrument)
    }
}

fn span(duration: std::time::Duration) -> Span {
    Span::from_nanos(i64::try_from(duration.as_nanos()).unwrap_or(i64::MAX))
}
