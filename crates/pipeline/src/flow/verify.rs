//! Two independent accounts of the best bid and ask, the rebuilt book and the feed's own quotes, held against one
//! another by update id.

use std::collections::VecDeque;

use domain::Level;

/// How many of the feed's quotes are remembered; the feed may run ahead of the depth stream by so many.
const QUOTES_MAX: usize = 128;

/// How many tops may await a newer quote of the feed. Past it the oldest is given up as skipped.
const PENDING_MAX: usize = 512;

/// The best bid and ask after an update.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Top {
    pub(super) id: u64,
    pub(super) bid: Level,
    pub(super) ask: Level,
}

/// Results of comparisons.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Tally {
    pub(super) agree: u64,
    pub(super) disagree: u64,
    pub(super) skipped: u64,
}

impl Tally {
    pub(super) const fn add(&mut self, other: Self) {
        self.agree += other.agree;
        self.disagree += other.disagree;
        self.skipped += other.skipped;
    }
}

/// After an update with last id `u`, the book's top must equal the feed's last quote with an id of at most `u`.
/// The streams are not aligned: that quote may come after the update, so a top waits until a quote with a higher
/// id shows which one was the last.
#[derive(Debug)]
pub(super) struct Verifier {
    quotes: VecDeque<Top>,
    pending: VecDeque<Top>,
}

impl Verifier {
    pub(super) fn new() -> Self {
        Self { quotes: VecDeque::with_capacity(QUOTES_MAX), pending: VecDeque::with_capacity(PENDING_MAX) }
    }

    /// Takes the top of the book after an update.
    #[inline]
    pub(super) fn on_book(&mut self, top: Top) -> Tally {
        let mut tally = Tally::default();
        if self.quotes.back().is_some_and(|newest| newest.id > top.id) {
            self.settle(&top, &mut tally);
            return tally;
        }
        if self.pending.len() >= PENDING_MAX {
            self.pending.pop_front();
            tally.skipped += 1;
        }
        self.pending.push_back(top);
        tally
    }

    /// Takes a quote of the feed. One that is not newer than the one before shows nothing.
    #[inline]
    pub(super) fn on_quote(&mut self, quote: Top) -> Tally {
        let mut tally = Tally::default();
        if self.quotes.back().is_some_and(|newest| newest.id >= quote.id) {
            return tally;
        }
        while let Some(top) = self.pending.pop_front_if(|top| top.id < quote.id) {
            self.settle(&top, &mut tally);
        }
        if self.quotes.len() >= QUOTES_MAX {
            self.quotes.pop_front();
        }
        self.quotes.push_back(quote);
        tally
    }

    /// Forgets both accounts, as after a gap or a lost connection.
    pub(super) fn clear(&mut self) {
        self.quotes.clear();
        self.pending.clear();
    }

    #[inline]
    fn settle(&self, top: &Top, tally: &mut Tally) {
        match self.quotes.iter().rev().find(|quote| quote.id <= top.id) {
            None => tally.skipped += 1,
            Some(quote) if (quote.bid, quote.ask) == (top.bid, top.ask) => tally.agree += 1,
            Some(_) => tally.disagree += 1,
        }
    }
}
