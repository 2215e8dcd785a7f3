use domain::Level;
use serde::Deserialize;
use serde_json::value::RawValue;

use crate::wire::{DecodeError, Literal, Message, PriceLevel};

#[derive(Deserialize)]
pub(super) struct Pushed<'t> {
    #[serde(borrow)]
    pub(super) channel: Option<&'t str>,
    #[serde(rename = "type", borrow)]
    pub(super) kind: Option<&'t str>,
    #[serde(borrow)]
    pub(super) data: Option<&'t RawValue>,
    /// Of acknowledgements.
    pub(super) success: Option<bool>,
}

#[derive(Deserialize)]
pub(super) struct Book<'t> {
    pub(super) symbol: &'t str,
    #[serde(borrow, default)]
    pub(super) bids: Vec<Rung<'t>>,
    #[serde(borrow, default)]
    pub(super) asks: Vec<Rung<'t>>,
    pub(super) checksum: Option<u32>,
    #[serde(borrow)]
    pub(super) timestamp: Option<&'t str>,
}

#[derive(Deserialize)]
pub(super) struct Rung<'t> {
    #[serde(borrow)]
    pub(super) price: Literal<'t>,
    #[serde(borrow)]
    pub(super) qty: Literal<'t>,
}

impl<'t> Rung<'t> {
    pub(super) fn level(&self, message: Message<'t>) -> Result<Option<Level>, DecodeError> {
        message.level(&PriceLevel { price: self.price, quantity: self.qty, time: None }, "level of a book")
    }
}

#[derive(Deserialize)]
pub(super) struct Print<'t> {
    pub(super) symbol: &'t str,
    pub(super) side: &'t str,
    #[serde(borrow)]
    pub(super) price: Literal<'t>,
    #[serde(borrow)]
    pub(super) qty: Literal<'t>,
    pub(super) trade_id: u64,
    pub(super) timestamp: &'t str,
}

#[derive(Deserialize)]
pub(super) struct Instruments<'t> {
    #[serde(borrow)]
    pub(super) pairs: Vec<Pair<'t>>,
}

#[derive(Deserialize)]
pub(super) struct Pair<'t> {
    pub(super) symbol: &'t str,
    pub(super) price_precision: u8,
    pub(super) qty_precision: u8,
}
