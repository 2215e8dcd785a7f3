//! Any JSON with the documented fields, in any order and spelling. Slower, and the only place that says why a
//! message is refused.

mod shapes;
mod values;

use std::str;

use domain::{FeedMessage, InstrumentId, Quote, Side, Timestamp, Trade};

use super::buffers::Buffers;
use super::symbols::Symbols;
use super::{BinanceMarket, DecodeError, DecodeErrorKind, Decoded};
use shapes::{BookTicker, DepthDiff, Head, Kind, Snapshot, Text, TradePrint};
use values::{Message, fill_levels};

/// Streams that exist and are not read here.
const OF_NO_INTEREST: [&str; 16] = [
    "aggTrade",
    "kline",
    "continuous_kline",
    "indexPrice_kline",
    "markPrice_kline",
    "markPriceUpdate",
    "indexPriceUpdate",
    "24hrTicker",
    "24hrMiniTicker",
    "1hTicker",
    "4hTicker",
    "1dTicker",
    "avgPrice",
    "forceOrder",
    "contractInfo",
    "serverShutdown",
];

pub(super) fn read(
    text: &[u8],
    receive_time: Timestamp,
    market: BinanceMarket,
    symbols: &Symbols,
    buffers: &mut Buffers,
) -> Result<Option<Decoded>, DecodeError> {
    let text = str::from_utf8(text).map_err(|error| DecodeError {
        kind: DecodeErrorKind::InvalidUtf8,
        what: "message",
        offset: error.valid_up_to(),
    })?;
    if text.trim_ascii().is_empty() {
        return Err(DecodeError { kind: DecodeErrorKind::Empty, what: "message", offset: 0 });
    }
    let message = Message { text, body: text };
    let head: Head<'_> = message.read("message")?;
    let reader = Reader { receive_time, market, symbols };
    if let Some(data) = head.data {
        return reader.event(Message { text, body: data.get() }, buffers);
    }
    if head.last_update_id.is_some() {
        return reader.snapshot(message, buffers).map(Some);
    }
    if head.event.is_some() || head.update_id.is_some() {
        return reader.event(message, buffers);
    }
    if head.error.is_some() || head.code.is_some() {
        return Err(message.refuse(DecodeErrorKind::ReportedByVenue, "message"));
    }
    if head.id.is_some() || head.result.is_some() {
        return Ok(None);
    }
    Err(message.refuse(DecodeErrorKind::Missing, "`data`"))
}

/// What all messages of a connection share.
#[derive(Clone, Copy)]
struct Reader<'s> {
    receive_time: Timestamp,
    market: BinanceMarket,
    symbols: &'s Symbols,
}

