use std::borrow::Cow;
use std::fmt;

use serde::de::{IgnoredAny, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer};
use serde_json::value::RawValue;

/// A JSON string: borrowed, or owned where it was written with escapes.
#[derive(Deserialize)]
#[serde(transparent)]
pub(crate) struct Text<'t>(#[serde(borrow)] pub(crate) Cow<'t, str>);

impl Text<'_> {
    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }
}

/// A number as it was written, whether as a string or bare: a float would lose its last digits and its zeros.
#[derive(Clone, Copy)]
pub(crate) struct Literal<'t>(&'t str);

impl<'t> Literal<'t> {
    pub(crate) const fn as_str(self) -> &'t str {
        self.0
    }

    /// How many decimals it is written with.
    pub(crate) fn decimals(self) -> u8 {
        let fraction = self.0.split_once('.').map_or(0, |(_, fraction)| fraction.len());
        u8::try_from(fraction).unwrap_or(u8::MAX)
    }
}

impl<'t, 'de: 't> Deserialize<'de> for Literal<'t> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let raw = <&RawValue>::deserialize(deserializer)?.get();
        let inner = raw.strip_prefix('"').and_then(|rest| rest.strip_suffix('"'));
        Ok(Self(inner.unwrap_or(raw)))
    }
}

/// A level as `[price, quantity, …]`; what follows is the venue's own.
pub(crate) struct PriceLevel<'t> {
    pub(crate) price: Literal<'t>,
    pub(crate) quantity: Literal<'t>,
    /// The third element, where there is one.
    pub(crate) time: Option<Literal<'t>>,
}

impl<'t, 'de: 't> Deserialize<'de> for PriceLevel<'t> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Elements;

        impl<'de> Visitor<'de> for Elements {
            type Value = PriceLevel<'de>;

            fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.write_str("a list of price and quantity")
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut elements: A) -> Result<Self::Value, A::Error> {
                let missing = |index| serde::de::Error::invalid_length(index, &self);
                let price = elements.next_element()?.ok_or_else(|| missing(0))?;
                let quantity = elements.next_element()?.ok_or_else(|| missing(1))?;
                let time = elements.next_element()?;
                while elements.next_element::<IgnoredAny>()?.is_some() {}
                Ok(PriceLevel { price, quantity, time })
            }
        }

        deserializer.deserialize_seq(Elements)
    }
}
