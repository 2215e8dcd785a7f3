//! Field values to domain numbers, with the place of what is refused.

use std::borrow::Cow;

use domain::{InstrumentId, Level, Price, Quantity, Timestamp};
use serde::Deserialize;

use super::symbols::Symbols;
use super::{DecodeError, DecodeErrorKind, Literal, PriceLevel, Text};

/// A message and the object within it that is being read.
#[derive(Clone, Copy)]
pub(crate) struct Message<'t> {
    pub(crate) text: &'t str,
    pub(crate) body: &'t str,
}

impl<'t> Message<'t> {
    /// Parses the object.
    pub(crate) fn read<T: Deserialize<'t>>(self, what: &'static str) -> Result<T, DecodeError> {
        // A struct would also be read from an array, field by field.
        if !self.body.trim_ascii_start().starts_with('{') {
            return Err(self.refuse(DecodeErrorKind::Malformed, what));
        }
        serde_json::from_str(self.body).map_err(|error| self.malformed(&error, what))
    }

    pub(crate) fn refuse(self, kind: DecodeErrorKind, what: &'static str) -> DecodeError {
        DecodeError { kind, what, offset: self.body_offset() }
    }

    pub(crate) fn refuse_at(
        self,
        value: &Text<'_>,
        kind: DecodeErrorKind,
        what: &'static str,
    ) -> DecodeError {
        let offset = match value.0 {
            Cow::Borrowed(value) => distance(self.text, value),
            Cow::Owned(_) => 0,
        };
        DecodeError { kind, what, offset }
    }

    pub(crate) fn require<T>(self, value: Option<T>, what: &'static str) -> Result<T, DecodeError> {
        value.ok_or_else(|| self.refuse(DecodeErrorKind::Missing, what))
    }

    /// The whole text, which must be UTF-8 and not empty.
    pub(crate) fn of(text: &'t [u8]) -> Result<Self, DecodeError> {
        let text = std::str::from_utf8(text).map_err(|error| DecodeError {
            kind: DecodeErrorKind::InvalidUtf8,
            what: "message",
            offset: error.valid_up_to(),
        })?;
        if text.trim_ascii().is_empty() {
            return Err(DecodeError { kind: DecodeErrorKind::Empty, what: "message", offset: 0 });
        }
        Ok(Self { text, body: text })
    }

    /// A part of the message.
    pub(crate) const fn part(self, body: &'t str) -> Self {
        Self { text: self.text, body }
    }

    /// Parses a list.
    pub(crate) fn read_list<T: Deserialize<'t>>(self, what: &'static str) -> Result<Vec<T>, DecodeError> {
        serde_json::from_str(self.body).map_err(|error| self.malformed(&error, what))
    }

    /// The instrument that `symbol` stands for on this connection.
    pub(crate) fn instrument(
        self,
        symbols: &Symbols,
        symbol: &str,
        what: &'static str,
    ) -> Result<InstrumentId, DecodeError> {
        symbols.find(symbol.as_bytes()).ok_or_else(|| self.refuse(DecodeErrorKind::UnknownSymbol, what))
    }

    /// From seconds with decimals, as text.
    pub(crate) fn seconds(self, text: Literal<'_>, what: &'static str) -> Result<Timestamp, DecodeError> {
        parse_seconds(text.as_str()).ok_or_else(|| self.refuse(DecodeErrorKind::NotATime, what))
    }

    /// From text such as `2026-08-09T21:05:48.229198328Z`.
    pub(crate) fn rfc3339(self, text: &str, what: &'static str) -> Result<Timestamp, DecodeError> {
        let time: Option<jiff::Timestamp> = text.parse().ok();
        time.and_then(|time| i64::try_from(time.as_nanosecond()).ok())
            .map(Timestamp::from_nanos)
            .ok_or_else(|| self.refuse(DecodeErrorKind::NotATime, what))
    }

    /// A price above zero, wherever it was written.
    pub(crate) fn price_of(self, literal: Literal<'t>, what: &'static str) -> Result<Price, DecodeError> {
        self.price(Some(&Text(Cow::Borrowed(literal.as_str()))), what)
    }

    /// A traded quantity, wherever it was written.
    pub(crate) fn quantity_of(
        self,
        literal: Literal<'t>,
        what: &'static str,
    ) -> Result<Quantity, DecodeError> {
        self.traded_quantity(Some(&Text(Cow::Borrowed(literal.as_str()))), what)
    }

    /// One level of a book; quantity zero deletes it. `None` for a price beyond what is kept (9.2 billion): somebody's
    /// joke order, which no book needs and which must not cost the message.
    pub(crate) fn level(
        self,
        level: &PriceLevel<'t>,
        what: &'static str,
    ) -> Result<Option<Level>, DecodeError> {
        let price = match self.price_of(level.price, what) {
            Err(DecodeError { kind: DecodeErrorKind::OutOfRange, .. }) => return Ok(None),
            other => other?,
        };
        let quantity = self.any_quantity(&Text(Cow::Borrowed(level.quantity.as_str())), what)?;
        Ok(Some(Level { price, quantity }))
    }

    fn malformed(self, error: &serde_json::Error, what: &'static str) -> DecodeError {
        let offset = self.body_offset() + offset_within(self.body, error);
        DecodeError { kind: DecodeErrorKind::Malformed, what, offset }
    }

    /// From milliseconds.
    pub(crate) fn time(self, millis: u64, what: &'static str) -> Result<Timestamp, DecodeError> {
        i64::try_from(millis)
            .ok()
            .and_then(|millis| millis.checked_mul(1_000_000))
            .map(Timestamp::from_nanos)
            .ok_or_else(|| self.refuse(DecodeErrorKind::OutOfRange, what))
    }

    fn any_price(self, text: &Text<'_>, what: &'static str) -> Result<Price, DecodeError> {
        Price::parse(text.as_str().as_bytes()).map_err(|error| self.refuse_at(text, error.into(), what))
    }

    /// A quantity that may be zero.
    pub(crate) fn any_quantity(self, text: &Text<'_>, what: &'static str) -> Result<Quantity, DecodeError> {
        let quantity = Quantity::parse(text.as_str().as_bytes())
            .map_err(|error| self.refuse_at(text, error.into(), what))?;
        if quantity.is_negative() {
            return Err(self.refuse_at(text, DecodeErrorKind::NegativeQuantity, what));
        }
        Ok(quantity)
    }

    /// A price above zero.
    pub(crate) fn price(self, text: Option<&Text<'_>>, what: &'static str) -> Result<Price, DecodeError> {
        let text = self.require(text, what)?;
        let price = self.any_price(text, what)?;
        if price <= Price::ZERO {
            return Err(self.refuse_at(text, DecodeErrorKind::PriceNotPositive, what));
        }
        Ok(price)
    }

    /// A quantity above zero.
    pub(crate) fn traded_quantity(
        self,
        text: Option<&Text<'_>>,
        what: &'static str,
    ) -> Result<Quantity, DecodeError> {
        let text = self.require(text, what)?;
        let quantity = self.any_quantity(text, what)?;
        if quantity.is_zero() {
            return Err(self.refuse_at(text, DecodeErrorKind::ZeroQuantity, what));
        }
        Ok(quantity)
    }

    /// One side of a book ticker; price and quantity zero together say that the side is empty.
    pub(crate) fn best(
        self,
        price: Option<&Text<'_>>,
        quantity: Option<&Text<'_>>,
        what: &'static str,
    ) -> Result<Level, DecodeError> {
        let (price_text, quantity_text) = (self.require(price, what)?, self.require(quantity, what)?);
        let quantity = self.any_quantity(quantity_text, what)?;
        let price = self.any_price(price_text, what)?;
        let is_empty = price == Price::ZERO && quantity.is_zero();
        if price <= Price::ZERO && !is_empty {
            return Err(self.refuse_at(price_text, DecodeErrorKind::PriceNotPositive, what));
        }
        Ok(Level { price, quantity })
    }

    fn body_offset(self) -> usize {
        distance(self.text, self.body)
    }
}

