//! The live feed: level 2 books, trades, and heartbeats that keep a quiet connection open.

use std::time::Duration;

use domain::{FeedMessage, InstrumentId, Timestamp};
use market::{BookRules, SequenceRule};

use super::CoinbaseWire;
use crate::live::{Budget, Outbox, Session, Vendor};
use crate::wire::{DecodeError, Wire};

/// Where the venue documents its streams to be.
pub const ADDRESS: &str = "wss://advanced-trade-ws.coinbase.com";

/// What is wanted of one connection.
#[derive(Debug, Clone)]
pub struct CoinbaseFeed {
    address: String,
    symbols: Vec<(String, InstrumentId)>,
    books: Vec<(InstrumentId, BookRules)>,
}

impl CoinbaseFeed {
    /// Each symbol pairs the venue's product id (`BTC-USD`) with the instrument. `address` is whole.
    #[must_use]
    pub fn new(address: impl Into<String>, symbols: &[(String, InstrumentId)]) -> Self {
        let books = symbols.iter().map(|(_, id)| (*id, SequenceRule::Unnumbered.into())).collect();
        Self { address: address.into(), symbols: symbols.to_vec(), books }
    }
}

impl Vendor for CoinbaseFeed {
    fn provider(&self) -> &'static str {
        "coinbase"
    }

    fn books(&self) -> &[(InstrumentId, BookRules)] {
        &self.books
    }

    /// Eight messages a second are allowed; the first must come within five seconds.
    fn budget(&self) -> Budget {
        let apart = Duration::from_millis(250);
        Budget { send_spacing: apart, fetch_spacing: apart, age_max: Duration::from_secs(7 * 86_400) }
    }

    fn session(&self) -> Box<dyn Session> {
        Box::new(CoinbaseSession { feed: self.clone(), wire: CoinbaseWire::new(&self.symbols) })
    }
}

struct CoinbaseSession {
    feed: CoinbaseFeed,
    wire: CoinbaseWire,
}

fn request(kind: &str, channel: &str, products: &[&str]) -> String {
    let products: Vec<String> = products.iter().map(|product| format!("\"{product}\"")).collect();
    format!(r#"{{"type":"{kind}","product_ids":[{}],"channel":"{channel}"}}"#, products.join(","))
}

impl CoinbaseSession {
    fn again(&self, channel: &str, instrument: InstrumentId, out: &mut Outbox) {
        if let Some((product, _)) = self.feed.symbols.iter().find(|(_, id)| *id == instrument) {
            out.say(request("unsubscribe", channel, &[product]));
            out.say(request("subscribe", channel, &[product]));
        }
    }
}

impl Session for CoinbaseSession {
    fn address(&self) -> String {
        self.feed.address.clone()
    }

    /// One channel a message.
    fn opened(&mut self, out: &mut Outbox) {
        let products: Vec<&str> = self.feed.symbols.iter().map(|(product, _)| product.as_str()).collect();
        out.say(request("subscribe", "heartbeats", &[]));
        out.say(request("subscribe", "level2", &products));
        out.say(request("subscribe", "market_trades", &products));
    }

    fn received(
        &mut self,
        text: &[u8],
        receive_time: Timestamp,
        _out: &mut Outbox,
        emit: &mut dyn FnMut(FeedMessage<'_>),
    ) -> Result<(), DecodeError> {
        self.wire.decode(text, receive_time, emit)
    }

    fn resync(&mut self, instrument: InstrumentId, out: &mut Outbox) {
        self.again("level2", instrument, out);
    }

    fn resubscribe(&mut self, instrument: InstrumentId, out: &mut Outbox) {
        self.again("level2", instrument, out);
        self.again("market_trades", instrument, out);
    }

    /// Nothing is fetched.
    fn answered(
        &mut self,
        _instrument: InstrumentId,
        _body: &[u8],
        _receive_time: Timestamp,
        _emit: &mut dyn FnMut(FeedMessage<'_>),
    ) -> Result<(), DecodeError> {
        Ok(())
    }
}

#[cfg(test)]
mod tests;
