//! A cursor over a message: every step either reads exactly what is expected or gives up.

use domain::{Level, Price, Quantity, Timestamp};

/// Longest run of digits that fits 64 bits whatever the digits are.
const DIGITS_MAX: usize = 18;

const POWERS_OF_TEN: [i64; 10] =
    [1, 10, 100, 1_000, 10_000, 100_000, 1_000_000, 10_000_000, 100_000_000, 1_000_000_000];

#[derive(Clone, Copy)]
pub(super) struct Scan<'t> {
    rest: &'t [u8],
}

impl<'t> Scan<'t> {
    #[inline]
    pub(super) const fn new(text: &'t [u8]) -> Self {
        Self { rest: text }
    }

    #[inline]
    pub(super) const fn is_at_end(self) -> bool {
        self.rest.is_empty()
    }

    /// Steps over `expected`; gives up when something else stands there.
    #[inline]
    pub(super) fn expect<const N: usize>(&mut self, expected: &[u8; N]) -> Option<()> {
        let (head, rest) = self.rest.split_first_chunk::<N>()?;
        if head != expected {
            return None;
        }
        self.rest = rest;
        Some(())
    }

    /// Steps over `expected` if it stands here.
    #[inline]
    pub(super) fn accept<const N: usize>(&mut self, expected: &[u8; N]) -> bool {
        self.expect(expected).is_some()
    }

    /// A name up to the closing quote, which is consumed. Only characters that stand for themselves in JSON.
    #[inline]
    pub(super) fn name(&mut self) -> Option<&'t [u8]> {
        let plain =
            |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'@' | b'_' | b'-' | b'.' | b'!');
        let length = self.rest.iter().position(|&byte| !plain(byte))?;
        let (name, rest) = self.rest.split_at(length);
        self.rest = rest.strip_prefix(b"\"")?;
        Some(name)
    }

    /// A whole number as JSON writes it.
    #[inline]
    pub(super) fn integer(&mut self) -> Option<u64> {
        let mut value = 0u64;
        let mut length = 0;
        while let Some(digit) = self.rest.get(length).map(|byte| byte.wrapping_sub(b'0'))
            && digit <= 9
        {
            if length == DIGITS_MAX {
                return None;
            }
            value = value * 10 + u64::from(digit);
            length += 1;
        }
        let leading_zero = length > 1 && self.rest[0] == b'0';
        if length == 0 || leading_zero {
            return None;
        }
        self.rest = &self.rest[length..];
        Some(value)
    }

    /// Milliseconds since 1970.
    #[inline]
    pub(super) fn time(&mut self) -> Option<Timestamp> {
        let nanos = i64::try_from(self.integer()?).ok()?.checked_mul(1_000_000)?;
        Some(Timestamp::from_nanos(nanos))
    }

    #[inline]
    pub(super) fn boolean(&mut self) -> Option<bool> {
        if self.accept(b"true") {
            return Some(true);
        }
        self.expect(b"false").map(|()| false)
    }

    /// An unsigned decimal up to the closing quote, which is consumed, in units of 10⁻⁹.
    #[inline]
    fn decimal(&mut self) -> Option<i64> {
        let (mut value, mut length) = (0u64, 0);
        let mut point = None;
        loop {
            let byte = *self.rest.get(length)?;
            let digit = byte.wrapping_sub(b'0');
            if digit <= 9 {
                if length > DIGITS_MAX {
                    return None;
                }
                value = value.wrapping_mul(10).wrapping_add(u64::from(digit));
            } else if byte == b'.' && point.is_none() {
                point = Some(length);
            } else if byte == b'"' {
                break;
            } else {
                return None;
            }
            length += 1;
        }
        let (whole, fraction) = match point {
            Some(point) => (point, length - point - 1),
            None => (length, 0),
        };
        let is_plain = whole > 0 && (point.is_none() || fraction > 0) && whole + fraction <= DIGITS_MAX;
        if !is_plain {
            return None;
        }
        let missing = 9usize.checked_sub(fraction)?;
        self.rest = &self.rest[length + 1..];
        i64::try_from(value).ok()?.checked_mul(*POWERS_OF_TEN.get(missing)?)
    }

    /// A price above zero up to the closing quote.
    #[inline]
    pub(super) fn price(&mut self) -> Option<Price> {
        self.decimal().filter(|&raw| raw > 0).map(Price::from_raw)
    }

    /// A quantity of at least zero up to the closing quote.
    #[inline]
    pub(super) fn quantity(&mut self) -> Option<Quantity> {
        self.decimal().map(|raw| Quantity::from_raw(i128::from(raw)))
    }

    /// `["price","quantity"],…]` after the opening bracket, into `levels`.
    #[inline]
    pub(super) fn levels(&mut self, levels: &mut Vec<Level>) -> Option<()> {
        levels.clear();
        if self.accept(b"]") {
            return Some(());
        }
        loop {
            self.expect(b"[\"")?;
            let price = self.price()?;
            self.expect(b",\"")?;
            let quantity = self.quantity()?;
            levels.push(Level { price, quantity });
            if self.accept(b"],") {
                continue;
            }
            return self.expect(b"]]");
        }
    }
}