/// Replaces `levels` by what the message lists.
pub(crate) fn fill_levels(
    message: Message<'_>,
    listed: Option<&[[Text<'_>; 2]]>,
    levels: &mut Vec<Level>,
    what: &'static str,
) -> Result<(), DecodeError> {
    levels.clear();
    for [price, quantity] in message.require(listed, what)? {
        let price = message.price(Some(price), what)?;
        levels.push(Level { price, quantity: message.any_quantity(quantity, what)? });
    }
    Ok(())
}

/// Seconds since 1970 with up to nine decimals.
pub(crate) fn parse_seconds(text: &str) -> Option<Timestamp> {
    let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
    if whole.is_empty()
        || fraction.len() > 9
        || !whole.bytes().chain(fraction.bytes()).all(|byte| byte.is_ascii_digit())
    {
        return None;
    }
    let seconds: i64 = whole.parse().ok()?;
    let nanos: i64 = format!("{fraction:0<9}").parse().ok()?;
    seconds.checked_mul(1_000_000_000)?.checked_add(nanos).map(Timestamp::from_nanos)
}

/// Where `part` begins within `whole`; 0 when it does not lie there.
fn distance(whole: &str, part: &str) -> usize {
    let offset = part.as_ptr().addr().wrapping_sub(whole.as_ptr().addr());
    if offset <= whole.len() { offset } else { 0 }
}

/// The parser counts lines and columns; a message is one line unless someone has reformatted it.
fn offset_within(text: &str, error: &serde_json::Error) -> usize {
    let line_start: usize =
        text.split_inclusive('\n').take(error.line().saturating_sub(1)).map(str::len).sum();
    (line_start + error.column().saturating_sub(1)).min(text.len())
}
