use domain::{Level, Price};

use super::LEVELS_MAX;

/// How many levels from the top are looked at one by one before the search halves.
const NEAR: usize = 16;

/// One side of a book, worst level first: nearly all updates touch the end, where insertion moves little.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Ladder {
    levels: Vec<Level>,
    /// Flips the order of prices: all ones on the ask side, where the lowest price is best.
    flip: i64,
    dropped: u64,
}

impl Ladder {
    pub(super) const fn bids() -> Self {
        Self { levels: Vec::new(), flip: 0, dropped: 0 }
    }

    pub(super) const fn asks() -> Self {
        Self { levels: Vec::new(), flip: -1, dropped: 0 }
    }

    #[inline]
    pub(super) fn apply(&mut self, level: Level) {
        let position = self.position(level.price);
        let found = self.levels.get(position).is_some_and(|known| known.price == level.price);
        match (found, level.quantity.is_positive()) {
            (true, true) => self.levels[position] = level,
            (true, false) => {
                self.levels.remove(position);
            }
            (false, true) => self.insert(position, level),
            (false, false) => {}
        }
    }

    /// Better prices rank higher. Bitwise negation reverses an order without overflow.
    #[inline]
    const fn rank(&self, price: Price) -> i64 {
        price.raw() ^ self.flip
    }

    /// The index of the first level that is not worse than `price`.
    #[inline]
    fn position(&self, price: Price) -> usize {
        let rank = self.rank(price);
        let far = self.levels.len().saturating_sub(NEAR);
        for index in (far..self.levels.len()).rev() {
            if self.rank(self.levels[index].price) < rank {
                return index + 1;
            }
        }
        self.levels[..far].partition_point(|level| self.rank(level.price) < rank)
    }

    fn insert(&mut self, position: usize, level: Level) {
        if self.levels.len() < LEVELS_MAX {
            self.levels.insert(position, level);
            return;
        }
        self.dropped = self.dropped.saturating_add(1);
        if let Some(before) = position.checked_sub(1) {
            self.levels.copy_within(1..position, 0);
            self.levels[before] = level;
        }
    }

    #[inline]
    pub(super) fn best(&self) -> Option<Level> {
        self.levels.last().copied()
    }

    pub(super) fn best_first(&self) -> std::iter::Rev<std::iter::Copied<std::slice::Iter<'_, Level>>> {
        self.levels.iter().copied().rev()
    }

    pub(super) const fn len(&self) -> usize {
        self.levels.len()
    }

    pub(super) const fn dropped(&self) -> u64 {
        self.dropped
    }

    /// Drops the worst levels beyond `count`; the venue has dropped them too, so they do not count.
    pub(super) fn truncate(&mut self, count: usize) {
        let surplus = self.levels.len().saturating_sub(count);
        self.levels.drain(..surplus);
    }

    pub(super) fn clear(&mut self) {
        self.levels.clear();
    }
}
