//! The WebSocket API v2. Numbers are bare JSON numbers and are read as they are written.

mod shapes;

use domain::{FeedMessage, InstrumentId, Level, Side, Timestamp, Trade};
use serde_json::value::RawValue;

use crate::wire::{Buffers, DecodeError, DecodeErrorKind, Message, Precision, Symbols, Wire};
use shapes::{Book, Instruments, Print, Pushed, Rung};

/// Decodes the messages of one connection.
#[derive(Debug, Clone)]
pub struct KrakenWire {
    symbols: Symbols,
    precision: Precision,
    buffers: Buffers,
    knows_instruments: bool,
}

impl KrakenWire {
    /// `symbols` pairs the venue's spelling (`BTC/USD`) with the instrument it stands for.
    #[must_use]
    pub fn new(symbols: &[(String, InstrumentId)]) -> Self {
        Self {
            symbols: Symbols::new(symbols),
            precision: Precision::default(),
            buffers: Buffers::new(),
            knows_instruments: false,
        }
    }

    /// Whether the venue has said with how many decimals it writes: a checksum cannot be compared before.
    #[must_use]
    pub const fn knows_instruments(&self) -> bool {
        self.knows_instruments
    }

    fn instruments(&mut self, message: Message<'_>, data: &RawValue) -> Result<(), DecodeError> {
        let listed: Instruments<'_> = message.part(data.get()).read("instruments")?;
        for pair in listed.pairs {
            if let Some(instrument) = self.symbols.find(pair.symbol.as_bytes()) {
                self.precision.at_least(instrument, pair.price_precision, pair.qty_precision);
            }
        }
        self.knows_instruments = true;
        Ok(())
    }

    fn books(
        &mut self,
        message: Message<'_>,
        (data, is_snapshot): (&RawValue, bool),
        receive_time: Timestamp,
        emit: &mut dyn FnMut(FeedMessage<'_>),
    ) -> Result<(), DecodeError> {
        for book in message.part(data.get()).read_list::<Book<'_>>("books")? {
            let instrument = message.instrument(&self.symbols, book.symbol, "`symbol`")?;
            let time = book.timestamp.map(|time| message.rfc3339(time, "`timestamp`")).transpose()?;
            let venue_time = time.unwrap_or(receive_time);
            let Self { buffers: Buffers { update, snapshot }, precision, .. } = self;
            let (bids, asks) = if is_snapshot {
                (&mut snapshot.bids, &mut snapshot.asks)
            } else {
                (&mut update.bids, &mut update.asks)
            };
            let mut side = |rungs: &[Rung<'_>], levels: &mut Vec<Level>| {
                levels.clear();
                for rung in rungs {
                    precision.at_least(instrument, rung.price.decimals(), rung.qty.decimals());
                    levels.extend(rung.level(message)?);
                }
                Ok::<_, DecodeError>(())
            };
            side(&book.bids, bids)?;
            side(&book.asks, asks)?;
            let checksum = book.checksum.map(|value| precision.checksum(instrument, value));
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

    fn trades(
        &self,
        message: Message<'_>,
        data: &RawValue,
        receive_time: Timestamp,
        emit: &mut dyn FnMut(FeedMessage<'_>),
    ) -> Result<(), DecodeError> {
        for print in message.part(data.get()).read_list::<Print<'_>>("trades")? {
            emit(FeedMessage::Trade(Trade {
                instrument: message.instrument(&self.symbols, print.symbol, "`symbol`")?,
                id: print.trade_id,
                price: message.price_of(print.price, "`price`")?,
                quantity: message.quantity_of(print.qty, "`qty`")?,
                aggressor: match print.side {
                    "buy" => Some(Side::Buy),
                    "sell" => Some(Side::Sell),
                    _ => None,
                },
                venue_time: message.rfc3339(print.timestamp, "`timestamp`")?,
                receive_time,
            }));
        }
        Ok(())
    }
}

impl Wire for KrakenWire {
    fn decode(
        &mut self,
        text: &[u8],
        receive_time: Timestamp,
        emit: &mut dyn FnMut(FeedMessage<'_>),
    ) -> Result<(), DecodeError> {
        let message = Message::of(text)?;
        let pushed: Pushed<'_> = message.read("message")?;
        if pushed.success == Some(false) {
            return Err(message.refuse(DecodeErrorKind::ReportedByVenue, "message"));
        }
        let (Some(channel), Some(data)) = (pushed.channel, pushed.data) else { return Ok(()) };
        let is_snapshot = pushed.kind == Some("snapshot");
        match channel {
            "book" => self.books(message, (data, is_snapshot), receive_time, emit),
            // A snapshot of trades is of the past.
            "trade" if !is_snapshot => self.trades(message, data, receive_time, emit),
            "instrument" => self.instruments(message, data),
            _ => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests;
