//! The order book of one instrument, and how it is built from a snapshot and a stream of updates.

mod builder;
mod checksum;
mod ladder;
mod referee;
mod rules;
mod sequence;
mod top;

pub use builder::{BUFFER_MAX, BookBuilder, BookChange, BookCounts, IgnoreReason};
pub use checksum::ChecksumRule;
pub use rules::BookRules;
pub use sequence::SequenceRule;
pub use top::TopOfBook;

use domain::{Level, Side};

use ladder::Ladder;

/// The most levels that one side holds. Past it the level furthest from the top is dropped and counted.
pub const LEVELS_MAX: usize = 20_000;

/// An aggregated (level 2) book: what stands at each price, without order identity.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Book {
    bids: Ladder,
    asks: Ladder,
}

impl Default for Book {
    fn default() -> Self {
        Self { bids: Ladder::bids(), asks: Ladder::asks() }
    }
}

impl Book {
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Sets what stands at a price of a side (`Buy` is the bid side). A quantity of zero or less deletes the
    /// level; deleting what is not there is normal.
    #[inline]
    pub fn apply_level(&mut self, side: Side, level: Level) {
        match side {
            Side::Buy => self.bids.apply(level),
            Side::Sell => self.asks.apply(level),
        }
    }

    #[must_use]
    #[inline]
    pub fn best_bid(&self) -> Option<Level> {
        self.bids.best()
    }

    #[must_use]
    #[inline]
    pub fn best_ask(&self) -> Option<Level> {
        self.asks.best()
    }

    /// Both sides present and the best bid at or above the best ask.
    #[must_use]
    #[inline]
    pub fn is_crossed(&self) -> bool {
        match (self.best_bid(), self.best_ask()) {
            (Some(bid), Some(ask)) => bid.price >= ask.price,
            _ => false,
        }
    }

    /// Replaces the contents of the two buffers by the best `count` levels of each side, best first.
    pub fn fill_depth(&self, count: usize, bids: &mut Vec<Level>, asks: &mut Vec<Level>) {
        bids.clear();
        bids.extend(self.bids.best_first().take(count));
        asks.clear();
        asks.extend(self.asks.best_first().take(count));
    }

    /// The levels of a side, best first.
    pub fn levels(&self, side: Side) -> impl Iterator<Item = Level> + '_ {
        match side {
            Side::Buy => self.bids.best_first(),
            Side::Sell => self.asks.best_first(),
        }
    }

    /// How many levels a side holds.
    #[must_use]
    pub fn level_count(&self, side: Side) -> usize {
        match side {
            Side::Buy => self.bids.len(),
            Side::Sell => self.asks.len(),
        }
    }

    /// How many levels were dropped at [`LEVELS_MAX`] since the book was made.
    #[must_use]
    pub fn levels_dropped(&self) -> u64 {
        self.bids.dropped().saturating_add(self.asks.dropped())
    }

    /// Keeps the best `count` levels of each side.
    pub fn truncate(&mut self, count: usize) {
        self.bids.truncate(count);
        self.asks.truncate(count);
    }

    /// Empties both sides and keeps their memory.
    pub fn clear(&mut self) {
        self.bids.clear();
        self.asks.clear();
    }

    #[inline]
    fn top(&self) -> (Option<Level>, Option<Level>) {
        (self.best_bid(), self.best_ask())
    }
}

#[cfg(test)]
mod tests;
