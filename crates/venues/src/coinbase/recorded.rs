use domain::{Instrument, InstrumentId};
use market::{BookRules, SequenceRule};
use serde::Deserialize;

use super::{CoinbaseWire, instrument};
use crate::recording::{Frame, FrameKind, Recorded, Subscribed};
use crate::wire::Wire;

pub(crate) struct Coinbase;

#[derive(Deserialize)]
struct Request {
    product_ids: Vec<String>,
    channel: String,
}

impl Recorded for Coinbase {
    fn exchange(&self) -> &'static str {
        "COINBASE"
    }

    fn subscribed(&self, frame: &Frame<'_>) -> Vec<Subscribed> {
        if frame.kind != FrameKind::Send {
            return Vec::new();
        }
        match serde_json::from_str(&frame.data) {
            Ok(Request { product_ids, channel })
                if matches!(channel.as_str(), "level2" | "market_trades") =>
            {
                product_ids.into_iter().map(Subscribed::whole).collect()
            }
            _ => Vec::new(),
        }
    }

    fn instrument(&self, _address: &str, symbol: &str) -> Instrument {
        instrument(symbol)
    }

    fn rules(&self, _address: &str, _subscribed: &Subscribed) -> BookRules {
        SequenceRule::Unnumbered.into()
    }

    fn wire(&self, _address: &str, symbols: &[(String, InstrumentId)]) -> Box<dyn Wire> {
        Box::new(CoinbaseWire::new(symbols))
    }
}
