use std::cmp::Ordering;

use domain::Price;

use super::LENGTH_MAX;

/// The mean of the last `length` prices. The sum is an integer, so it does not drift however long the series.
#[derive(Debug, Clone)]
pub struct Sma {
    ring: Box<[i64]>,
    /// Where the next price goes: over the oldest once the ring is full.
    next: usize,
    seen: u32,
    sum: i128,
}

impl Sma {
    /// `None` unless `length` is within 1 to [`LENGTH_MAX`].
    #[must_use]
    pub fn new(length: u32) -> Option<Self> {
        if !(1..=LENGTH_MAX).contains(&length) {
            return None;
        }
        let ring = vec![0; usize::try_from(length).ok()?].into_boxed_slice();
        Some(Self { ring, next: 0, seen: 0, sum: 0 })
    }

    /// Adds a price. The mean, once `length` prices were seen.
    #[inline]
    pub fn on_price(&mut self, price: Price) -> Option<f64> {
        let oldest = std::mem::replace(&mut self.ring[self.next], price.raw());
        self.sum += i128::from(price.raw()) - i128::from(oldest);
        self.next = if self.next + 1 == self.ring.len() { 0 } else { self.next + 1 };
        if !self.is_full() {
            self.seen += 1;
        }
        self.value()
    }

    /// The mean in units of the quote currency; `None` until `length` prices were seen.
    #[must_use]
    #[inline]
    pub fn value(&self) -> Option<f64> {
        // Rounds twice, so two means that are nearly equal are compared by `compare` alone.
        self.is_full().then(|| self.sum as f64 / (f64::from(self.seen) * 1e9))
    }

    /// Compares the two means exactly, each over the prices seen so far; a mean over none counts as zero.
    #[must_use]
    #[inline]
    pub fn compare(&self, other: &Self) -> Ordering {
        let (ours, theirs) = (i128::from(self.seen.max(1)), i128::from(other.seen.max(1)));
        match (i64::try_from(self.sum), i64::try_from(other.sum)) {
            // Products that cannot overflow: no price series but a long one of great prices goes the other way.
            (Ok(left), Ok(right)) => (i128::from(left) * theirs).cmp(&(i128::from(right) * ours)),
            _ => (self.sum * theirs).cmp(&(other.sum * ours)),
        }
    }

    /// Whether `length` prices were seen.
    #[must_use]
    #[inline]
    pub fn is_full(&self) -> bool {
        self.seen as usize == self.ring.len()
    }
}
