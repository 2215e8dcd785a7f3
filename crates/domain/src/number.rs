//! Exact decimals. Prices and quantities carry nine decimals, money eighteen, so that price × quantity is
//! exact; arithmetic is checked and says which operation failed.

mod money;
mod price;
mod quantity;
mod rate;
mod text;

pub use money::Money;
pub use price::Price;
pub use quantity::Quantity;
pub use rate::Rate;

use thiserror::Error;

/// Why a number could not be read or computed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum NumberError {
    /// The text is no plain decimal number.
    #[error("is not a decimal number")]
    Malformed,
    /// More significant decimals than the type holds; nothing is ever rounded silently.
    #[error("has more than {0} decimals")]
    TooPrecise(u32),
    /// The value or result lies outside the type's range.
    #[error("is out of range")]
    Overflow,
    /// Division by zero.
    #[error("is divided by zero")]
    DivisionByZero,
}

/// Writes what every exact decimal shares: construction, checked sums, and the serde, `Display` and `FromStr`
/// faces: decimal text for people (`"61837.63"`), the scaled integer for compact binary formats.
macro_rules! decimal {
    ($name:ident, $raw:ty, $decimals:literal) => {
        impl $name {
            pub const DECIMALS: u32 = $decimals;
            pub const SCALE: $raw = (10 as $raw).pow($decimals);
            pub const ZERO: Self = Self(0);

            /// From units of the last decimal.
            #[must_use]
            pub const fn from_raw(raw: $raw) -> Self {
                Self(raw)
            }

            /// In units of the last decimal.
            #[must_use]
            pub const fn raw(self) -> $raw {
                self.0
            }

            /// Reads plain decimal text such as `-61837.63`.
            ///
            /// # Errors
            /// See [`NumberError`](crate::NumberError).
            #[inline]
            pub fn parse(bytes: &[u8]) -> Result<Self, $crate::number::NumberError> {
                let raw = $crate::number::text::parse(bytes, Self::DECIMALS)?;
                <$raw>::try_from(raw).map(Self).map_err(|_| $crate::number::NumberError::Overflow)
            }

            #[must_use]
            #[inline]
            pub const fn checked_add(self, other: Self) -> Option<Self> {
                match self.0.checked_add(other.0) {
                    Some(raw) => Some(Self(raw)),
                    None => None,
                }
            }

            #[must_use]
            #[inline]
            pub const fn checked_sub(self, other: Self) -> Option<Self> {
                match self.0.checked_sub(other.0) {
                    Some(raw) => Some(Self(raw)),
                    None => None,
                }
            }

            #[must_use]
            pub const fn is_zero(self) -> bool {
                self.0 == 0
            }

            #[must_use]
            pub const fn is_positive(self) -> bool {
                self.0 > 0
            }

            #[must_use]
            pub const fn is_negative(self) -> bool {
                self.0 < 0
            }

            /// The magnitude; saturates at the end of the range.
            #[must_use]
            pub const fn abs(self) -> Self {
                Self(self.0.saturating_abs())
            }

            /// The opposite sign; saturates at the end of the range.
            #[must_use]
            pub const fn negate(self) -> Self {
                Self(self.0.saturating_neg())
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                $crate::number::text::write(formatter, i128::from(self.0), $decimals)
            }
        }

        impl std::fmt::Debug for $name {
            fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                write!(formatter, "{}({self})", stringify!($name))
            }
        }

        impl std::str::FromStr for $name {
            type Err = $crate::number::NumberError;

            fn from_str(text: &str) -> Result<Self, Self::Err> {
                Self::parse(text.as_bytes())
            }
        }

        impl serde::Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                if serializer.is_human_readable() {
                    serializer.collect_str(self)
                } else {
                    self.0.serialize(serializer)
                }
            }
        }

        impl<'de> serde::Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                if deserializer.is_human_readable() {
                    let text = <std::borrow::Cow<'de, str>>::deserialize(deserializer)?;
                    Self::parse(text.as_bytes())
                        .map_err(|error| serde::de::Error::custom(format_args!("`{text}` {error}")))
                } else {
                    <$raw>::deserialize(deserializer).map(Self)
                }
            }
        }
    };
}
pub(crate) use decimal;