impl Reader<'_> {
    fn event(self, message: Message<'_>, buffers: &mut Buffers) -> Result<Option<Decoded>, DecodeError> {
        let kind: Kind<'_> = message.read("`data`")?;
        match kind.event.as_ref().map(Text::as_str) {
            Some("trade") => self.trade(message).map(Some),
            Some("depthUpdate") => self.depth_update(message, buffers).map(Some),
            Some("bookTicker") => self.quote(message).map(Some),
            // Spot book tickers carry no event name.
            None if kind.update_id.is_some() => self.quote(message).map(Some),
            // Partial books, which only make sense to who keeps no book.
            None if kind.last_update_id.is_some() => Ok(None),
            None => Err(message.refuse(DecodeErrorKind::Missing, "event type `e`")),
            Some(name) if OF_NO_INTEREST.contains(&name) => Ok(None),
            Some(_) => Err(message.refuse(DecodeErrorKind::UnknownEvent, "event type `e`")),
        }
    }

    fn trade(self, message: Message<'_>) -> Result<Decoded, DecodeError> {
        let print: TradePrint<'_> = message.read("trade")?;
        let buyer_is_maker = message.require(print.buyer_is_maker, "maker flag `m`")?;
        message.require(print.event_time, "event time `E`")?;
        Ok(Decoded::Own(FeedMessage::Trade(Trade {
            instrument: self.instrument(message, print.symbol.as_ref())?,
            id: message.require(print.id, "trade id `t`")?,
            price: message.price(print.price.as_ref(), "price `p`")?,
            quantity: message.traded_quantity(print.quantity.as_ref(), "quantity `q`")?,
            aggressor: Some(if buyer_is_maker { Side::Sell } else { Side::Buy }),
            venue_time: message
                .time(message.require(print.trade_time, "trade time `T`")?, "trade time `T`")?,
            receive_time: self.receive_time,
        })))
    }

    fn quote(self, message: Message<'_>) -> Result<Decoded, DecodeError> {
        let ticker: BookTicker<'_> = message.read("book ticker")?;
        let venue_time = match ticker.transaction_time {
            Some(time) => message.time(time, "transaction time `T`")?,
            None => self.receive_time,
        };
        let quote = Quote {
            instrument: self.instrument(message, ticker.symbol.as_ref())?,
            bid: message.best(ticker.bid.as_ref(), ticker.bid_quantity.as_ref(), "bid `b`, `B`")?,
            ask: message.best(ticker.ask.as_ref(), ticker.ask_quantity.as_ref(), "ask `a`, `A`")?,
            venue_time,
            receive_time: self.receive_time,
        };
        let update_id = message.require(ticker.update_id, "update id `u`")?;
        Ok(Decoded::Own(FeedMessage::Quote { quote, update_id: Some(update_id) }))
    }

    fn depth_update(self, message: Message<'_>, buffers: &mut Buffers) -> Result<Decoded, DecodeError> {
        let diff: DepthDiff<'_> = message.read("depth update")?;
        let update = &mut buffers.update;
        let event_time = message.require(diff.event_time, "event time `E`")?;
        let event_time = message.time(event_time, "event time `E`")?;
        update.venue_time = match diff.transaction_time {
            Some(time) => message.time(time, "transaction time `T`")?,
            None => event_time,
        };
        update.receive_time = self.receive_time;
        update.instrument = self.instrument(message, diff.symbol.as_ref())?;
        update.first_update_id = message.require(diff.first_update_id, "first update id `U`")?;
        update.last_update_id = message.require(diff.last_update_id, "last update id `u`")?;
        update.previous_update_id = diff.previous_update_id;
        if self.market.names_previous_update() {
            message.require(diff.previous_update_id, "previous update id `pu`")?;
        }
        if update.first_update_id > update.last_update_id {
            return Err(message.refuse(DecodeErrorKind::UpdateIdsReversed, "update id range `U`, `u`"));
        }
        fill_levels(message, diff.bids.as_deref(), &mut update.bids, "bids `b`")?;
        fill_levels(message, diff.asks.as_deref(), &mut update.asks, "asks `a`")?;
        Ok(Decoded::DepthUpdate)
    }

    fn snapshot(self, message: Message<'_>, buffers: &mut Buffers) -> Result<Decoded, DecodeError> {
        let whole: Snapshot<'_> = message.read("depth snapshot")?;
        let snapshot = &mut buffers.snapshot;
        snapshot.venue_time = match whole.transaction_time {
            Some(time) => message.time(time, "transaction time `T`")?,
            None => self.receive_time,
        };
        snapshot.receive_time = self.receive_time;
        snapshot.instrument = match whole.symbol.as_ref() {
            Some(symbol) => self.instrument(message, Some(symbol))?,
            None => self
                .symbols
                .only()
                .ok_or_else(|| message.refuse(DecodeErrorKind::AmbiguousSymbol, "depth snapshot"))?,
        };
        snapshot.last_update_id = message.require(whole.last_update_id, "`lastUpdateId`")?;
        fill_levels(message, whole.bids.as_deref(), &mut snapshot.bids, "`bids`")?;
        fill_levels(message, whole.asks.as_deref(), &mut snapshot.asks, "`asks`")?;
        Ok(Decoded::DepthSnapshot)
    }

    fn instrument(
        self,
        message: Message<'_>,
        symbol: Option<&Text<'_>>,
    ) -> Result<InstrumentId, DecodeError> {
        let Some(symbol) = symbol else {
            return Err(message.refuse(DecodeErrorKind::Missing, "symbol `s`"));
        };
        self.symbols
            .find(symbol.as_str().as_bytes())
            .ok_or_else(|| message.refuse_at(symbol, DecodeErrorKind::UnknownSymbol, "symbol `s`"))
    }
}
