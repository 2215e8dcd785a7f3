//! The documented fields. All optional, so that a missing one is named instead of failing the parse.

use serde::Deserialize;
use serde::de::IgnoredAny;
use serde_json::value::RawValue;

use crate::wire::Text;

/// What a message is, seen from its outermost fields.
#[derive(Deserialize)]
pub(super) struct Head<'t> {
    #[serde(borrow)]
    pub(super) data: Option<&'t RawValue>,
    #[serde(rename = "lastUpdateId")]
    pub(super) last_update_id: Option<IgnoredAny>,
    #[serde(rename = "e")]
    pub(super) event: Option<IgnoredAny>,
    #[serde(rename = "u")]
    pub(super) update_id: Option<IgnoredAny>,
    pub(super) error: Option<IgnoredAny>,
    pub(super) code: Option<IgnoredAny>,
    pub(super) id: Option<IgnoredAny>,
    pub(super) result: Option<IgnoredAny>,
}

#[derive(Deserialize)]
pub(super) struct Kind<'t> {
    #[serde(rename = "e", borrow)]
    pub(super) event: Option<Text<'t>>,
    #[serde(rename = "u")]
    pub(super) update_id: Option<IgnoredAny>,
    #[serde(rename = "lastUpdateId")]
    pub(super) last_update_id: Option<IgnoredAny>,
}

#[derive(Deserialize)]
pub(super) struct TradePrint<'t> {
    #[serde(rename = "E")]
    pub(super) event_time: Option<u64>,
    #[serde(rename = "T")]
    pub(super) trade_time: Option<u64>,
    #[serde(rename = "s", borrow)]
    pub(super) symbol: Option<Text<'t>>,
    #[serde(rename = "t")]
    pub(super) id: Option<u64>,
    #[serde(rename = "a")]
    pub(super) aggregate_id: Option<u64>,
    #[serde(rename = "p", borrow)]
    pub(super) price: Option<Text<'t>>,
    #[serde(rename = "q", borrow)]
    pub(super) quantity: Option<Text<'t>>,
    #[serde(rename = "m")]
    pub(super) buyer_is_maker: Option<bool>,
}

#[derive(Deserialize)]
pub(super) struct BookTicker<'t> {
    #[serde(rename = "u")]
    pub(super) update_id: Option<u64>,
    #[serde(rename = "T")]
    pub(super) transaction_time: Option<u64>,
    #[serde(rename = "s", borrow)]
    pub(super) symbol: Option<Text<'t>>,
    #[serde(rename = "b", borrow)]
    pub(super) bid: Option<Text<'t>>,
    #[serde(rename = "B", borrow)]
    pub(super) bid_quantity: Option<Text<'t>>,
    #[serde(rename = "a", borrow)]
    pub(super) ask: Option<Text<'t>>,
    #[serde(rename = "A", borrow)]
    pub(super) ask_quantity: Option<Text<'t>>,
}

#[derive(Deserialize)]
pub(super) struct DepthDiff<'t> {
    #[serde(rename = "E")]
    pub(super) event_time: Option<u64>,
    #[serde(rename = "T")]
    pub(super) transaction_time: Option<u64>,
    #[serde(rename = "s", borrow)]
    pub(super) symbol: Option<Text<'t>>,
    #[serde(rename = "U")]
    pub(super) first_update_id: Option<u64>,
    #[serde(rename = "u")]
    pub(super) last_update_id: Option<u64>,
    #[serde(rename = "pu")]
    pub(super) previous_update_id: Option<u64>,
    #[serde(rename = "b", borrow)]
    pub(super) bids: Option<Vec<[Text<'t>; 2]>>,
    #[serde(rename = "a", borrow)]
    pub(super) asks: Option<Vec<[Text<'t>; 2]>>,
}

#[derive(Deserialize)]
pub(super) struct Snapshot<'t> {
    #[serde(rename = "lastUpdateId")]
    pub(super) last_update_id: Option<u64>,
    #[serde(rename = "T")]
    pub(super) transaction_time: Option<u64>,
    #[serde(borrow)]
    pub(super) symbol: Option<Text<'t>>,
    #[serde(borrow)]
    pub(super) bids: Option<Vec<[Text<'t>; 2]>>,
    #[serde(borrow)]
    pub(super) asks: Option<Vec<[Text<'t>; 2]>>,
}
