//! A venue's own sum over the top of its book: the referee of a book builder.

use crc32fast::Hasher;
use domain::{BookChecksum, Level, Quantity, Side};

use super::Book;

/// Over which text the sum is taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ChecksumRule {
    /// Ten asks from the lowest, then ten bids from the highest; of each the price and the quantity as digits without
    /// point and leading zeros, and nothing between them (Kraken).
    Digits,
    /// 25 levels a side, as `bid:quantity:ask:quantity:…` from the best; a side that has ended is left out (Bitget, and
    /// OKX until 2026).
    Interleaved,
}

const DIGIT_LEVELS: usize = 10;
const INTERLEAVED_LEVELS: usize = 25;

/// Decimals that numbers are kept with.
const DECIMALS: u8 = 9;

impl ChecksumRule {
    /// The sum of `book` with numbers written as the venue writes them.
    #[must_use]
    pub fn sum(self, book: &Book, written: BookChecksum) -> u32 {
        let mut text = Text { hasher: Hasher::new(), written, is_first: true };
        match self {
            Self::Digits => text.digits(book),
            Self::Interleaved => text.interleaved(book),
        }
        text.hasher.finalize()
    }
}

struct Text {
    hasher: Hasher,
    written: BookChecksum,
    is_first: bool,
}

impl Text {
    fn digits(&mut self, book: &Book) {
        for side in [Side::Sell, Side::Buy] {
            for level in book.levels(side).take(DIGIT_LEVELS) {
                self.number(i128::from(level.price.raw()), self.written.price_decimals, false);
                self.number(level.quantity.raw(), self.written.quantity_decimals, false);
            }
        }
    }

    fn interleaved(&mut self, book: &Book) {
        let mut bids = book.levels(Side::Buy).take(INTERLEAVED_LEVELS);
        let mut asks = book.levels(Side::Sell).take(INTERLEAVED_LEVELS);
        loop {
            let pair = [bids.next(), asks.next()];
            if pair == [None, None] {
                return;
            }
            pair.into_iter().flatten().for_each(|level| self.pair(level));
        }
    }

    fn pair(&mut self, level: Level) {
        if !std::mem::take(&mut self.is_first) {
            self.hasher.update(b":");
        }
        self.number(i128::from(level.price.raw()), self.written.price_decimals, true);
        self.hasher.update(b":");
        self.number(level.quantity.raw(), self.written.quantity_decimals, true);
    }

    /// The digits of `raw` with so many decimals; finer ones were refused when the text was read.
    fn number(&mut self, raw: i128, decimals: u8, with_point: bool) {
        let decimals = decimals.min(DECIMALS);
        let unit = 10u128.pow(u32::from(DECIMALS - decimals));
        let value = raw.unsigned_abs() / unit;
        let mut digits = Digits::default();
        let least = if with_point { usize::from(decimals) + 1 } else { 1 };
        digits.fill(value, least);
        let text = digits.text();
        if !with_point || decimals == 0 {
            self.hasher.update(text);
            return;
        }
        let (whole, fraction) = text.split_at(text.len() - usize::from(decimals));
        self.hasher.update(whole);
        self.hasher.update(b".");
        self.hasher.update(fraction);
    }
}

/// A whole number as text, without an allocation: the sum is taken with every update.
struct Digits {
    bytes: [u8; 40],
    start: usize,
}

impl Default for Digits {
    fn default() -> Self {
        Self { bytes: [b'0'; 40], start: 40 }
    }
}

impl Digits {
    /// At least `least` digits, with zeros before them.
    fn fill(&mut self, mut value: u128, least: usize) {
        while value > u128::from(u64::MAX) {
            self.push(value % 10);
            value /= 10;
        }
        // Nearly every number fits a machine word, whose division is many times as fast.
        let mut short = u64::try_from(value).unwrap_or_default();
        while short > 0 {
            self.push(u128::from(short % 10));
            short /= 10;
        }
        while self.bytes.len() - self.start < least {
            self.push(0);
        }
    }

    fn push(&mut self, digit: u128) {
        self.start -= 1;
        self.bytes[self.start] = b'0' + u8::try_from(digit).unwrap_or_default();
    }

    fn text(&self) -> &[u8] {
        &self.bytes[self.start..]
    }
}

const _: () = assert!(Quantity::SCALE == 10i128.pow(DECIMALS as u32), "quantities have nine decimals");

#[cfg(test)]
mod tests;
