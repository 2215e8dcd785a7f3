use domain::{InstrumentId, Level, Money, Price, Quantity, Rate, Span, Timestamp};

use super::codes::Codes;
use super::{Directory, Unreadable};

type Read<T> = Result<T, Unreadable>;

/// Takes fields, each under the name that an error says.
pub(super) struct Reader<'a>(&'a [u8]);

impl<'a> Reader<'a> {
    pub(super) const fn new(bytes: &'a [u8]) -> Self {
        Self(bytes)
    }

    pub(super) const fn left(&self) -> usize {
        self.0.len()
    }

    #[inline]
    pub(super) fn bytes(&mut self, field: &'static str, length: usize) -> Read<&'a [u8]> {
        let (taken, rest) = self.0.split_at_checked(length).ok_or(Unreadable::Cut(field))?;
        self.0 = rest;
        Ok(taken)
    }

    #[inline]
    fn array<const N: usize>(&mut self, field: &'static str) -> Read<[u8; N]> {
        let (taken, rest) = self.0.split_first_chunk::<N>().ok_or(Unreadable::Cut(field))?;
        self.0 = rest;
        Ok(*taken)
    }

    #[inline]
    pub(super) fn byte(&mut self, field: &'static str) -> Read<u8> {
        self.array::<1>(field).map(|[byte]| byte)
    }

    pub(super) fn code<T: Codes>(&mut self, field: &'static str) -> Read<T> {
        let code = self.byte(field)?;
        T::decode(code).ok_or(Unreadable::Code { field, code })
    }

    #[inline]
    pub(super) fn number(&mut self, field: &'static str) -> Read<u64> {
        u64::try_from(self.wide_number(field)?).map_err(|_| Unreadable::Range(field))
    }

    /// Every number has one form: the shortest.
    #[inline]
    fn wide_number(&mut self, field: &'static str) -> Read<u128> {
        let mut value = 0u128;
        let mut shift = 0;
        loop {
            let byte = self.byte(field)?;
            let bits = u128::from(byte & 0x7f);
            if shift > 121 && bits >> (128 - shift) != 0 {
                return Err(Unreadable::Range(field));
            }
            value |= bits << shift;
            if byte < 0x80 {
                let is_shortest = byte != 0 || shift == 0;
                return if is_shortest { Ok(value) } else { Err(Unreadable::Range(field)) };
            }
            shift += 7;
            if shift > 126 {
                return Err(Unreadable::Range(field));
            }
        }
    }

    #[inline]
    pub(super) fn signed(&mut self, field: &'static str) -> Read<i64> {
        let value = self.number(field)?;
        Ok((value >> 1).cast_signed() ^ -(value & 1).cast_signed())
    }

    #[inline]
    fn wide_signed(&mut self, field: &'static str) -> Read<i128> {
        let value = self.wide_number(field)?;
        Ok((value >> 1).cast_signed() ^ -(value & 1).cast_signed())
    }

    pub(super) fn small<T: TryFrom<u64>>(&mut self, field: &'static str) -> Read<T> {
        T::try_from(self.number(field)?).map_err(|_| Unreadable::Range(field))
    }

    pub(super) fn price(&mut self, field: &'static str) -> Read<Price> {
        self.signed(field).map(Price::from_raw)
    }

    pub(super) fn quantity(&mut self, field: &'static str) -> Read<Quantity> {
        self.wide_signed(field).map(Quantity::from_raw)
    }

    pub(super) fn money(&mut self, field: &'static str) -> Read<Money> {
        self.wide_signed(field).map(Money::from_raw)
    }

    pub(super) fn rate(&mut self, field: &'static str) -> Read<Rate> {
        self.signed(field).map(Rate::from_raw)
    }

    pub(super) fn level(&mut self, field: &'static str) -> Read<Level> {
        Ok(Level { price: self.price(field)?, quantity: self.quantity(field)? })
    }

    pub(super) fn time(&mut self, field: &'static str) -> Read<Timestamp> {
        self.array(field).map(|bytes| Timestamp::from_nanos(i64::from_le_bytes(bytes)))
    }

    pub(super) fn later(&mut self, field: &'static str, earlier: Timestamp) -> Read<Timestamp> {
        let distance = self.signed(field)?;
        Ok(Timestamp::from_nanos(earlier.nanos().wrapping_add(distance)))
    }

    pub(super) fn span(&mut self, field: &'static str) -> Read<Span> {
        self.signed(field).map(Span::from_nanos)
    }

    pub(super) fn uuid(&mut self, field: &'static str) -> Read<uuid::Uuid> {
        self.array(field).map(uuid::Uuid::from_bytes)
    }

    pub(super) fn short_text(&mut self, field: &'static str) -> Read<&'a str> {
        let length = self.byte(field)?;
        let bytes = self.bytes(field, usize::from(length))?;
        std::str::from_utf8(bytes).map_err(|_| Unreadable::Text(field))
    }

    pub(super) fn text(&mut self, field: &'static str) -> Read<&'a str> {
        let length = self.small(field)?;
        let bytes = self.bytes(field, length)?;
        std::str::from_utf8(bytes).map_err(|_| Unreadable::Text(field))
    }

    pub(super) fn json<T: serde::de::DeserializeOwned>(&mut self, field: &'static str) -> Read<T> {
        serde_json::from_str(self.text(field)?).map_err(|_| Unreadable::Text(field))
    }

    /// The number of the instrument whose name comes next; the name stays where it is.
    pub(super) fn peek_instrument(&self, directory: &Directory) -> Read<InstrumentId> {
        Self(self.0).instrument(directory)
    }

    /// Looks the name up as it stands, without taking it apart.
    #[inline]
    pub(super) fn instrument(&mut self, directory: &Directory) -> Read<InstrumentId> {
        let start = self.0;
        for field in ["venue", "symbol"] {
            let length = self.byte(field)?;
            self.bytes(field, usize::from(length))?;
        }
        let name = &start[..start.len() - self.0.len()];
        directory.id_of(name).ok_or_else(|| Directory::refuse(name))
    }
}
