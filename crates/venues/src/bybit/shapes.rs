use serde::Deserialize;
use serde_json::value::RawValue;

use crate::wire::{Literal, PriceLevel};

#[derive(Deserialize)]
pub(super) struct Pushed<'t> {
    #[serde(borrow)]
    pub(super) topic: Option<&'t str>,
    #[serde(rename = "type", borrow)]
    pub(super) kind: Option<&'t str>,
    /// When the message was made.
    #[serde(rename = "ts")]
    pub(super) time: Option<u64>,
    /// When the matching engine made the change.
    #[serde(rename = "cts")]
    pub(super) matched: Option<u64>,
    #[serde(borrow)]
    pub(super) data: Option<&'t RawValue>,
    /// Of acknowledgements.
    pub(super) success: Option<bool>,
}

#[derive(Deserialize)]
pub(super) struct Book<'t> {
    #[serde(rename = "s")]
    pub(super) symbol: &'t str,
    #[serde(rename = "b", borrow)]
    pub(super) bids: Vec<PriceLevel<'t>>,
    #[serde(rename = "a", borrow)]
    pub(super) asks: Vec<PriceLevel<'t>>,
    #[serde(rename = "u")]
    pub(super) update_id: u64,
}

#[derive(Deserialize)]
pub(super) struct Print<'t> {
    #[serde(rename = "T")]
    pub(super) time: u64,
    #[serde(rename = "s")]
    pub(super) symbol: &'t str,
    #[serde(rename = "S")]
    pub(super) side: &'t str,
    #[serde(rename = "v", borrow)]
    pub(super) quantity: Literal<'t>,
    #[serde(rename = "p", borrow)]
    pub(super) price: Literal<'t>,
    #[serde(rename = "i")]
    pub(super) id: &'t str,
}
