use domain::{Level, Money, Price, Quantity, Rate, Span, Timestamp};

use super::{Directory, Unsendable};
use domain::InstrumentId;

/// Appends fields.
pub(super) struct Writer<'a>(&'a mut Vec<u8>);

impl<'a> Writer<'a> {
    pub(super) const fn new(out: &'a mut Vec<u8>) -> Self {
        Self(out)
    }

    #[inline]
    pub(super) fn byte(&mut self, byte: u8) {
        self.0.push(byte);
    }

    pub(super) fn bytes(&mut self, bytes: &[u8]) {
        self.0.extend_from_slice(bytes);
    }

    /// Seven bits a byte, the lowest first; the highest bit says that more follow.
    #[inline]
    pub(super) fn number(&mut self, mut value: u64) {
        while value >= 0x80 {
            self.0.push(low_seven(u128::from(value)) | 0x80);
            value >>= 7;
        }
        self.0.push(low_seven(u128::from(value)));
    }

    #[inline]
    fn wide_number(&mut self, mut value: u128) {
        // Nearly all fit, and the narrow form of the same bytes is faster.
        if let Ok(narrow) = u64::try_from(value) {
            return self.number(narrow);
        }
        while value >= 0x80 {
            self.0.push(low_seven(value) | 0x80);
            value >>= 7;
        }
        self.0.push(low_seven(value));
    }

    /// Signs alternate: 0, -1, 1, -2 become 0, 1, 2, 3.
    #[inline]
    pub(super) fn signed(&mut self, value: i64) {
        self.number((value << 1 ^ value >> 63).cast_unsigned());
    }

    #[inline]
    pub(super) fn wide_signed(&mut self, value: i128) {
        self.wide_number((value << 1 ^ value >> 127).cast_unsigned());
    }

    pub(super) fn price(&mut self, price: Price) {
        self.signed(price.raw());
    }

    pub(super) fn quantity(&mut self, quantity: Quantity) {
        self.wide_signed(quantity.raw());
    }

    pub(super) fn money(&mut self, money: Money) {
        self.wide_signed(money.raw());
    }

    pub(super) fn rate(&mut self, rate: Rate) {
        self.signed(rate.raw());
    }

    pub(super) fn level(&mut self, level: Level) {
        self.price(level.price);
        self.quantity(level.quantity);
    }

    /// Fixed, because a number of today would take longer the other way.
    pub(super) fn time(&mut self, time: Timestamp) {
        self.bytes(&time.nanos().to_le_bytes());
    }

    /// As the distance from a time before it, which wraps around so that it is always exact.
    pub(super) fn later(&mut self, earlier: Timestamp, time: Timestamp) {
        self.signed(time.nanos().wrapping_sub(earlier.nanos()));
    }

    pub(super) fn span(&mut self, span: Span) {
        self.signed(span.nanos());
    }

    pub(super) fn instrument(&mut self, id: InstrumentId, directory: &Directory) -> Result<(), Unsendable> {
        self.bytes(directory.bytes_of(id).ok_or(Unsendable::UnknownInstrument(id))?);
        Ok(())
    }

    /// At most 255 bytes, which the caller sees to.
    pub(super) fn short_text(&mut self, text: &str) {
        let length = u8::try_from(text.len()).unwrap_or(u8::MAX);
        self.byte(length);
        self.bytes(&text.as_bytes()[..usize::from(length)]);
    }

    pub(super) fn text(&mut self, text: &str) {
        self.number(u64::try_from(text.len()).unwrap_or(u64::MAX));
        self.bytes(text.as_bytes());
    }

    /// What has many forms and is seldom, as JSON text.
    pub(super) fn json(
        &mut self,
        field: &'static str,
        value: &impl serde::Serialize,
    ) -> Result<(), Unsendable> {
        let text = serde_json::to_string(value)
            .map_err(|error| Unsendable::Text { field, reason: error.to_string() })?;
        self.text(&text);
        Ok(())
    }
}

const fn low_seven(value: u128) -> u8 {
    (value & 0x7f) as u8
}
