use serde::{Deserialize, Serialize};

use crate::config::masked::Masked;

/// Which market the accounts live in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum MarketKind {
    #[default]
    Synthetic,
    Live,
}

/// The live feeds: those whose symbols are named are connected.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Feeds {
    pub(crate) market: MarketKind,
    pub(crate) binance_spot: FeedSettings,
    pub(crate) binance_usdm: FeedSettings,
    pub(crate) binance_coinm: FeedSettings,
    pub(crate) kraken: StreamSettings,
    pub(crate) coinbase: StreamSettings,
}

/// One provider.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct FeedSettings {
    /// In the venue's spelling.
    pub(crate) symbols: Vec<String>,
    /// Where the venue is; empty: where it documents to be.
    pub(crate) stream_url: Masked,
    pub(crate) rest_url: Masked,
}

/// A provider whose streams say everything.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct StreamSettings {
    /// In the venue's spelling.
    pub(crate) symbols: Vec<String>,
    /// Where the venue is; empty: where it documents to be.
    pub(crate) stream_url: Masked,
}

impl Feeds {
    /// Whether nothing is wanted of any provider.
    pub(crate) fn are_empty(&self) -> bool {
        let fetching = [&self.binance_spot, &self.binance_usdm, &self.binance_coinm];
        let streaming = [&self.kraken, &self.coinbase];
        let symbols =
            fetching.map(|feed| &feed.symbols).into_iter().chain(streaming.map(|feed| &feed.symbols));
        symbols.into_iter().all(Vec::is_empty)
    }
}
