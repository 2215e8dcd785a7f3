//! The live feed: books with checksums, trades, and the list of instruments that says with how many decimals.

use std::time::Duration;

use domain::{FeedMessage, InstrumentId, Timestamp};
use market::{BookRules, ChecksumRule, SequenceRule};

use super::KrakenWire;
use crate::live::{Budget, Outbox, Session, Vendor};
use crate::wire::{DecodeError, Wire};

/// Levels a side that are subscribed to.
const DEPTH: usize = 100;

/// Where the venue documents its public streams to be.
pub const ADDRESS: &str = "wss://ws.kraken.com/v2";

/// What is wanted of one connection.
#[derive(Debug, Clone)]
pub struct KrakenFeed {
    address: String,
    symbols: Vec<(String, InstrumentId)>,
    books: Vec<(InstrumentId, BookRules)>,
}

impl KrakenFeed {
    /// Each symbol pairs the venue's spelling (`BTC/USD`) with the instrument. `address` is whole.
    #[must_use]
    pub fn new(address: impl Into<String>, symbols: &[(String, InstrumentId)]) -> Self {
        let rules = BookRules {
            sequence: SequenceRule::Unnumbered,
            depth_max: Some(DEPTH),
            checksum: Some(ChecksumRule::Digits),
        };
        let books = symbols.iter().map(|(_, id)| (*id, rules)).collect();
        Self { address: address.into(), symbols: symbols.to_vec(), books }
    }
}

impl Vendor for KrakenFeed {
    fn provider(&self) -> &'static str {
        "kraken"
    }

    fn books(&self) -> &[(InstrumentId, BookRules)] {
        &self.books
    }

    /// The venue names no limit of messages and no age for public streams; nobody is annoyed by so few.
    fn budget(&self) -> Budget {
        let apart = Duration::from_millis(250);
        Budget { send_spacing: apart, fetch_spacing: apart, age_max: Duration::from_secs(7 * 86_400) }
    }

    fn session(&self) -> Box<dyn Session> {
        let wire = KrakenWire::new(&self.symbols);
        Box::new(KrakenSession { feed: self.clone(), wire, requests: 0, has_subscribed: false })
    }
}

struct KrakenSession {
    feed: KrakenFeed,
    wire: KrakenWire,
    requests: u64,
    has_subscribed: bool,
}

impl KrakenSession {
    fn ask(&mut self, method: &str, channel: &str, symbols: &[&str], out: &mut Outbox) {
        self.requests += 1;
        let id = self.requests;
        let symbols: Vec<String> = symbols.iter().map(|symbol| format!("\"{symbol}\"")).collect();
        let symbols = symbols.join(",");
        let more = match channel {
            "book" => format!(r#","depth":{DEPTH}"#),
            _ if method == "subscribe" => r#","snapshot":false"#.to_owned(),
            _ => String::new(),
        };
        out.say(format!(
            r#"{{"method":"{method}","params":{{"channel":"{channel}","symbol":[{symbols}]{more}}},"req_id":{id}}}"#
        ));
    }

    fn again(&mut self, channel: &str, instrument: InstrumentId, out: &mut Outbox) {
        let known = self.feed.symbols.iter().find(|(_, id)| *id == instrument);
        let Some((symbol, _)) = known.cloned() else { return };
        self.ask("unsubscribe", channel, &[&symbol], out);
        self.ask("subscribe", channel, &[&symbol], out);
    }
}

impl Session for KrakenSession {
    fn address(&self) -> String {
        self.feed.address.clone()
    }

    /// Books come after the list of instruments, without which their checksums cannot be compared.
    fn opened(&mut self, out: &mut Outbox) {
        out.say(r#"{"method":"subscribe","params":{"channel":"instrument","snapshot":true},"req_id":0}"#);
    }

    fn received(
        &mut self,
        text: &[u8],
        receive_time: Timestamp,
        out: &mut Outbox,
        emit: &mut dyn FnMut(FeedMessage<'_>),
    ) -> Result<(), DecodeError> {
        self.wire.decode(text, receive_time, emit)?;
        if self.wire.knows_instruments() && !self.has_subscribed {
            self.has_subscribed = true;
            let symbols = self.feed.symbols.clone();
            let symbols: Vec<&str> = symbols.iter().map(|(symbol, _)| symbol.as_str()).collect();
            self.ask("subscribe", "book", &symbols, out);
            self.ask("subscribe", "trade", &symbols, out);
        }
        Ok(())
    }

    fn resync(&mut self, instrument: InstrumentId, out: &mut Outbox) {
        self.again("book", instrument, out);
    }

    fn resubscribe(&mut self, instrument: InstrumentId, out: &mut Outbox) {
        self.again("book", instrument, out);
        self.again("trade", instrument, out);
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
