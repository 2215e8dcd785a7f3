use std::collections::VecDeque;

use domain::{Span, Timestamp};
use serde::{Deserialize, Serialize};

use crate::Limits;

/// The times of the latest orders: an exact sliding window that never holds more than the limit, because an
/// order past it is denied and so never recorded. Allocates when made, when read back and when limits change.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "Stored", into = "Stored")]
pub struct RateWindow {
    limit: u32,
    window: Span,
    /// Oldest first, never decreasing.
    times: VecDeque<Timestamp>,
}

/// What is written of a window.
#[derive(Serialize, Deserialize)]
struct Stored {
    limit: u32,
    window: Span,
    times: Vec<Timestamp>,
}

impl RateWindow {
    /// An empty window for `limit` orders within `window`, the figures of `Limits::orders_per_window` and
    /// `Limits::rate_window`.
    #[must_use]
    pub fn new(limit: u32, window: Span) -> Self {
        Self { limit, window, times: VecDeque::with_capacity(kept_at_most(limit)) }
    }

    /// Takes new limits over. The newest orders that fit them still count, so that changing limits is no way to
    /// send faster.
    pub fn set_limits(&mut self, limit: u32, window: Span) {
        let old = std::mem::replace(self, Self::new(limit, window));
        self.extend(old.times);
    }

    fn extend(&mut self, times: impl IntoIterator<Item = Timestamp>) {
        for time in times {
            self.push(time);
        }
    }

    /// How many recorded orders are younger than the window at `now`; never more than the limit.
    #[must_use]
    #[inline]
    pub fn count(&self, now: Timestamp) -> u32 {
        let counts = self.times.len() - self.expired(now);
        if counts >= kept_at_most(self.limit) {
            return self.limit;
        }
        u32::try_from(counts).unwrap_or(self.limit)
    }

    /// Counts an order sent at `now`. A `now` before the last one is taken for the last one: a clock that steps
    /// back must not shorten the window.
    #[inline]
    pub fn record(&mut self, now: Timestamp) {
        let expired = self.expired(now);
        self.times.drain(..expired);
        self.push(now);
    }

    fn push(&mut self, time: Timestamp) {
        let kept = kept_at_most(self.limit);
        if kept == 0 {
            return;
        }
        if self.times.len() >= kept {
            self.times.pop_front();
        }
        let last = self.times.back().copied().unwrap_or(time);
        self.times.push_back(time.max(last));
    }

    fn expired(&self, now: Timestamp) -> usize {
        let window = self.window;
        let is_expired = |time: &Timestamp| now.since(*time) >= window;
        if !self.times.front().is_some_and(is_expired) {
            return 0;
        }
        self.times.partition_point(is_expired)
    }
}

/// Limits that were never validated must not decide how much memory is taken.
fn kept_at_most(limit: u32) -> usize {
    limit.min(Limits::ORDERS_PER_WINDOW_MAX) as usize
}

impl From<Stored> for RateWindow {
    fn from(stored: Stored) -> Self {
        let mut window = Self::new(stored.limit, stored.window);
        window.extend(stored.times);
        window
    }
}

impl From<RateWindow> for Stored {
    fn from(window: RateWindow) -> Self {
        Self { limit: window.limit, window: window.window, times: window.times.into() }
    }
}

#[cfg(test)]
mod tests;
