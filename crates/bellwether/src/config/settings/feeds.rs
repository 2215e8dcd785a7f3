//! Where market data comes from.

use super::{Kind, Rule, Setting, choice, url};

const CONNECTED: &str = "the feeds are connected with it";

const fn symbols(path: &'static str, about: &'static str) -> Setting {
    Setting::new(path, Kind::Texts(&Rule::NAME), about).restart(CONNECTED)
}

const fn stream(path: &'static str) -> Setting {
    url(path, &["ws", "wss"], "its streams, such as those of a simulator; empty: the venue's own")
        .restart(CONNECTED)
}

const fn rest(path: &'static str) -> Setting {
    url(path, &["http", "https"], "its HTTP interface; empty: the venue's own").restart(CONNECTED)
}

pub(super) const SETTINGS: &[Setting] = &[
    choice(
        "feeds.market",
        &["synthetic", "live"],
        "which market the accounts live in: a made-up one that needs no network, or the live feeds below",
    )
    .restart(CONNECTED),
    symbols(
        "feeds.binance_spot.symbols",
        "symbols of Binance spot, such as BTCUSDT; none: it is not connected",
    ),
    stream("feeds.binance_spot.stream_url"),
    rest("feeds.binance_spot.rest_url"),
    symbols("feeds.binance_usdm.symbols", "symbols of Binance's linear futures, such as BTCUSDT"),
    stream("feeds.binance_usdm.stream_url"),
    rest("feeds.binance_usdm.rest_url"),
    symbols("feeds.binance_coinm.symbols", "symbols of Binance's inverse futures, such as BTCUSD_PERP"),
    stream("feeds.binance_coinm.stream_url"),
    rest("feeds.binance_coinm.rest_url"),
    symbols("feeds.kraken.symbols", "symbols of Kraken spot, such as BTC/USD"),
    stream("feeds.kraken.stream_url"),
    symbols("feeds.coinbase.symbols", "products of Coinbase Advanced, such as BTC-USD"),
    stream("feeds.coinbase.stream_url"),
];
