//! Short names that fit a register or two: currencies and venues.

use std::fmt;

use serde::{Deserialize, Serialize};

/// A name of one to `N` ASCII letters, digits, `-`, `_` or `.`, upper case, held in place.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Code<const N: usize>([u8; N]);

/// A currency or asset: `USD`, `BTC`, `1000PEPE`.
pub type Currency = Code<8>;

/// A market place: `BINANCE-SPOT`, `NYSE`, `OANDA`.
pub type Venue = Code<16>;

impl Currency {
    pub const USD: Self = Self(*b"USD\0\0\0\0\0");
    pub const USDT: Self = Self(*b"USDT\0\0\0\0");
    pub const BTC: Self = Self(*b"BTC\0\0\0\0\0");
    pub const EUR: Self = Self(*b"EUR\0\0\0\0\0");
}

impl<const N: usize> Code<N> {
    /// `None` when the text is empty, too long or holds another character; lower case is raised.
    #[must_use]
    pub fn new(text: &str) -> Option<Self> {
        let allowed = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.');
        if text.is_empty() || text.len() > N || !text.bytes().all(allowed) {
            return None;
        }
        let mut bytes = [0; N];
        bytes[..text.len()].copy_from_slice(text.as_bytes());
        bytes.make_ascii_uppercase();
        Some(Self(bytes))
    }

    #[must_use]
    pub fn as_str(&self) -> &str {
        let length = self.0.iter().position(|&byte| byte == 0).unwrap_or(N);
        std::str::from_utf8(&self.0[..length]).unwrap_or_default()
    }
}

impl<const N: usize> fmt::Display for Code<N> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.pad(self.as_str())
    }
}

impl<const N: usize> fmt::Debug for Code<N> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.as_str())
    }
}

impl<const N: usize> Serialize for Code<N> {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

impl<'de, const N: usize> Deserialize<'de> for Code<N> {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = <std::borrow::Cow<'de, str>>::deserialize(deserializer)?;
        Self::new(&text).ok_or_else(|| {
            serde::de::Error::custom(format_args!(
                "`{text}` is no name of 1 to {N} letters, digits, `-`, `_`, `.`"
            ))
        })
    }
}
