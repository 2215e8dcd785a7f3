//! WebSocket messages and REST depth snapshots as text, decoded to `domain::FeedMessage`.
//!
//! Two layers read every message. `known` expects the exact shapes that Binance sends and gives up at the first
//! byte that differs; `full` is a JSON parser that accepts any field order, whitespace and escapes, and it alone
//! decides what an error is. Whatever `known` accepts, `full` accepts with the same result.

mod full;
mod known;
mod scan;

use domain::{FeedMessage, InstrumentId, Timestamp};

use super::BinanceMarket;
use crate::wire::{Buffers, DecodeError, Symbols, Wire};

/// Which of the venue's two prints of a trade counts; both together would count every trade twice.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum TradeStream {
    /// `@trade`: each execution.
    #[default]
    Single,
    /// `@aggTrade`: executions of one taking order at one price, added up. The one that the futures document.
    Aggregate,
}

/// Decodes the messages of one connection (one market, any number of symbols). Depth is lent from buffers that
/// are reused, so that decoding allocates nothing once they have grown.
#[derive(Debug, Clone)]
pub struct Decoder {
    market: BinanceMarket,
    symbols: Symbols,
    trades: TradeStream,
    buffers: Buffers,
    surprises: u64,
}

/// A decoded message, its depth still in the decoder's buffers.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Decoded {
    Own(FeedMessage<'static>),
    DepthUpdate,
    DepthSnapshot,
}

impl Decoder {
    /// `symbols` pairs the venue's own spelling (`BTCUSDT`, `BTCUSD_PERP`) with the instrument it stands for.
    #[must_use]
    pub fn new(market: BinanceMarket, symbols: &[(String, InstrumentId)]) -> Self {
        let (symbols, trades) = (Symbols::new(symbols), TradeStream::Single);
        Self { market, symbols, trades, buffers: Buffers::new(), surprises: 0 }
    }

    /// Takes trades from another of the two streams.
    #[must_use]
    pub fn with_trades(mut self, trades: TradeStream) -> Self {
        self.trades = trades;
        self
    }

    /// The market this decoder was made for.
    #[must_use]
    pub const fn market(&self) -> BinanceMarket {
        self.market
    }

    /// How many messages needed the full parser since construction: a rising share means that the venue has
    /// changed its shapes.
    #[must_use]
    pub const fn surprises(&self) -> u64 {
        self.surprises
    }

    /// Decodes one message. `None` is a message without market data: an acknowledgement, or a stream that is
    /// not read here.
    ///
    /// # Errors
    /// See [`crate::wire::DecodeErrorKind`]. The decoder stays usable.
    #[inline]
    pub fn decode<'a>(
        &'a mut self,
        text: &[u8],
        receive_time: Timestamp,
    ) -> Result<Option<FeedMessage<'a>>, DecodeError> {
        let decoded = self.read(text, receive_time)?;
        Ok(decoded.map(|decoded| self.lend(decoded)))
    }

    /// Like [`Self::decode`] through the full parser alone: the referee of the fast layer.
    ///
    /// # Errors
    /// See [`crate::wire::DecodeErrorKind`].
    pub fn decode_fully<'a>(
        &'a mut self,
        text: &[u8],
        receive_time: Timestamp,
    ) -> Result<Option<FeedMessage<'a>>, DecodeError> {
        let decoded =
            full::read(text, receive_time, self.market, &self.symbols, self.trades, &mut self.buffers)?;
        Ok(decoded.map(|decoded| self.lend(decoded)))
    }

    /// Decodes a REST answer: the depth of the instrument that was asked for.
    ///
    /// # Errors
    /// See [`crate::wire::DecodeErrorKind`].
    pub fn decode_snapshot(
        &mut self,
        text: &[u8],
        asked: InstrumentId,
        receive_time: Timestamp,
    ) -> Result<FeedMessage<'_>, DecodeError> {
        let decoded = full::read_snapshot(text, receive_time, self.market, asked, &mut self.buffers)?;
        Ok(self.lend(decoded))
    }

    /// Decodes into the buffers; the caller lends the result when it has decided to keep it.
    #[inline]
    pub(crate) fn read(
        &mut self,
        text: &[u8],
        receive_time: Timestamp,
    ) -> Result<Option<Decoded>, DecodeError> {
        match known::read(text, receive_time, self.market, &self.symbols, self.trades, &mut self.buffers) {
            Some(decoded) => Ok(Some(decoded)),
            None => {
                self.surprises += 1;
                full::read(text, receive_time, self.market, &self.symbols, self.trades, &mut self.buffers)
            }
        }
    }

    #[inline]
    pub(crate) const fn lend(&self, decoded: Decoded) -> FeedMessage<'_> {
        match decoded {
            Decoded::Own(message) => message,
            Decoded::DepthUpdate => FeedMessage::DepthUpdate(&self.buffers.update),
            Decoded::DepthSnapshot => FeedMessage::DepthSnapshot(&self.buffers.snapshot),
        }
    }
}

impl Wire for Decoder {
    fn decode(
        &mut self,
        text: &[u8],
        receive_time: Timestamp,
        emit: &mut dyn FnMut(FeedMessage<'_>),
    ) -> Result<(), DecodeError> {
        if let Some(decoded) = self.read(text, receive_time)? {
            emit(self.lend(decoded));
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests;
