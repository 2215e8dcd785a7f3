use domain::{Instrument, InstrumentId};
use market::{BookRules, ChecksumRule, SequenceRule};
use serde::Deserialize;

use super::{KrakenV1Wire, instrument};
use crate::recording::{Frame, FrameKind, Recorded, Subscribed};
use crate::wire::Wire;

/// Recordings of the WebSocket API v1.
pub(crate) struct Kraken;

#[derive(Deserialize)]
struct Request {
    pair: Vec<String>,
    subscription: Subscription,
}

#[derive(Deserialize)]
struct Subscription {
    name: String,
    depth: Option<usize>,
}

/// The depth of a book that named none.
const DEPTH: usize = 10;

impl Recorded for Kraken {
    fn exchange(&self) -> &'static str {
        "KRAKEN"
    }

    fn subscribed(&self, frame: &Frame<'_>) -> Vec<Subscribed> {
        if frame.kind != FrameKind::Send {
            return Vec::new();
        }
        let Ok(Request { pair, subscription }) = serde_json::from_str(&frame.data) else { return Vec::new() };
        let depth = match subscription.name.as_str() {
            "book" => subscription.depth.or(Some(DEPTH)),
            "trade" => None,
            _ => return Vec::new(),
        };
        pair.into_iter().map(|symbol| Subscribed { symbol, depth }).collect()
    }

    fn instrument(&self, _address: &str, symbol: &str) -> Instrument {
        instrument(symbol)
    }

    fn rules(&self, _address: &str, subscribed: &Subscribed) -> BookRules {
        BookRules {
            sequence: SequenceRule::Unnumbered,
            depth_max: subscribed.depth,
            checksum: Some(ChecksumRule::Digits),
        }
    }

    fn wire(&self, _address: &str, symbols: &[(String, InstrumentId)]) -> Box<dyn Wire> {
        Box::new(KrakenV1Wire::new(symbols))
    }
}
