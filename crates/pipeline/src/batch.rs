//! Gathers items into batches that are worth a commit.

use domain::{Span, Timestamp};

/// When a batch is full. Whichever is reached first counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BatchLimits {
    pub items_max: usize,
    /// How long the first item of a batch waits at most.
    pub age_max: Span,
    pub bytes_max: usize,
}

impl Default for BatchLimits {
    /// 500 items, 100 ms, 512,000 bytes.
    fn default() -> Self {
        Self { items_max: 500, age_max: Span::from_millis(100), bytes_max: 512_000 }
    }
}

/// Gathers items until a limit is reached. Times come from the caller.
///
/// A batch holds no more than `items_max` items and `bytes_max` bytes, except that an item which is larger than
/// that alone is a batch of its own.
#[derive(Debug)]
pub struct Batcher<T> {
    limits: BatchLimits,
    items: Vec<T>,
    bytes: usize,
    /// When the first item came; meaningful while there are items.
    opened: Timestamp,
}

impl<T> Batcher<T> {
    #[must_use]
    pub fn new(limits: BatchLimits) -> Self {
        let items = Vec::with_capacity(limits.items_max);
        Self { limits, items, bytes: 0, opened: Timestamp::MIN }
    }

    /// Adds an item of `bytes` bytes. The batch that is full: with the item, or without it where it no longer
    /// fitted; the item then begins the next batch.
    pub fn push(&mut self, item: T, bytes: usize, now: Timestamp) -> Option<Vec<T>> {
        let crowded = self.bytes.saturating_add(bytes) > self.limits.bytes_max;
        let before = if crowded { self.take() } else { None };
        if self.items.is_empty() {
            self.opened = now;
        }
        // A clock that was set back must not keep the batch waiting.
        self.opened = self.opened.min(now);
        self.items.push(item);
        self.bytes = self.bytes.saturating_add(bytes);
        before.or_else(|| self.due(now))
    }

    /// The batch, if it is full or old enough. Call it when time passes without items.
    pub fn due(&mut self, now: Timestamp) -> Option<Vec<T>> {
        let full = self.items.len() >= self.limits.items_max || self.bytes >= self.limits.bytes_max;
        let old = now.since(self.opened) >= self.limits.age_max;
        if full || old { self.take() } else { None }
    }

    /// The batch as it is, if there is anything in it.
    pub fn take(&mut self) -> Option<Vec<T>> {
        if self.items.is_empty() {
            return None;
        }
        self.bytes = 0;
        Some(std::mem::replace(&mut self.items, Vec::with_capacity(self.limits.items_max)))
    }

    /// When [`Batcher::due`] will yield the batch even if nothing more comes.
    #[must_use]
    pub fn deadline(&self) -> Option<Timestamp> {
        (!self.items.is_empty()).then(|| self.opened.plus(self.limits.age_max))
    }

    /// How many items wait.
    #[must_use]
    pub const fn len(&self) -> usize {
        self.items.len()
    }

    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.items.is_empty()
    }
}

#[cfg(test)]
mod tests;
