//! Kraken v2 on this machine: instruments, books with checksums, trades.

use std::collections::{BTreeMap, BTreeSet};
use std::io;
use std::sync::Arc;

use domain::{BookChecksum, Instrument, Level, Price, Quantity, Side, Timestamp};
use engine::{Clock, Source};
use market::{Book, BookRules, ChecksumRule};
use serde::Deserialize;

use crate::simulator::{
    Answer, Conversation, Dialect, Event, EventKind, Heard, Simulator, SimulatorConfig, World, padded_price,
    padded_quantity, rfc3339,
};

/// Depths that may be subscribed to.
const DEPTHS: [usize; 5] = [10, 25, 100, 500, 1_000];

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
    Simulator::start(config, Box::new(KrakenDialect), source, listed, clock).await
}

struct KrakenDialect;

impl Dialect for KrakenDialect {
    fn converse(&self, path: &str, _query: &str) -> Option<Box<dyn Conversation>> {
        (path == "/v2" || path == "/")
            .then(|| Box::new(KrakenConversation::default()) as Box<dyn Conversation>)
    }

    fn answer(&self, _path: &str, _query: &str, _world: &World) -> Answer {
        Answer {
            status: 404,
            body: r#"{"error":["EGeneral:Unknown method"]}"#.to_owned(),
            is_snapshot: false,
            weight: 1,
        }
    }

    fn messages_per_second(&self) -> usize {
        20
    }
}

/// A book as one connection was told it.
struct View {
    depth: usize,
    /// All of it, of which the best are told.
    whole: Book,
    told: Book,
    /// Changes up to this one were in the snapshot.
    since: u64,
    decimals: (u8, u8),
}

#[derive(Default)]
struct KrakenConversation {
    views: BTreeMap<String, View>,
    trades: BTreeSet<String>,
}

#[derive(Deserialize)]
struct Request {
    method: String,
    #[serde(default)]
    params: Parameters,
    #[serde(default)]
    req_id: u64,
}

#[derive(Deserialize, Default)]
struct Parameters {
    #[serde(default)]
    channel: String,
    #[serde(default)]
    symbol: Vec<String>,
    depth: Option<usize>,
}

