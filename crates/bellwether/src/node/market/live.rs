//! The market that the venues' own feeds bring.

use std::sync::Arc;

use ::market::BookRules;
use anyhow::{Context, Result};
use domain::{Instrument, InstrumentId, Instruments, Span};
use outbound::Client;
use resilience::{Chance, SeededChance};
use tokio::runtime::Handle;
use venues::binance::instruments::named;
use venues::binance::{BinanceAddresses, BinanceFeed, BinanceMarket};
use venues::coinbase::{self, CoinbaseFeed};
use venues::kraken::{self, KrakenFeed};
use venues::live::{Feed, LinkConfig, Parts, Vendor};

use super::super::outside;
use super::super::policies::{Party, Policies};
use crate::clock::SystemClock;
use crate::config::{Config, FeedSettings, StreamSettings};

/// Every connection that the configuration wants.
pub(crate) struct LiveFeeds {
    vendors: Vec<(Arc<dyn Vendor>, Option<Client>)>,
}

impl LiveFeeds {
    /// Lists the instruments of every feed.
    pub(crate) fn new(config: &Config, policies: &Policies, instruments: &mut Instruments) -> Result<Self> {
        let feeds = &config.feeds;
        let markets = [
            (BinanceMarket::Spot, &feeds.binance_spot),
            (BinanceMarket::UsdMargined, &feeds.binance_usdm),
            (BinanceMarket::CoinMargined, &feeds.binance_coinm),
        ];
        let mut vendors: Vec<(Arc<dyn Vendor>, Option<Client>)> = Vec::new();
        for (market, settings) in markets.into_iter().filter(|(_, settings)| !settings.symbols.is_empty()) {
            let symbols = settings
                .symbols
                .iter()
                .map(|symbol| Ok((symbol.clone(), instruments.list(named(market, symbol))?)))
                .collect::<Result<Vec<_>>>()?;
            let client = Client::new(outside::http(config), policies.of(Party::Binance)?)
                .context("Binance cannot be called over HTTP")?;
            let feeds = BinanceFeed::connections(market, &addresses(market, settings), &symbols);
            vendors.extend(
                feeds.into_iter().map(|feed| (Arc::new(feed) as Arc<dyn Vendor>, Some(client.clone()))),
            );
        }
        if let Some(symbols) = list(&feeds.kraken, kraken::instrument, instruments)? {
            let address = address(&feeds.kraken, kraken::feed::ADDRESS);
            vendors.push((Arc::new(KrakenFeed::new(address, &symbols)), None));
        }
        if let Some(symbols) = list(&feeds.coinbase, coinbase::instrument, instruments)? {
            let address = address(&feeds.coinbase, coinbase::feed::ADDRESS);
            vendors.push((Arc::new(CoinbaseFeed::new(address, &symbols)), None));
        }
        Ok(Self { vendors })
    }

    pub(crate) fn books(&self) -> Vec<(InstrumentId, BookRules)> {
        self.vendors.iter().flat_map(|(vendor, _)| vendor.books().to_vec()).collect()
    }

    /// Whose feeds they are, each once.
    pub(crate) fn providers(&self) -> Vec<&'static str> {
        let mut providers: Vec<_> = self.vendors.iter().map(|(vendor, _)| vendor.provider()).collect();
        providers.dedup();
        providers
    }

    /// Connects.
    pub(crate) fn start(self, config: &Config, runtime: &Handle) -> Feed {
        let chance: Arc<dyn Chance> = Arc::new(SeededChance::new(u64::from(std::process::id())));
        let quiet_max = Span::from_millis(config.pipeline.stale_after_ms.saturating_mul(2));
        let link = LinkConfig { quiet_max, ..LinkConfig::default() };
        Feed::start(self.vendors, &Parts { clock: Arc::new(SystemClock), chance, config: link }, runtime)
    }
}

/// The symbols of a feed with their instruments; `None` where it has none.
fn list(
    settings: &StreamSettings,
    instrument: fn(&str) -> Instrument,
    instruments: &mut Instruments,
) -> Result<Option<Vec<(String, InstrumentId)>>> {
    if settings.symbols.is_empty() {
        return Ok(None);
    }
    let listed =
        settings.symbols.iter().map(|symbol| Ok((symbol.clone(), instruments.list(instrument(symbol))?)));
    listed.collect::<Result<_>>().map(Some)
}

fn address(settings: &StreamSettings, own: &str) -> String {
    let url = settings.stream_url.reveal();
    if url.is_empty() { own.to_owned() } else { url.to_owned() }
}

fn addresses(market: BinanceMarket, settings: &FeedSettings) -> BinanceAddresses {
    let own = market.addresses();
    let or = |url: &str, own: String| if url.is_empty() { own } else { url.trim_end_matches('/').to_owned() };
    BinanceAddresses {
        stream: or(settings.stream_url.reveal(), own.stream),
        rest: or(settings.rest_url.reveal(), own.rest),
    }
}
