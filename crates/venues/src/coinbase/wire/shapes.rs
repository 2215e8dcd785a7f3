use serde::Deserialize;
use serde_json::value::RawValue;

use crate::wire::Text;

#[derive(Deserialize)]
pub(super) struct Envelope<'t> {
    #[serde(borrow)]
    pub(super) channel: Option<Text<'t>>,
    /// Only errors name a type here.
    #[serde(rename = "type", borrow)]
    pub(super) kind: Option<Text<'t>>,
    pub(super) sequence_num: Option<u64>,
    #[serde(borrow)]
    pub(super) events: Option<&'t RawValue>,
}

#[derive(Deserialize)]
pub(super) struct BookEvent<'t> {
    #[serde(rename = "type", borrow)]
    pub(super) kind: Text<'t>,
    #[serde(borrow)]
    pub(super) product_id: Text<'t>,
    #[serde(borrow)]
    pub(super) updates: Vec<LevelChange<'t>>,
}

#[derive(Deserialize)]
pub(super) struct LevelChange<'t> {
    #[serde(borrow)]
    pub(super) side: Text<'t>,
    #[serde(borrow)]
    pub(super) event_time: Text<'t>,
    #[serde(borrow)]
    pub(super) price_level: Text<'t>,
    #[serde(borrow)]
    pub(super) new_quantity: Text<'t>,
}

#[derive(Deserialize)]
pub(super) struct TradesEvent<'t> {
    #[serde(rename = "type", borrow)]
    pub(super) kind: Text<'t>,
    #[serde(borrow)]
    pub(super) trades: Vec<Print<'t>>,
}

#[derive(Deserialize)]
pub(super) struct Print<'t> {
    #[serde(borrow)]
    pub(super) product_id: Text<'t>,
    #[serde(borrow)]
    pub(super) trade_id: Text<'t>,
    #[serde(borrow)]
    pub(super) price: Text<'t>,
    #[serde(borrow)]
    pub(super) size: Text<'t>,
    #[serde(borrow)]
    pub(super) side: Text<'t>,
    #[serde(borrow)]
    pub(super) time: Text<'t>,
}