impl Conversation for KrakenConversation {
    fn opened(&mut self) -> Vec<String> {
        vec![r#"{"channel":"status","type":"update","data":[{"api_version":"v2","connection_id":1,"system":"online","version":"2.0.0"}]}"#.to_owned()]
    }

    fn heard(&mut self, text: &str, world: &World) -> Heard {
        let Ok(Request { method, params, req_id }) = serde_json::from_str(text) else {
            return Heard::Replies(vec![r#"{"error":"Malformed request","success":false}"#.to_owned()]);
        };
        Heard::Replies(match (method.as_str(), params.channel.as_str()) {
            ("ping", _) => vec![format!(r#"{{"method":"pong","req_id":{req_id}}}"#)],
            ("subscribe", "instrument") => {
                vec![acknowledge(&method, "instrument", "", req_id), instruments(world)]
            }
            ("subscribe", "book") => self.subscribe_book(&params, req_id, world),
            ("unsubscribe", "book") => each(&params, |symbol| {
                self.views.remove(symbol);
                vec![acknowledge(&method, "book", symbol, req_id)]
            }),
            ("subscribe", "trade") => each(&params, |symbol| {
                self.trades.insert(symbol.to_owned());
                vec![acknowledge(&method, "trade", symbol, req_id)]
            }),
            ("unsubscribe", "trade") => each(&params, |symbol| {
                self.trades.remove(symbol);
                vec![acknowledge(&method, "trade", symbol, req_id)]
            }),
            _ => vec![format!(
                r#"{{"error":"Method or channel not supported","method":"{method}","success":false,"req_id":{req_id}}}"#
            )],
        })
    }

    fn told(&mut self, event: &Event) -> Vec<String> {
        let symbol: &str = &event.symbol;
        match &event.kind {
            EventKind::Farewell => Vec::new(),
            EventKind::Trade(trade) => {
                if !self.trades.contains(symbol) {
                    return Vec::new();
                }
                let side = if trade.aggressor == Some(Side::Sell) { "sell" } else { "buy" };
                let (price, quantity, id, time) =
                    (trade.price, trade.quantity, trade.id, rfc3339(event.time));
                vec![format!(
                    r#"{{"channel":"trade","type":"update","data":[{{"symbol":"{symbol}","side":"{side}","price":{price},"qty":{quantity},"ord_type":"market","trade_id":{id},"timestamp":"{time}"}}]}}"#
                )]
            }
            EventKind::Depth { last, bids, asks, .. } => match self.views.get_mut(symbol) {
                Some(view) if *last > view.since => {
                    view.change(symbol, bids, asks, event.time).into_iter().collect()
                }
                _ => Vec::new(),
            },
        }
    }

    fn beat(&mut self, _now: Timestamp) -> Vec<String> {
        if self.views.is_empty() && self.trades.is_empty() {
            return Vec::new();
        }
        vec![r#"{"channel":"heartbeat"}"#.to_owned()]
    }
}

impl KrakenConversation {
    fn subscribe_book(&mut self, params: &Parameters, req_id: u64, world: &World) -> Vec<String> {
        let depth = params.depth.unwrap_or(DEPTHS[0]);
        each(params, |symbol| {
            let Some(listing) = world.find(symbol).filter(|_| DEPTHS.contains(&depth)) else {
                return vec![format!(
                    r#"{{"error":"Currency pair or depth not supported {symbol}","method":"subscribe","success":false,"req_id":{req_id}}}"#
                )];
            };
            let decimals = decimals(&listing.instrument);
            let mut told = listing.book.clone();
            told.truncate(depth);
            let view = View { depth, whole: listing.book.clone(), told, since: listing.last_id, decimals };
            let snapshot = view.write(
                symbol,
                "snapshot",
                &levels(&view.told, Side::Buy),
                &levels(&view.told, Side::Sell),
                None,
            );
            self.views.insert(symbol.to_owned(), view);
            vec![acknowledge("subscribe", "book", symbol, req_id), snapshot]
        })
    }
}

fn each(params: &Parameters, mut reply: impl FnMut(&str) -> Vec<String>) -> Vec<String> {
    params.symbol.iter().flat_map(|symbol| reply(symbol)).collect()
}

fn acknowledge(method: &str, channel: &str, symbol: &str, req_id: u64) -> String {
    format!(
        r#"{{"method":"{method}","result":{{"channel":"{channel}","symbol":"{symbol}"}},"success":true,"req_id":{req_id}}}"#
    )
}

fn instruments(world: &World) -> String {
    let pair = |instrument: &Instrument| {
        let (price, quantity) = decimals(instrument);
        let Instrument { symbol, base, quote, price_tick, quantity_step, .. } = instrument;
        format!(
            r#"{{"symbol":"{symbol}","base":"{base}","quote":"{quote}","status":"online","qty_precision":{quantity},"qty_increment":{quantity_step},"price_precision":{price},"price_increment":{price_tick},"qty_min":{quantity_step}}}"#
        )
    };
    let pairs: Vec<String> = world.listings().map(|listing| pair(&listing.instrument)).collect();
    format!(
        r#"{{"channel":"instrument","type":"snapshot","data":{{"assets":[],"pairs":[{}]}}}}"#,
        pairs.join(",")
    )
}

/// The decimals of a tick and a step.
fn decimals(instrument: &Instrument) -> (u8, u8) {
    let of =
        |raw: i128| (0..9u8).find(|decimals| raw % 10i128.pow(9 - u32::from(*decimals)) == 0).unwrap_or(9);
    (of(i128::from(instrument.price_tick.raw())), of(instrument.quantity_step.raw()))
}

fn levels(book: &Book, side: Side) -> Vec<Level> {
    book.levels(side).collect()
}

impl View {
    /// Tells what changed among the best; what fell out of them is not told.
    fn change(&mut self, symbol: &str, bids: &[Level], asks: &[Level], time: Timestamp) -> Option<String> {
        for (side, changed) in [(Side::Buy, bids), (Side::Sell, asks)] {
            changed.iter().for_each(|level| self.whole.apply_level(side, *level));
        }
        let mut now = self.whole.clone();
        now.truncate(self.depth);
        let told = std::mem::replace(&mut self.told, now);
        let changes = |side| changed(&told, &self.told, &self.whole, side);
        let (bids, asks) = (changes(Side::Buy), changes(Side::Sell));
        if bids.is_empty() && asks.is_empty() {
            return None;
        }
        Some(self.write(symbol, "update", &bids, &asks, Some(time)))
    }

    fn write(
        &self,
        symbol: &str,
        kind: &str,
        bids: &[Level],
        asks: &[Level],
        time: Option<Timestamp>,
    ) -> String {
        let (price_decimals, quantity_decimals) = self.decimals;
        let written = BookChecksum { value: 0, price_decimals, quantity_decimals };
        let checksum = ChecksumRule::Digits.sum(&self.told, written);
        let time = time.map_or_else(String::new, |time| format!(r#","timestamp":"{}""#, rfc3339(time)));
        let (bids, asks) = (self.rungs(bids), self.rungs(asks));
        format!(
            r#"{{"channel":"book","type":"{kind}","data":[{{"symbol":"{symbol}","bids":[{bids}],"asks":[{asks}],"checksum":{checksum}{time}}}]}}"#
        )
    }

    fn rungs(&self, levels: &[Level]) -> String {
        let (prices, quantities) = self.decimals;
        let rung = |level: &Level| {
            let price = padded_price(level.price, usize::from(prices));
            let quantity = padded_quantity(level.quantity, usize::from(quantities));
            format!(r#"{{"price":{price},"qty":{quantity}}}"#)
        };
        levels.iter().map(rung).collect::<Vec<_>>().join(",")
    }
}

/// The levels that are other than before, and those that are gone from the whole book.
fn changed(told: &Book, now: &Book, whole: &Book, side: Side) -> Vec<Level> {
    let of = |book: &Book| -> BTreeMap<Price, Quantity> {
        book.levels(side).map(|level| (level.price, level.quantity)).collect()
    };
    let (told, now, whole) = (of(told), of(now), of(whole));
    let gone = told.keys().filter(|price| !whole.contains_key(price));
    let gone = gone.map(|&price| Level { price, quantity: Quantity::ZERO });
    let other = now.iter().filter(|(price, quantity)| told.get(price) != Some(quantity));
    gone.chain(other.map(|(&price, &quantity)| Level { price, quantity })).collect()
}
