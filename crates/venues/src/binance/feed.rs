//! The live feed of one market: combined streams, and REST snapshots of depth.

use std::time::Duration;

use domain::{FeedMessage, InstrumentId, Timestamp};
use market::BookRules;

use super::{BinanceMarket, Decoder, TradeStream};
use crate::live::{Budget, Outbox, Session, Vendor};
use crate::wire::{DecodeError, Wire};

/// Symbols of one connection: three streams each, of the 1,024 that the venue allows.
const SYMBOLS_MAX: usize = 300;

/// Streams named in one request.
const STREAMS_AT_ONCE: usize = 90;

/// Levels a side of a snapshot.
const SNAPSHOT_LEVELS: u32 = 1_000;

/// The venue closes a connection after 24 h.
const AGE_MAX: Duration = Duration::from_secs(23 * 3_600);

/// Where a market is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BinanceAddresses {
    /// With `ws` or `wss`, without a path.
    pub stream: String,
    /// With `http` or `https`, without a path.
    pub rest: String,
}

impl BinanceMarket {
    /// Where the venue documents the market to be.
    #[must_use]
    pub fn addresses(self) -> BinanceAddresses {
        let (stream, rest) = match self {
            Self::Spot => ("wss://stream.binance.com:9443", "https://api.binance.com"),
            Self::UsdMargined => ("wss://fstream.binance.com", "https://fapi.binance.com"),
            Self::CoinMargined => ("wss://dstream.binance.com", "https://dapi.binance.com"),
        };
        BinanceAddresses { stream: stream.to_owned(), rest: rest.to_owned() }
    }

    pub(super) const fn depth_path(self) -> &'static str {
        match self {
            Self::Spot => "/api/v3/depth",
            Self::UsdMargined => "/fapi/v1/depth",
            Self::CoinMargined => "/dapi/v1/depth",
        }
    }

    /// The stream of trades that the market documents.
    pub(super) const fn trade_stream(self) -> TradeStream {
        match self {
            Self::Spot => TradeStream::Single,
            Self::UsdMargined | Self::CoinMargined => TradeStream::Aggregate,
        }
    }

    const fn provider(self) -> &'static str {
        match self {
            Self::Spot => "binance-spot",
            Self::UsdMargined => "binance-usdm",
            Self::CoinMargined => "binance-coinm",
        }
    }
}

/// What is wanted of one connection.
#[derive(Debug, Clone)]
pub struct BinanceFeed {
    market: BinanceMarket,
    addresses: BinanceAddresses,
    symbols: Vec<(String, InstrumentId)>,
    books: Vec<(InstrumentId, BookRules)>,
}

impl BinanceFeed {
    /// As many connections as the symbols need; each pairs the venue's spelling with the instrument.
    #[must_use]
    pub fn connections(
        market: BinanceMarket,
        addresses: &BinanceAddresses,
        symbols: &[(String, InstrumentId)],
    ) -> Vec<Self> {
        let feed = |symbols: &[(String, InstrumentId)]| Self {
            market,
            addresses: addresses.clone(),
            symbols: symbols.to_vec(),
            books: symbols.iter().map(|(_, id)| (*id, market.sequence_rule().into())).collect(),
        };
        symbols.chunks(SYMBOLS_MAX).map(feed).collect()
    }
}

impl Vendor for BinanceFeed {
    fn provider(&self) -> &'static str {
        self.market.provider()
    }

    fn books(&self) -> &[(InstrumentId, BookRules)] {
        &self.books
    }

    /// Five messages a second are allowed, pongs included; four a second have been seen to be closed, two were not.
    /// A snapshot costs 50 of 6,000 a minute.
    fn budget(&self) -> Budget {
        let apart = Duration::from_millis(500);
        Budget { send_spacing: apart, fetch_spacing: apart, age_max: AGE_MAX }
    }

    fn session(&self) -> Box<dyn Session> {
        let decoder = Decoder::new(self.market, &self.symbols).with_trades(self.market.trade_stream());
        Box::new(BinanceSession { feed: self.clone(), decoder, requests: 0 })
    }
}

struct BinanceSession {
    feed: BinanceFeed,
    decoder: Decoder,
    requests: u64,
}

impl BinanceSession {
    fn subscribe(&mut self, symbols: &[(String, InstrumentId)], out: &mut Outbox) {
        let trades = match self.feed.market.trade_stream() {
            TradeStream::Single => "trade",
            TradeStream::Aggregate => "aggTrade",
        };
        let streams: Vec<String> = symbols
            .iter()
            .map(|(symbol, _)| symbol.to_lowercase())
            .flat_map(|symbol| {
                ["depth@100ms", trades, "bookTicker"].map(|kind| format!("\"{symbol}@{kind}\""))
            })
            .collect();
        for streams in streams.chunks(STREAMS_AT_ONCE) {
            self.requests += 1;
            let (streams, id) = (streams.join(","), self.requests);
            out.say(format!(r#"{{"method":"SUBSCRIBE","params":[{streams}],"id":{id}}}"#));
        }
    }

    fn symbol(&self, instrument: InstrumentId) -> Option<(String, InstrumentId)> {
        self.feed.symbols.iter().find(|(_, id)| *id == instrument).cloned()
    }
}

impl Session for BinanceSession {
    fn address(&self) -> String {
        format!("{}/stream", self.feed.addresses.stream)
    }

    fn opened(&mut self, out: &mut Outbox) {
        let symbols = self.feed.symbols.clone();
        self.subscribe(&symbols, out);
    }

    fn received(
        &mut self,
        text: &[u8],
        receive_time: Timestamp,
        out: &mut Outbox,
        emit: &mut dyn FnMut(FeedMessage<'_>),
    ) -> Result<(), DecodeError> {
        let is_short = text.len() < 200;
        if is_short && memchr::memmem::find(text, b"\"serverShutdown\"").is_some() {
            out.renew();
            return Ok(());
        }
        Wire::decode(&mut self.decoder, text, receive_time, emit)
    }

    fn resync(&mut self, instrument: InstrumentId, out: &mut Outbox) {
        let Some((symbol, _)) = self.symbol(instrument) else { return };
        let (rest, path) = (&self.feed.addresses.rest, self.feed.market.depth_path());
        out.fetch(instrument, format!("{rest}{path}?symbol={symbol}&limit={SNAPSHOT_LEVELS}"));
    }

    /// Subscribing twice to a stream does no harm.
    fn resubscribe(&mut self, instrument: InstrumentId, out: &mut Outbox) {
        let symbol: Vec<_> = self.symbol(instrument).into_iter().collect();
        self.subscribe(&symbol, out);
    }

    fn answered(
        &mut self,
        instrument: InstrumentId,
        body: &[u8],
        receive_time: Timestamp,
        emit: &mut dyn FnMut(FeedMessage<'_>),
    ) -> Result<(), DecodeError> {
        emit(self.decoder.decode_snapshot(body, instrument, receive_time)?);
        Ok(())
    }
}

#[cfg(test)]
mod tests;
