//! Any JSON with the documented fields, in any order and spelling. Slower, and the only place that says why a
//! message is refused.

mod shapes;

use domain::{FeedMessage, InstrumentId, Quote, Side, Timestamp, Trade};

use super::{BinanceMarket, Decoded, TradeStream};
use crate::wire::{Buffers, DecodeError, DecodeErrorKind, Message, Symbols, Text, fill_levels};
use shapes::{BookTicker, DepthDiff, Head, Kind, Snapshot, TradePrint};

/// Streams that exist and are not read here.
const OF_NO_INTEREST: [&str; 15] = [
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
    trades: TradeStream,
    buffers: &mut Buffers,
) -> Result<Option<Decoded>, DecodeError> {
    let message = Message::of(text)?;
    let head: Head<'_> = message.read("message")?;
    let reader = Reader { receive_time, market, symbols, trades, asked: None };
    if let Some(data) = head.data {
        return reader.event(message.part(data.get()), buffers);
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

/// A REST snapshot of the instrument that was asked for: most markets do not name it in the answer.
pub(super) fn read_snapshot(
    text: &[u8],
    receive_time: Timestamp,
    market: BinanceMarket,
    asked: InstrumentId,
    buffers: &mut Buffers,
) -> Result<Decoded, DecodeError> {
    let message = Message::of(text)?;
    let head: Head<'_> = message.read("depth snapshot")?;
    if head.last_update_id.is_none() && head.code.is_some() {
        return Err(message.refuse(DecodeErrorKind::ReportedByVenue, "depth snapshot"));
    }
    let (symbols, trades) = (&Symbols::new(&[]), TradeStream::Single);
    let reader = Reader { receive_time, market, symbols, trades, asked: Some(asked) };
    reader.snapshot(message, buffers)
}

/// What all messages of a connection share.
#[derive(Clone, Copy)]
struct Reader<'s> {
    receive_time: Timestamp,
    market: BinanceMarket,
    symbols: &'s Symbols,
    trades: TradeStream,
    /// The instrument that a snapshot was asked for.
    asked: Option<InstrumentId>,
}

impl Reader<'_> {
    fn event(self, message: Message<'_>, buffers: &mut Buffers) -> Result<Option<Decoded>, DecodeError> {
        let kind: Kind<'_> = message.read("`data`")?;
        match kind.event.as_ref().map(Text::as_str) {
            Some("trade") if self.trades == TradeStream::Single => self.trade(message).map(Some),
            Some("aggTrade") if self.trades == TradeStream::Aggregate => self.trade(message).map(Some),
            Some("trade" | "aggTrade") => Ok(None),
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
            id: match self.trades {
                TradeStream::Single => message.require(print.id, "trade id `t`")?,
                TradeStream::Aggregate => message.require(print.aggregate_id, "aggregate id `a`")?,
            },
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
        snapshot.instrument = match (self.asked, whole.symbol.as_ref()) {
            (Some(asked), _) => asked,
            (None, Some(symbol)) => self.instrument(message, Some(symbol))?,
            (None, None) => self
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
