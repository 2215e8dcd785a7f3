//! Binance on this machine: streams, raw and combined, subscriptions, REST depth and lists of instruments.

use std::collections::BTreeSet;
use std::io;
use std::sync::Arc;

use domain::{Instrument, Level, Side};
use engine::{Clock, Source};
use market::BookRules;
use serde::Deserialize;
use serde_json::value::RawValue;

use super::BinanceMarket;
use crate::simulator::{
    Answer, Conversation, Dialect, Event, EventKind, Heard, Listing, Simulator, SimulatorConfig, World,
    padded_price, padded_quantity,
};

/// Streams that one connection may carry.
const STREAMS_MAX: usize = 1_024;

/// Futures leave holes in their numbers.
const FUTURES_STRIDE: u64 = 7;

/// Starts the simulator of one market over what `source` says of `listed`.
///
/// # Errors
/// When its address cannot be listened on.
pub async fn start(
    config: SimulatorConfig,
    market: BinanceMarket,
    source: Box<dyn Source>,
    listed: &[(Instrument, BookRules)],
    clock: Arc<dyn Clock>,
) -> io::Result<Simulator> {
    Simulator::start(config, Box::new(BinanceDialect { market }), source, listed, clock).await
}

struct BinanceDialect {
    market: BinanceMarket,
}

impl Dialect for BinanceDialect {
    fn stride(&self) -> u64 {
        if self.market.names_previous_update() { FUTURES_STRIDE } else { 1 }
    }

    fn converse(&self, path: &str, query: &str) -> Option<Box<dyn Conversation>> {
        let (is_combined, named) = match path.split_once("/ws/") {
            Some((_, named)) => (false, named),
            None if path == "/ws" => (false, ""),
            None if path == "/stream" => (true, query.strip_prefix("streams=").unwrap_or_default()),
            None => return None,
        };
        let streams = named.split('/').filter(|name| !name.is_empty()).map(str::to_lowercase).collect();
        Some(Box::new(BinanceConversation { market: self.market, is_combined, streams }))
    }

