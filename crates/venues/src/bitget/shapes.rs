use serde::Deserialize;
use serde_json::value::RawValue;

use crate::wire::{Literal, PriceLevel};

#[derive(Deserialize)]
pub(super) struct Pushed<'t> {
    #[serde(borrow)]
    pub(super) event: Option<&'t str>,
    #[serde(borrow)]
    pub(super) action: Option<&'t str>,
    #[serde(rename = "arg", borrow)]
    pub(super) argument: Option<Argument<'t>>,
    #[serde(borrow)]
    pub(super) data: Option<&'t RawValue>,
}

#[derive(Deserialize)]
pub(super) struct Argument<'t> {
    pub(super) channel: &'t str,
    #[serde(rename = "instId")]
    pub(super) symbol: &'t str,
}

#[derive(Deserialize)]
pub(super) struct Book<'t> {
    #[serde(borrow)]
    pub(super) bids: Vec<PriceLevel<'t>>,
    #[serde(borrow)]
    pub(super) asks: Vec<PriceLevel<'t>>,
    pub(super) checksum: Option<i32>,
    #[serde(rename = "ts")]
    pub(super) time: &'t str,
}

/// `[time in ms, price, size, side]`.
#[derive(Deserialize)]
pub(super) struct Print<'t>(
    pub(super) &'t str,
    #[serde(borrow)] pub(super) Literal<'t>,
    #[serde(borrow)] pub(super) Literal<'t>,
    pub(super) &'t str,
);
