//! The WebSocket API v1, which recordings hold: lists such as `[channel id, content, "book-1000", "XBT/USD"]`.

mod shapes;

use domain::{FeedMessage, InstrumentId, Level, Side, Timestamp, Trade};

use crate::wire::{
    Buffers, DecodeError, DecodeErrorKind, Literal, Message, Precision, PriceLevel, Symbols, Wire,
};
use shapes::{BookPart, Event, Print, Update};

/// Decodes the messages of one connection.
#[derive(Debug, Clone)]
pub struct KrakenV1Wire {
    symbols: Symbols,
    precision: Precision,
    buffers: Buffers,
}

impl KrakenV1Wire {
    /// `symbols` pairs the venue's spelling (`XBT/USD`) with the instrument it stands for.
    #[must_use]
    pub fn new(symbols: &[(String, InstrumentId)]) -> Self {
        Self { symbols: Symbols::new(symbols), precision: Precision::default(), buffers: Buffers::new() }
    }

    fn book(
        &mut self,
        message: Message<'_>,
        update: &Update<'_>,
        receive_time: Timestamp,
        emit: &mut dyn FnMut(FeedMessage<'_>),
    ) -> Result<(), DecodeError> {
        let instrument = message.instrument(&self.symbols, update.pair, "pair")?;
        let parts: Vec<BookPart<'_>> = update
            .contents
            .iter()
            .map(|content| message.part(content.get()).read("book"))
            .collect::<Result<_, _>>()?;
        if parts.iter().any(|part| part.snapshot_asks.is_some() || part.snapshot_bids.is_some()) {
            return self.snapshot(message, instrument, &parts, receive_time, emit);
        }
        let Buffers { update, .. } = &mut self.buffers;
        update.bids.clear();
        update.asks.clear();
        let mut newest = None;
        for part in &parts {
            let mut sides =
                Sides { message, instrument, precision: &mut self.precision, newest: &mut newest };
            sides.read(part.bids.as_deref(), &mut update.bids, "bids `b`")?;
            sides.read(part.asks.as_deref(), &mut update.asks, "asks `a`")?;
        }
        let sum = parts.iter().rev().find_map(|part| part.checksum);
        let sum = sum.map(|sum| read_sum(message, sum)).transpose()?;
        update.checksum = sum.map(|value| self.precision.checksum(instrument, value));
        update.instrument = instrument;
        update.receive_time = receive_time;
        update.venue_time = newest.unwrap_or(receive_time);
        emit(FeedMessage::DepthUpdate(update));
        Ok(())
    }

    fn snapshot(
        &mut self,
        message: Message<'_>,
        instrument: InstrumentId,
        parts: &[BookPart<'_>],
        receive_time: Timestamp,
        emit: &mut dyn FnMut(FeedMessage<'_>),
    ) -> Result<(), DecodeError> {
        let Buffers { snapshot, .. } = &mut self.buffers;
        snapshot.bids.clear();
        snapshot.asks.clear();
        let mut newest = None;
        for part in parts {
            let mut sides =
                Sides { message, instrument, precision: &mut self.precision, newest: &mut newest };
            sides.read(part.snapshot_bids.as_deref(), &mut snapshot.bids, "bids `bs`")?;
            sides.read(part.snapshot_asks.as_deref(), &mut snapshot.asks, "asks `as`")?;
        }
        snapshot.instrument = instrument;
        snapshot.receive_time = receive_time;
        snapshot.venue_time = newest.unwrap_or(receive_time);
        emit(FeedMessage::DepthSnapshot(snapshot));
        Ok(())
    }

    fn trades(
        &self,
        message: Message<'_>,
        update: &Update<'_>,
        receive_time: Timestamp,
        emit: &mut dyn FnMut(FeedMessage<'_>),
    ) -> Result<(), DecodeError> {
        let instrument = message.instrument(&self.symbols, update.pair, "pair")?;
        for content in &update.contents {
            for print in message.part(content.get()).read_list::<Print<'_>>("trades")? {
                emit(FeedMessage::Trade(Trade {
                    instrument,
                    id: 0,
                    price: message.price_of(print.price, "price")?,
                    quantity: message.quantity_of(print.quantity, "volume")?,
                    aggressor: match print.side {
                        "b" => Some(Side::Buy),
                        "s" => Some(Side::Sell),
                        _ => None,
                    },
                    venue_time: message.seconds(print.time, "time")?,
                    receive_time,
                }));
            }
        }
        Ok(())
    }
}

/// Reads the levels of one message.
struct Sides<'m, 't> {
    message: Message<'t>,
    instrument: InstrumentId,
    precision: &'m mut Precision,
    newest: &'m mut Option<Timestamp>,
}

impl<'t> Sides<'_, 't> {
    fn read(
        &mut self,
        listed: Option<&[PriceLevel<'t>]>,
        levels: &mut Vec<Level>,
        what: &'static str,
    ) -> Result<(), DecodeError> {
        for level in listed.unwrap_or_default() {
            self.precision.note(self.instrument, level);
            levels.extend(self.message.level(level, what)?);
            if let Some(time) = level.time {
                *self.newest = (*self.newest).max(Some(self.message.seconds(time, what)?));
            }
        }
        Ok(())
    }
}

/// An unsigned number, written as a string.
fn read_sum(message: Message<'_>, sum: Literal<'_>) -> Result<u32, DecodeError> {
    sum.as_str().parse().map_err(|_| message.refuse(DecodeErrorKind::NotANumber, "checksum `c`"))
}

impl Wire for KrakenV1Wire {
    fn decode(
        &mut self,
        text: &[u8],
        receive_time: Timestamp,
        emit: &mut dyn FnMut(FeedMessage<'_>),
    ) -> Result<(), DecodeError> {
        let message = Message::of(text)?;
        if message.body.trim_ascii_start().starts_with('{') {
            let event: Event<'_> = message.read("event")?;
            return match (event.status, event.error) {
                (Some("error"), _) | (_, Some(_)) => {
                    Err(message.refuse(DecodeErrorKind::ReportedByVenue, "event"))
                }
                _ => Ok(()),
            };
        }
        let elements = message.read_list("message")?;
        let update =
            Update::of(&elements).ok_or_else(|| message.refuse(DecodeErrorKind::Malformed, "message"))?;
        match update.channel.split('-').next() {
            Some("book") => self.book(message, &update, receive_time, emit),
            Some("trade") => self.trades(message, &update, receive_time, emit),
            // Tickers, candles and spreads are made of the two above.
            _ => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests;