    fn answer(&self, path: &str, query: &str, world: &World) -> Answer {
        let parameter = |name: &str| {
            query.split('&').find_map(|part| part.strip_prefix(name)?.strip_prefix('=')).unwrap_or_default()
        };
        match path.rsplit('/').next() {
            Some("depth") => self.depth(parameter("symbol"), parameter("limit"), world),
            Some("exchangeInfo") => plain(self.exchange_info(world), 20),
            Some("ping") => plain("{}".to_owned(), 1),
            Some("time") => {
                let time = world.listings().map(|listing| listing.time.millis()).max().unwrap_or_default();
                plain(format!(r#"{{"serverTime":{time}}}"#), 1)
            }
            _ => refuse(404, "{}".to_owned()),
        }
    }

    fn messages_per_second(&self) -> usize {
        5
    }
}

fn plain(body: String, weight: u64) -> Answer {
    Answer { status: 200, body, is_snapshot: false, weight }
}

fn refuse(status: u16, body: String) -> Answer {
    Answer { status, body, is_snapshot: false, weight: 1 }
}

impl BinanceDialect {
    fn depth(&self, symbol: &str, limit: &str, world: &World) -> Answer {
        let Some(listing) = world.find(symbol) else {
            return refuse(400, r#"{"code":-1121,"msg":"Invalid symbol."}"#.to_owned());
        };
        let limit: usize = match limit.parse() {
            Ok(limit @ 1..=5_000) => limit,
            _ if limit.is_empty() => 100,
            _ => {
                return refuse(
                    400,
                    r#"{"code":-1100,"msg":"Illegal characters found in parameter 'limit'."}"#.to_owned(),
                );
            }
        };
        let snapshot = listing.snapshot(limit);
        let (id, time) = (snapshot.last_update_id, listing.time.millis());
        let (bids, asks) = (levels(self.market, &snapshot.bids), levels(self.market, &snapshot.asks));
        let head = match self.market {
            BinanceMarket::Spot => String::new(),
            BinanceMarket::UsdMargined => format!(r#""E":{time},"T":{time},"#),
            BinanceMarket::CoinMargined => {
                let pair = pair(symbol);
                format!(r#""E":{time},"T":{time},"symbol":"{symbol}","pair":"{pair}","#)
            }
        };
        let body = format!(r#"{{"lastUpdateId":{id},{head}"bids":[{bids}],"asks":[{asks}]}}"#);
        let weight = if limit <= 100 {
            5
        } else if limit <= 500 {
            25
        } else if limit <= 1_000 {
            50
        } else {
            250
        };
        Answer { status: 200, body, is_snapshot: true, weight }
    }

    fn exchange_info(&self, world: &World) -> String {
        let symbols: Vec<String> = world.listings().map(|listing| self.symbol_info(listing)).collect();
        format!(
            r#"{{"timezone":"UTC","serverTime":0,"rateLimits":[],"exchangeFilters":[],"symbols":[{}]}}"#,
            symbols.join(",")
        )
    }

    fn symbol_info(&self, listing: &Listing) -> String {
        let Instrument { symbol, base, quote, settlement, price_tick, quantity_step, .. } =
            &listing.instrument;
        let contract = match self.market {
            BinanceMarket::Spot => r#""isSpotTradingAllowed":true,"isMarginTradingAllowed":false,"permissions":["SPOT"],"baseAssetPrecision":8,"quotePrecision":8,"quoteAssetPrecision":8"#.to_owned(),
            _ => format!(
                r#""pair":"{}","contractType":"PERPETUAL","marginAsset":"{settlement}","contractStatus":"TRADING","contractSize":100,"pricePrecision":8,"quantityPrecision":8,"baseAssetPrecision":8,"quotePrecision":8"#,
                pair(symbol)
            ),
        };
        format!(
            r#"{{"symbol":"{symbol}","status":"TRADING","baseAsset":"{base}","quoteAsset":"{quote}",{contract},"orderTypes":["LIMIT","MARKET"],"filters":[{{"filterType":"PRICE_FILTER","minPrice":"{price_tick}","maxPrice":"9000000000","tickSize":"{price_tick}"}},{{"filterType":"LOT_SIZE","minQty":"{quantity_step}","maxQty":"9000000000","stepSize":"{quantity_step}"}}]}}"#
        )
    }
}

fn pair(symbol: &str) -> &str {
    symbol.split('_').next().unwrap_or(symbol)
}

/// As the market writes numbers: spot pads to eight decimals.
fn level(market: BinanceMarket, level: &Level) -> [String; 2] {
    let decimals = if market == BinanceMarket::Spot { 8 } else { 0 };
    [padded_price(level.price, decimals), padded_quantity(level.quantity, decimals)]
}

fn levels(market: BinanceMarket, listed: &[Level]) -> String {
    let texts: Vec<String> = listed
        .iter()
        .map(|entry| {
            let [price, quantity] = level(market, entry);
            format!(r#"["{price}","{quantity}"]"#)
        })
        .collect();
    texts.join(",")
}

struct BinanceConversation {
    market: BinanceMarket,
    is_combined: bool,
    streams: BTreeSet<String>,
}

#[derive(Deserialize)]
struct Request<'t> {
    method: String,
    #[serde(default)]
    params: Vec<String>,
    #[serde(borrow)]
    id: Option<&'t RawValue>,
}

impl Conversation for BinanceConversation {
    fn opened(&mut self) -> Vec<String> {
        Vec::new()
    }

    fn heard(&mut self, text: &str, _world: &World) -> Heard {
        let Ok(Request { method, params, id }) = serde_json::from_str(text) else {
            let error = r#"{"error":{"code":3,"msg":"Invalid JSON: expected value"}}"#.to_owned();
            return Heard::Replies(vec![error]);
        };
        let id = id.map_or("null", RawValue::get);
        let result = match method.as_str() {
            "SUBSCRIBE" => {
                self.streams.extend(params.iter().map(|name| name.to_lowercase()));
                "null".to_owned()
            }
            "UNSUBSCRIBE" => {
                self.streams.retain(|known| !params.iter().any(|name| name.eq_ignore_ascii_case(known)));
                "null".to_owned()
            }
            "LIST_SUBSCRIPTIONS" => format!("{:?}", self.streams.iter().collect::<Vec<_>>()),
            _ => {
                let error =
                    format!(r#"{{"error":{{"code":2,"msg":"Invalid request: unknown method"}},"id":{id}}}"#);
                return Heard::Replies(vec![error]);
            }
        };
        if self.streams.len() > STREAMS_MAX {
            return Heard::Close(1008, "too many streams");
        }
        Heard::Replies(vec![format!(r#"{{"result":{result},"id":{id}}}"#)])
    }

    fn told(&mut self, event: &Event) -> Vec<String> {
        let symbol: &str = &event.symbol;
        let lower = symbol.to_lowercase();
        match &event.kind {
            EventKind::Farewell => {
                vec![format!(r#"{{"e":"serverShutdown","E":{}}}"#, event.time.millis())]
            }
            EventKind::Trade(_) => {
                let single = self.wrap(&format!("{lower}@trade"), || self.trade(event, symbol, false));
                let aggregate = self.wrap(&format!("{lower}@aggtrade"), || self.trade(event, symbol, true));
                single.into_iter().chain(aggregate).collect()
            }
            EventKind::Depth { is_new_best, .. } => {
                let names = ["", "@100ms", "@0ms", "@1000ms"].map(|speed| format!("{lower}@depth{speed}"));
                let depth = names.iter().find(|name| self.streams.contains(*name));
                let depth = depth.and_then(|name| self.wrap(name, || self.depth(event, symbol)));
                let best = if *is_new_best {
                    self.wrap(&format!("{lower}@bookticker"), || self.best(event, symbol))
                } else {
                    None
                };
                best.into_iter().chain(depth).collect()
            }
        }
    }
}

impl BinanceConversation {
    /// A frame of a stream, if it is subscribed to.
    fn wrap(&self, stream: &str, content: impl FnOnce() -> String) -> Option<String> {
        if !self.streams.contains(stream) {
            return None;
        }
        let name = stream.replace("@aggtrade", "@aggTrade").replace("@bookticker", "@bookTicker");
        let content = content();
        Some(if self.is_combined { format!(r#"{{"stream":"{name}","data":{content}}}"#) } else { content })
    }

    fn futures(&self, of_futures: String) -> String {
        if self.market == BinanceMarket::Spot { String::new() } else { of_futures }
    }

    fn trade(&self, event: &Event, symbol: &str, is_aggregate: bool) -> String {
        let EventKind::Trade(trade) = &event.kind else { return String::new() };
        let (time, id) = (event.time.millis(), trade.id);
        let entry = Level { price: trade.price, quantity: trade.quantity };
        let [price, quantity] = level(self.market, &entry);
        let is_maker = trade.aggressor == Some(Side::Sell);
        if is_aggregate {
            let spot = if self.market == BinanceMarket::Spot { r#","M":true"# } else { "" };
            return format!(
                r#"{{"e":"aggTrade","E":{time},"s":"{symbol}","a":{id},"p":"{price}","q":"{quantity}","f":{id},"l":{id},"T":{time},"m":{is_maker}{spot}}}"#
            );
        }
        match self.market {
            BinanceMarket::Spot => format!(
                r#"{{"e":"trade","E":{time},"s":"{symbol}","t":{id},"p":"{price}","q":"{quantity}","T":{time},"m":{is_maker},"M":true}}"#
            ),
            _ => format!(
                r#"{{"e":"trade","E":{time},"T":{time},"s":"{symbol}","t":{id},"p":"{price}","q":"{quantity}","X":"MARKET","m":{is_maker}}}"#
            ),
        }
    }

    fn depth(&self, event: &Event, symbol: &str) -> String {
        let EventKind::Depth { first, last, previous, bids, asks, .. } = &event.kind else {
            return String::new();
        };
        let time = event.time.millis();
        let (bids, asks) = (levels(self.market, bids), levels(self.market, asks));
        let matched = self.futures(format!(r#""T":{time},"#));
        let previous = self.futures(format!(r#""pu":{previous},"#));
        format!(
            r#"{{"e":"depthUpdate","E":{time},{matched}"s":"{symbol}","U":{first},"u":{last},{previous}"b":[{bids}],"a":[{asks}]}}"#
        )
    }

    fn best(&self, event: &Event, symbol: &str) -> String {
        let EventKind::Depth { last, best: [bid, ask], .. } = &event.kind else { return String::new() };
        let time = event.time.millis();
        let ([bid, bid_quantity], [ask, ask_quantity]) = (level(self.market, bid), level(self.market, ask));
        let body =
            format!(r#""s":"{symbol}","b":"{bid}","B":"{bid_quantity}","a":"{ask}","A":"{ask_quantity}""#);
        match self.market {
            BinanceMarket::Spot => format!(r#"{{"u":{last},{body}}}"#),
            _ => format!(r#"{{"e":"bookTicker","u":{last},{body},"T":{time},"E":{time}}}"#),
        }
    }
}
