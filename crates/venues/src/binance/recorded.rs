use domain::{FeedMessage, Instrument, InstrumentId, Timestamp};
use market::BookRules;

use super::instruments::named;
use super::{BinanceMarket, Decoder, TradeStream};
use crate::recording::{Answers, Frame, FrameKind, Recorded, Subscribed};
use crate::wire::{DecodeError, Wire};

/// Recordings of one market.
pub(crate) struct Binance {
    exchange: &'static str,
    market: BinanceMarket,
}

pub(crate) static SPOT: Binance = Binance { exchange: "BINANCE", market: BinanceMarket::Spot };
pub(crate) static USD_MARGINED: Binance =
    Binance { exchange: "BINANCE_FUTURES", market: BinanceMarket::UsdMargined };

/// Answers with the depth of a symbol.
struct DepthAnswers {
    decoder: Decoder,
    symbols: Vec<(String, InstrumentId)>,
}

impl Recorded for Binance {
    fn exchange(&self) -> &'static str {
        self.exchange
    }

    /// Streams are named in the address, as `…/stream?streams=btcusdt@depth/btcusdt@trade`.
    fn subscribed(&self, frame: &Frame<'_>) -> Vec<Subscribed> {
        let streams = frame.address.split_once("streams=").map(|(_, streams)| streams);
        let Some(streams) = streams.filter(|_| frame.kind == FrameKind::Connect) else { return Vec::new() };
        let symbol = |stream: &str| stream.split_once('@').map(|(symbol, _)| symbol.to_uppercase());
        streams.split('/').filter_map(symbol).map(Subscribed::whole).collect()
    }

    fn instrument(&self, _address: &str, symbol: &str) -> Instrument {
        named(self.market, symbol)
    }

    fn rules(&self, _address: &str, _subscribed: &Subscribed) -> BookRules {
        self.market.sequence_rule().into()
    }

    fn wire(&self, address: &str, symbols: &[(String, InstrumentId)]) -> Box<dyn Wire> {
        let trades = if address.contains("@trade") { TradeStream::Single } else { TradeStream::Aggregate };
        Box::new(Decoder::new(self.market, symbols).with_trades(trades))
    }

    fn answers(&self, symbols: &[(String, InstrumentId)]) -> Option<Box<dyn Answers>> {
        let decoder = Decoder::new(self.market, symbols);
        Some(Box::new(DepthAnswers { decoder, symbols: symbols.to_vec() }))
    }
}

impl Answers for DepthAnswers {
    fn decode(
        &mut self,
        url: &str,
        text: &[u8],
        receive_time: Timestamp,
        emit: &mut dyn FnMut(FeedMessage<'_>),
    ) -> Result<(), DecodeError> {
        let asked = url
            .split_once("/depth?")
            .and_then(|(_, query)| query.split('&').find_map(|part| part.strip_prefix("symbol=")));
        let asked = asked.and_then(|symbol| self.symbols.iter().find(|(known, _)| known == symbol));
        if let Some(&(_, instrument)) = asked {
            emit(self.decoder.decode_snapshot(text, instrument, receive_time)?);
        }
        Ok(())
    }
}
