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

/// Writes the serde and `Display`/`FromStr` faces that every exact decimal shares: decimal text for people
/// (`"61837.63"`), the scaled integer for compact binary formats.
macro_rules! decimal_faces {
    ($name:ident, $raw:ty, $decimals:expr) => {
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
pub(crate) use decimal_faces;
