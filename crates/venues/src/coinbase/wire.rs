//! WebSocket messages as text. A connection numbers its messages, whatever their channel: the number is the only proof
//! that none is missing.

mod shapes;

use domain::{FeedMessage, InstrumentId, Interruption, InterruptionCause, Level, Side, Timestamp, Trade};
use serde_json::value::RawValue;

use crate::wire::{Buffers, DecodeError, DecodeErrorKind, Message, Symbols, Text, Wire};
use shapes::{BookEvent, Envelope, LevelChange, TradesEvent};

/// Decodes the messages of one connection, from its first.
#[derive(Debug, Clone)]
pub struct CoinbaseWire {
    symbols: Symbols,
    buffers: Buffers,
    /// The number of the message that comes next.
    next: u64,
    gaps: u64,
}

impl CoinbaseWire {
    /// `symbols` pairs the venue's product ids (`BTC-USD`) with the instrument they stand for.
    #[must_use]
    pub fn new(symbols: &[(String, InstrumentId)]) -> Self {
        Self { symbols: Symbols::new(symbols), buffers: Buffers::new(), next: 0, gaps: 0 }
    }

    /// How often a number was missing.
    #[must_use]
    pub const fn gaps(&self) -> u64 {
        self.gaps
    }

    /// A missing number may have been of any channel and product, so none can be trusted.
    fn follow(
        &mut self,
        number: u64,
        receive_time: Timestamp,
        emit: &mut dyn FnMut(FeedMessage<'_>),
    ) -> bool {
        if number < self.next {
            return false;
        }
        if number > self.next {
            self.gaps += 1;
            let cause = InterruptionCause::SequenceGap;
            for instrument in self.symbols.instruments() {
                emit(FeedMessage::Interrupted(Interruption { instrument, cause, receive_time }));
            }
        }
        self.next = number.saturating_add(1);
        true
    }

    fn book(
        &mut self,
        message: Message<'_>,
        (events, number): (&RawValue, u64),
        receive_time: Timestamp,
        emit: &mut dyn FnMut(FeedMessage<'_>),
    ) -> Result<(), DecodeError> {
        for event in message.part(events.get()).read_list::<BookEvent<'_>>("book events")? {
            let instrument = message.instrument(&self.symbols, event.product_id.as_str(), "`product_id`")?;
            let is_snapshot = event.kind.as_str() == "snapshot";
            let Buffers { update, snapshot } = &mut self.buffers;
            let (bids, asks) = if is_snapshot {
                (&mut snapshot.bids, &mut snapshot.asks)
            } else {
                (&mut update.bids, &mut update.asks)
            };
            let newest = fill(message, &event.updates, bids, asks)?;
            let venue_time = newest.unwrap_or(receive_time);
            if is_snapshot {
                (snapshot.instrument, snapshot.last_update_id) = (instrument, number);
                (snapshot.venue_time, snapshot.receive_time) = (venue_time, receive_time);
                emit(FeedMessage::DepthSnapshot(snapshot));
            } else {
                update.instrument = instrument;
                (update.first_update_id, update.last_update_id) = (number, number);
                (update.venue_time, update.receive_time) = (venue_time, receive_time);
                emit(FeedMessage::DepthUpdate(update));
            }
        }
        Ok(())
    }

    fn trades(
        &self,
        message: Message<'_>,
        events: &RawValue,
        receive_time: Timestamp,
        emit: &mut dyn FnMut(FeedMessage<'_>),
    ) -> Result<(), DecodeError> {
        for event in message.part(events.get()).read_list::<TradesEvent<'_>>("trade events")? {
            // A snapshot of trades is of the past.
            if event.kind.as_str() == "snapshot" {
                continue;
            }
            // The newest comes first.
            for print in event.trades.iter().rev() {
                let id = print.trade_id.as_str().parse();
                emit(FeedMessage::Trade(Trade {
                    instrument: message.instrument(
                        &self.symbols,
                        print.product_id.as_str(),
                        "`product_id`",
                    )?,
                    id: id.map_err(|_| message.refuse(DecodeErrorKind::NotANumber, "`trade_id`"))?,
                    price: message.price(Some(&print.price), "`price`")?,
                    quantity: message.traded_quantity(Some(&print.size), "`size`")?,
                    // The side named is the maker's.
                    aggressor: match print.side.as_str() {
                        "BUY" => Some(Side::Sell),
                        "SELL" => Some(Side::Buy),
                        _ => None,
                    },
                    venue_time: message.rfc3339(print.time.as_str(), "`time`")?,
                    receive_time,
                }));
            }
        }
        Ok(())
    }
}

/// Sorts the changes by side; when the newest of them was made.
fn fill(
    message: Message<'_>,
    changes: &[LevelChange<'_>],
    bids: &mut Vec<Level>,
    asks: &mut Vec<Level>,
) -> Result<Option<Timestamp>, DecodeError> {
    bids.clear();
    asks.clear();
    for change in changes {
        let level = Level {
            price: message.price(Some(&change.price_level), "`price_level`")?,
            quantity: message.any_quantity(&change.new_quantity, "`new_quantity`")?,
        };
        match change.side.as_str() {
            "bid" => bids.push(level),
            "offer" | "ask" => asks.push(level),
            _ => return Err(message.refuse_at(&change.side, DecodeErrorKind::UnknownEvent, "`side`")),
        }
    }
    let newest = changes.last().map(|change| message.rfc3339(change.event_time.as_str(), "`event_time`"));
    newest.transpose()
}

impl Wire for CoinbaseWire {
    fn decode(
        &mut self,
        text: &[u8],
        receive_time: Timestamp,
        emit: &mut dyn FnMut(FeedMessage<'_>),
    ) -> Result<(), DecodeError> {
        let message = Message::of(text)?;
        let envelope: Envelope<'_> = message.read("message")?;
        if envelope.kind.as_ref().map(Text::as_str) == Some("error") {
            return Err(message.refuse(DecodeErrorKind::ReportedByVenue, "message"));
        }
        let number = message.require(envelope.sequence_num, "`sequence_num`")?;
        let channel = message.require(envelope.channel, "`channel`")?;
        if !self.follow(number, receive_time, emit) {
            return Ok(());
        }
        let Some(events) = envelope.events else { return Ok(()) };
        match channel.as_str() {
            "l2_data" => self.book(message, (events, number), receive_time, emit),
            "market_trades" => self.trades(message, events, receive_time, emit),
            // Tickers and candles are made of the two above; heartbeats and acknowledgements only carry the number.
            _ => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests;
