//! Bybit v5: recordings of public streams, spot and linear perpetuals. Quirks are in this folder's README.

pub(crate) mod recorded;

mod shapes;

use domain::{FeedMessage, InstrumentId, Level, Side, Timestamp, Trade};
use serde_json::value::RawValue;

use crate::wire::{Buffers, DecodeError, DecodeErrorKind, Message, PriceLevel, Symbols, Wire};
use shapes::{Book, Print, Pushed};

/// The number of an update that says that the venue's service began anew.
const RESTARTED: u64 = 1;

/// Decodes the messages of one connection, which carries one kind of product.
#[derive(Debug, Clone)]
pub struct BybitWire {
    symbols: Symbols,
    buffers: Buffers,
}

impl BybitWire {
    /// `symbols` pairs the venue's spelling (`BTCUSDT`) with the instrument it stands for.
    #[must_use]
    pub fn new(symbols: &[(String, InstrumentId)]) -> Self {
        Self { symbols: Symbols::new(symbols), buffers: Buffers::new() }
    }

    fn book(
        &mut self,
        message: Message<'_>,
        pushed: &Pushed<'_>,
        data: &RawValue,
        receive_time: Timestamp,
        emit: &mut dyn FnMut(FeedMessage<'_>),
    ) -> Result<(), DecodeError> {
        let book: Book<'_> = message.part(data.get()).read("`data`")?;
        let instrument = message.instrument(&self.symbols, book.symbol, "symbol `s`")?;
        let matched = message.require(pushed.matched.or(pushed.time), "time `cts`, `ts`")?;
        let venue_time = message.time(matched, "time `cts`, `ts`")?;
        let Buffers { update, snapshot } = &mut self.buffers;
        if pushed.kind == Some("snapshot") || book.update_id == RESTARTED {
            (snapshot.instrument, snapshot.last_update_id) = (instrument, book.update_id);
            (snapshot.venue_time, snapshot.receive_time) = (venue_time, receive_time);
            fill(message, &book.bids, &mut snapshot.bids, "bids `b`")?;
            fill(message, &book.asks, &mut snapshot.asks, "asks `a`")?;
            emit(FeedMessage::DepthSnapshot(snapshot));
        } else {
            update.instrument = instrument;
            (update.first_update_id, update.last_update_id) = (book.update_id, book.update_id);
            (update.venue_time, update.receive_time) = (venue_time, receive_time);
            fill(message, &book.bids, &mut update.bids, "bids `b`")?;
            fill(message, &book.asks, &mut update.asks, "asks `a`")?;
            emit(FeedMessage::DepthUpdate(update));
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
                instrument: message.instrument(&self.symbols, print.symbol, "symbol `s`")?,
                // Spot numbers its trades; perpetuals name them by UUID.
                id: print.id.parse().unwrap_or(0),
                price: message.price_of(print.price, "price `p`")?,
                quantity: message.quantity_of(print.quantity, "size `v`")?,
                aggressor: match print.side {
                    "Buy" => Some(Side::Buy),
                    "Sell" => Some(Side::Sell),
                    _ => None,
                },
                venue_time: message.time(print.time, "time `T`")?,
                receive_time,
            }));
        }
        Ok(())
    }
}

fn fill<'t>(
    message: Message<'t>,
    listed: &[PriceLevel<'t>],
    levels: &mut Vec<Level>,
    what: &'static str,
) -> Result<(), DecodeError> {
    levels.clear();
    for level in listed {
        levels.extend(message.level(level, what)?);
    }
    Ok(())
}

impl Wire for BybitWire {
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
        let (Some(topic), Some(data)) = (pushed.topic, pushed.data) else { return Ok(()) };
        match topic.split('.').next() {
            Some("orderbook") => self.book(message, &pushed, data, receive_time, emit),
            Some("publicTrade") => self.trades(message, data, receive_time, emit),
            _ => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests;
