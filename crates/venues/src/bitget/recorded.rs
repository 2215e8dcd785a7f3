use domain::{Currency, Instrument, InstrumentId, InstrumentKind, Rate};
use market::{BookRules, ChecksumRule, SequenceRule};
use serde::Deserialize;

use super::BitgetWire;
use crate::input::plain;
use crate::pair;
use crate::recording::{Frame, FrameKind, Recorded, Subscribed};
use crate::wire::Wire;

pub(crate) struct Bitget;

#[derive(Deserialize)]
struct Request {
    args: Vec<Argument>,
}

#[derive(Deserialize)]
struct Argument {
    channel: String,
    #[serde(rename = "instId")]
    symbol: String,
}

impl Recorded for Bitget {
    fn exchange(&self) -> &'static str {
        "BITGET"
    }

    fn subscribed(&self, frame: &Frame<'_>) -> Vec<Subscribed> {
        if frame.kind != FrameKind::Send {
            return Vec::new();
        }
        let Ok(Request { args }) = serde_json::from_str(&frame.data) else { return Vec::new() };
        let read = args.into_iter().filter(|argument| matches!(argument.channel.as_str(), "books" | "trade"));
        read.map(|argument| Subscribed::whole(argument.symbol)).collect()
    }

    fn instrument(&self, address: &str, symbol: &str) -> Instrument {
        let currencies = pair::split(symbol).unwrap_or((Currency::USDT, Currency::USDT));
        let (venue, kind, maker, taker) = if address.contains("/mix/") {
            ("BITGET-USDM", InstrumentKind::LinearPerpetual, 2, 6)
        } else {
            ("BITGET-SPOT", InstrumentKind::Spot, 10, 10)
        };
        Instrument {
            maker_fee: Rate::from_basis_points(maker),
            taker_fee: Rate::from_basis_points(taker),
            ..plain(symbol.to_owned(), venue, kind, currencies)
        }
    }

    fn rules(&self, _address: &str, _subscribed: &Subscribed) -> BookRules {
        let checksum = Some(ChecksumRule::Interleaved);
        BookRules { sequence: SequenceRule::Unnumbered, depth_max: None, checksum }
    }

    fn wire(&self, _address: &str, symbols: &[(String, InstrumentId)]) -> Box<dyn Wire> {
        Box::new(BitgetWire::new(symbols))
    }
}
