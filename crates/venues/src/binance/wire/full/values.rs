//! Field values to domain numbers, with the place of what is refused.

use std::borrow::Cow;

use domain::{Level, Price, Quantity, Timestamp};
use serde::Deserialize;

use super::super::{DecodeError, DecodeErrorKind};
use super::shapes::Text;

/// A message and the object within it that is being read.
#[derive(Clone, Copy)]
pub(super) struct Message<'t> {
    pub(super) text: &'t str,
    pub(super) body: &'t str,
}

impl<'t> Message<'t> {
    /// Parses the object.
    pub(super) fn read<T: Deserialize<'t>>(self, what: &'static str) -> Result<T, DecodeError> {
        // A struct would also be read from an array, field by field.
        if !self.body.trim_ascii_start().starts_with('{') {
            return Err(self.refuse(DecodeErrorKind::Malformed, what));
        }
        serde_json::from_str(self.body).map_err(|error| DecodeError {
            kind: DecodeErrorKind::Malformed,
            what,
            offset: self.body_offset() + offset_within(self.body, &error),
        })
    }

    pub(super) fn refuse(self, kind: DecodeErrorKind, what: &'static str) -> DecodeError {
        DecodeError { kind, what, offset: self.body_offset() }
    }

    pub(super) fn refuse_at(
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

    pub(super) fn require<T>(self, value: Option<T>, what: &'static str) -> Result<T, DecodeError> {
        value.ok_or_else(|| self.refuse(DecodeErrorKind::Missing, what))
    }

    /// From milliseconds.
    pub(super) fn time(self, millis: u64, what: &'static str) -> Result<Timestamp, DecodeError> {
        i64::try_from(millis)
            .ok()
            .and_then(|millis| millis.checked_mul(1_000_000))
            .map(Timestamp::from_nanos)
            .ok_or_else(|| self.refuse(DecodeErrorKind::OutOfRange, what))
    }

    fn any_price(self, text: &Text<'_>, what: &'static str) -> Result<Price, DecodeError> {
        Price::parse(text.as_str().as_bytes()).map_err(|error| self.refuse_at(text, error.into(), what))
    }

    fn any_quantity(self, text: &Text<'_>, what: &'static str) -> Result<Quantity, DecodeError> {
        let quantity = Quantity::parse(text.as_str().as_bytes())
            .map_err(|error| self.refuse_at(text, error.into(), what))?;
        if quantity.is_negative() {
            return Err(self.refuse_at(text, DecodeErrorKind::NegativeQuantity, what));
        }
        Ok(quantity)
    }

    /// A price above zero.
    pub(super) fn price(self, text: Option<&Text<'_>>, what: &'static str) -> Result<Price, DecodeError> {
        let text = self.require(text, what)?;
        let price = self.any_price(text, what)?;
        if price <= Price::ZERO {
            return Err(self.refuse_at(text, DecodeErrorKind::PriceNotPositive, what));
        }
        Ok(price)
    }

    /// A quantity above zero.
    pub(super) fn traded_quantity(
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
    pub(super) fn best(
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
pub(super) fn fill_levels(
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
