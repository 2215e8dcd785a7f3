//! Coinbase Advanced Trade on this machine: level 2, trades, heartbeats, one number for every message.

use std::collections::{BTreeMap, BTreeSet};
use std::io;
use std::sync::Arc;

use domain::{Instrument, Level, Side, Timestamp};
use engine::{Clock, Source};
use market::BookRules;
use serde::Deserialize;

use crate::simulator::{
    Answer, Conversation, Dialect, Event, EventKind, Heard, Listing, Simulator, SimulatorConfig, World,
    rfc3339,
};

/// Starts the simulator over what `source` says of `listed`.
///
/// # Errors
/// When its address cannot be listened on.
pub async fn start(
    config: SimulatorConfig,
    source: Box<dyn Source>,
    listed: &[(Instrument, BookRules)],
    clock: Arc<dyn Clock>,
) -> io::Result<Simulator> {
    Simulator::start(config, Box::new(CoinbaseDialect), source, listed, clock).await
}

struct CoinbaseDialect;

impl Dialect for CoinbaseDialect {
    fn converse(&self, path: &str, _query: &str) -> Option<Box<dyn Conversation>> {
        (path == "/").then(|| Box::new(CoinbaseConversation::default()) as Box<dyn Conversation>)
    }

    fn answer(&self, _path: &str, _query: &str, _world: &World) -> Answer {
        Answer { status: 404, body: r#"{"error":"NOT_FOUND"}"#.to_owned(), is_snapshot: false, weight: 1 }
    }

    fn messages_per_second(&self) -> usize {
        8
    }
}

#[derive(Default)]
struct CoinbaseConversation {
    /// Changes up to this one were in the product's snapshot.
    books: BTreeMap<String, u64>,
    trades: BTreeSet<String>,
    has_heartbeats: bool,
    heartbeats: u64,
    /// The number of the next message.
    next: u64,
}

#[derive(Deserialize)]
struct Request {
    #[serde(rename = "type")]
    kind: String,
    #[serde(default)]
    product_ids: Vec<String>,
    channel: String,
}

impl CoinbaseConversation {
    fn wrap(&mut self, channel: &str, time: Timestamp, events: &str) -> String {
        let number = self.next;
        self.next += 1;
        let time = rfc3339(time);
        format!(
            r#"{{"channel":"{channel}","client_id":"","timestamp":"{time}","sequence_num":{number},"events":[{events}]}}"#
        )
    }

    fn acknowledge(&mut self, time: Timestamp) -> String {
        let names = |products: &mut dyn Iterator<Item = &String>| {
            products.map(|product| format!("\"{product}\"")).collect::<Vec<_>>().join(",")
        };
        let (books, trades) = (names(&mut self.books.keys()), names(&mut self.trades.iter()));
        let events = format!(r#"{{"subscriptions":{{"level2":[{books}],"market_trades":[{trades}]}}}}"#);
        self.wrap("subscriptions", time, &events)
    }

    fn subscribe_book(&mut self, listing: &Listing) -> String {
        let product = listing.instrument.symbol.clone();
        let time = listing.time;
        let (bids, asks) = (whole(listing, Side::Buy), whole(listing, Side::Sell));
        let events = book_event("snapshot", &product, &bids, &asks, time);
        self.books.insert(product, listing.last_id);
        self.wrap("l2_data", time, &events)
    }
}

fn whole(listing: &Listing, side: Side) -> Vec<Level> {
    listing.book.levels(side).collect()
}

fn book_event(kind: &str, product: &str, bids: &[Level], asks: &[Level], time: Timestamp) -> String {
    let time = rfc3339(time);
    let change = |side: &str, level: &Level| {
        let (price, quantity) = (level.price, level.quantity);
        format!(
            r#"{{"side":"{side}","event_time":"{time}","price_level":"{price}","new_quantity":"{quantity}"}}"#
        )
    };
    let bids = bids.iter().map(|level| change("bid", level));
    let changes: Vec<String> = bids.chain(asks.iter().map(|level| change("offer", level))).collect();
    format!(r#"{{"type":"{kind}","product_id":"{product}","updates":[{}]}}"#, changes.join(","))
}

impl Conversation for CoinbaseConversation {
    fn opened(&mut self) -> Vec<String> {
        Vec::new()
    }

    fn heard(&mut self, text: &str, world: &World) -> Heard {
        let error = |what: &str| Heard::Replies(vec![format!(r#"{{"type":"error","message":"{what}"}}"#)]);
        let Ok(Request { kind, product_ids, channel }) = serde_json::from_str(text) else {
            return error("failed to parse");
        };
        let is_subscribed = match kind.as_str() {
            "subscribe" => true,
            "unsubscribe" => false,
            _ => return error("unknown type"),
        };
        let time = world.listings().map(|listing| listing.time).max().unwrap_or(Timestamp::EPOCH);
        let mut replies = Vec::new();
        match channel.as_str() {
            "heartbeats" => self.has_heartbeats = is_subscribed,
            "market_trades" if is_subscribed => self.trades.extend(product_ids),
            "market_trades" => self.trades.retain(|known| !product_ids.contains(known)),
            "level2" if is_subscribed => {
                let listings = product_ids.iter().filter_map(|product| world.find(product));
                replies.extend(listings.map(|listing| self.subscribe_book(listing)));
            }
            "level2" => self.books.retain(|known, _| !product_ids.contains(known)),
            _ => return error("unknown channel"),
        }
        replies.push(self.acknowledge(time));
        Heard::Replies(replies)
    }

    fn told(&mut self, event: &Event) -> Vec<String> {
        let product: &str = &event.symbol;
        match &event.kind {
            EventKind::Farewell => Vec::new(),
            EventKind::Trade(trade) => {
                if !self.trades.contains(product) {
                    return Vec::new();
                }
                // The side named is the maker's.
                let side = if trade.aggressor == Some(Side::Sell) { "BUY" } else { "SELL" };
                let (price, size, id, time) = (trade.price, trade.quantity, trade.id, rfc3339(event.time));
                let events = format!(
                    r#"{{"type":"update","trades":[{{"product_id":"{product}","trade_id":"{id}","price":"{price}","size":"{size}","time":"{time}","side":"{side}"}}]}}"#
                );
                vec![self.wrap("market_trades", event.time, &events)]
            }
            EventKind::Depth { last, bids, asks, .. } => {
                if self.books.get(product).is_none_or(|since| last <= since) {
                    return Vec::new();
                }
                let events = book_event("update", product, bids, asks, event.time);
                vec![self.wrap("l2_data", event.time, &events)]
            }
        }
    }

    fn beat(&mut self, now: Timestamp) -> Vec<String> {
        if !self.has_heartbeats {
            return Vec::new();
        }
        self.heartbeats += 1;
        let events =
            format!(r#"{{"current_time":"{}","heartbeat_counter":"{}"}}"#, rfc3339(now), self.heartbeats);
        vec![self.wrap("heartbeats", now, &events)]
    }
}
