use std::fmt;

use serde::Deserialize;
use serde::de::{IgnoredAny, SeqAccess, Visitor};
use serde_json::value::RawValue;

use crate::wire::{Literal, PriceLevel};

/// A message that is an object: an acknowledgement, a heartbeat or an error.
#[derive(Deserialize)]
pub(super) struct Event<'t> {
    #[serde(borrow)]
    pub(super) status: Option<&'t str>,
    #[serde(rename = "errorMessage", borrow)]
    pub(super) error: Option<&'t RawValue>,
}

/// A message that is a list: contents between the channel's number and its name.
pub(super) struct Update<'t> {
    pub(super) contents: Vec<&'t RawValue>,
    pub(super) channel: &'t str,
    pub(super) pair: &'t str,
}

impl<'t> Update<'t> {
    pub(super) fn of(elements: &[&'t RawValue]) -> Option<Self> {
        let [_, contents @ .., channel, pair] = elements else { return None };
        let text = |value: &'t RawValue| value.get().strip_prefix('"')?.strip_suffix('"');
        Some(Self { contents: contents.to_vec(), channel: text(channel)?, pair: text(pair)? })
    }
}

/// One side or both, as a snapshot or as changes.
#[derive(Deserialize)]
pub(super) struct BookPart<'t> {
    #[serde(rename = "as", borrow)]
    pub(super) snapshot_asks: Option<Vec<PriceLevel<'t>>>,
    #[serde(rename = "bs", borrow)]
    pub(super) snapshot_bids: Option<Vec<PriceLevel<'t>>>,
    #[serde(rename = "a", borrow)]
    pub(super) asks: Option<Vec<PriceLevel<'t>>>,
    #[serde(rename = "b", borrow)]
    pub(super) bids: Option<Vec<PriceLevel<'t>>>,
    #[serde(rename = "c", borrow)]
    pub(super) checksum: Option<Literal<'t>>,
}

/// `[price, volume, time, side, order type, …]`.
pub(super) struct Print<'t> {
    pub(super) price: Literal<'t>,
    pub(super) quantity: Literal<'t>,
    pub(super) time: Literal<'t>,
    pub(super) side: &'t str,
}

impl<'t, 'de: 't> Deserialize<'de> for Print<'t> {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Elements;

        impl<'de> Visitor<'de> for Elements {
            type Value = Print<'de>;

            fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.write_str("a list of price, volume, time and side")
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut elements: A) -> Result<Self::Value, A::Error> {
                let missing = |index| serde::de::Error::invalid_length(index, &self);
                let print = Print {
                    price: elements.next_element()?.ok_or_else(|| missing(0))?,
                    quantity: elements.next_element()?.ok_or_else(|| missing(1))?,
                    time: elements.next_element()?.ok_or_else(|| missing(2))?,
                    side: elements.next_element()?.ok_or_else(|| missing(3))?,
                };
                while elements.next_element::<IgnoredAny>()?.is_some() {}
                Ok(print)
            }
        }

        deserializer.deserialize_seq(Elements)
    }
}
