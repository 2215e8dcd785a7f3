//! Bitget: recordings of the WebSocket API v1 (spot and USDT perpetuals). Quirks are in this folder's README.

pub(crate) mod recorded;

mod shapes;

use domain::{FeedMessage, InstrumentId, Level, Side, Timestamp, Trade};
use serde_json::value::RawValue;

use crate::wire::{Buffers, DecodeError, DecodeErrorKind, Message, Precision, PriceLevel, Symbols, Wire};
use shapes::{Book, Print, Pushed};

/// Decodes the messages of one connection, which carries one kind of product.
#[derive(Debug, Clone)]
pub struct BitgetWire {
    symbols: Symbols,
    precision: Precision,
    buffers: Buffers,
}

impl BitgetWire {
    /// `symbols` pairs the venue's spelling (`BTCUSDT`) with the instrument it stands for.
    #[must_use]
    pub fn new(symbols: &[(String, InstrumentId)]) -> Self {
        Self { symbols: Symbols::new(symbols), precision: Precision::default(), buffers: Buffers::new() }
    }

    fn books(
        &mut self,
        message: Message<'_>,
        (instrument, is_snapshot): (InstrumentId, bool),
        data: &RawValue,
        receive_time: Timestamp,
        emit: &mut dyn FnMut(FeedMessage<'_>),
    ) -> Result<(), DecodeError> {
        for book in message.part(data.get()).read_list::<Book<'_>>("books")? {
            let venue_time = milliseconds(message, book.time)?;
            let Self { buffers: Buffers { update, snapshot }, precision, .. } = self;
            let (bids, asks) = if is_snapshot {
                (&mut snapshot.bids, &mut snapshot.asks)
            } else {
                (&mut update.bids, &mut update.asks)
            };
            fill(message, instrument, precision, &book.bids, bids)?;
            fill(message, instrument, precision, &book.asks, asks)?;
            // Signed on the wire; the bits are the same.
            let checksum = book.checksum.map(|sum| precision.checksum(instrument, sum.cast_unsigned()));
            if is_snapshot {
                (snapshot.instrument, snapshot.checksum) = (instrument, checksum);
                (snapshot.venue_time, snapshot.receive_time) = (venue_time, receive_time);
                emit(FeedMessage::DepthSnapshot(snapshot));
            } else {
                (update.instrument, update.checksum) = (instrument, checksum);
                (update.venue_time, update.receive_time) = (venue_time, receive_time);
                emit(FeedMessage::DepthUpdate(update));
            }
        }
        Ok(())
    }
}

fn fill<'t>(
    message: Message<'t>,
    instrument: InstrumentId,
    precision: &mut Precision,
    listed: &[PriceLevel<'t>],
    levels: &mut Vec<Level>,
) -> Result<(), DecodeError> {
    levels.clear();
    for level in listed {
        precision.note(instrument, level);
        levels.extend(message.level(level, "levels of a book")?);
    }
    Ok(())
}

fn milliseconds(message: Message<'_>, text: &str) -> Result<Timestamp, DecodeError> {
    let millis = text.parse().map_err(|_| message.refuse(DecodeErrorKind::NotATime, "time `ts`"))?;
    message.time(millis, "time `ts`")
}

/// A list of the newest first.
fn trades(
    message: Message<'_>,
    instrument: InstrumentId,
    data: &RawValue,
    receive_time: Timestamp,
    emit: &mut dyn FnMut(FeedMessage<'_>),
) -> Result<(), DecodeError> {
    for Print(time, price, quantity, side) in
        message.part(data.get()).read_list::<Print<'_>>("trades")?.into_iter().rev()
    {
        emit(FeedMessage::Trade(Trade {
            instrument,
            id: 0,
            price: message.price_of(price, "price")?,
            quantity: message.quantity_of(quantity, "size")?,
            aggressor: match side {
                "buy" => Some(Side::Buy),
                "sell" => Some(Side::Sell),
                _ => None,
            },
            venue_time: milliseconds(message, time)?,
            receive_time,
        }));
    }
    Ok(())
}

impl Wire for BitgetWire {
    fn decode(
        &mut self,
        text: &[u8],
        receive_time: Timestamp,
        emit: &mut dyn FnMut(FeedMessage<'_>),
    ) -> Result<(), DecodeError> {
        if text == b"pong" {
            return Ok(());
        }
        let message = Message::of(text)?;
        let pushed: Pushed<'_> = message.read("message")?;
        if pushed.event == Some("error") {
            return Err(message.refuse(DecodeErrorKind::ReportedByVenue, "message"));
        }
        let (Some(argument), Some(action), Some(data)) = (pushed.argument, pushed.action, pushed.data) else {
            return Ok(());
        };
        let is_snapshot = action == "snapshot";
        match argument.channel {
            "books" => {
                let instrument = message.instrument(&self.symbols, argument.symbol, "`instId`")?;
                self.books(message, (instrument, is_snapshot), data, receive_time, emit)
            }
            // A snapshot of trades is of the past.
            "trade" if !is_snapshot => {
                let instrument = message.instrument(&self.symbols, argument.symbol, "`instId`")?;
                trades(message, instrument, data, receive_time, emit)
            }
            _ => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests;
