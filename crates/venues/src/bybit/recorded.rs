use domain::{Currency, Instrument, InstrumentId, InstrumentKind, Rate};
use market::{BookRules, SequenceRule};
use serde::Deserialize;

use super::BybitWire;
use crate::input::plain;
use crate::pair;
use crate::recording::{Frame, FrameKind, Recorded, Subscribed};
use crate::wire::Wire;

pub(crate) struct Bybit;

#[derive(Deserialize)]
struct Request {
    args: Vec<String>,
}

impl Recorded for Bybit {
    fn exchange(&self) -> &'static str {
        "BYBIT"
    }

    fn subscribed(&self, frame: &Frame<'_>) -> Vec<Subscribed> {
        if frame.kind != FrameKind::Send {
            return Vec::new();
        }
        let Ok(Request { args }) = serde_json::from_str(&frame.data) else { return Vec::new() };
        let read =
            args.iter().filter(|topic| topic.starts_with("orderbook.") || topic.starts_with("publicTrade."));
        read.filter_map(|topic| topic.rsplit_once('.')).map(|(_, symbol)| Subscribed::whole(symbol)).collect()
    }

    fn instrument(&self, address: &str, symbol: &str) -> Instrument {
        let currencies = pair::split(symbol).unwrap_or((Currency::USDT, Currency::USDT));
        let (venue, kind, maker, taker) = if address.ends_with("/spot") {
            ("BYBIT-SPOT", InstrumentKind::Spot, 10, 10)
        } else {
            ("BYBIT-LINEAR", InstrumentKind::LinearPerpetual, 2, 6)
        };
        Instrument {
            maker_fee: Rate::from_basis_points(maker),
            taker_fee: Rate::from_basis_points(taker),
            ..plain(symbol.to_owned(), venue, kind, currencies)
        }
    }

    fn rules(&self, _address: &str, _subscribed: &Subscribed) -> BookRules {
        SequenceRule::Streamed.into()
    }

    fn wire(&self, _address: &str, symbols: &[(String, InstrumentId)]) -> Box<dyn Wire> {
        Box::new(BybitWire::new(symbols))
    }
}
