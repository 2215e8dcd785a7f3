use domain::{
    Bar, CrossVenueSpread, InstrumentId, MarketEvent, PairSpread, Quote, RegimeChange, Timestamp, Trade,
};
use serde::{Deserialize, Serialize};

/// One thing worth keeping, owned.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SinkItem {
    Trade(Trade),
    Quote(Quote),
    Bar(Bar),
    Spread(CrossVenueSpread),
    Pair(PairSpread),
    Regime(RegimeChange),
}

impl SinkItem {
    /// What counts against a batch's limit of bytes: the item as it lies in memory.
    pub const BYTES: usize = size_of::<Self>();

    /// `None` for events that sinks do not keep: depth, corporate actions, marks of invalid prices.
    #[must_use]
    #[inline]
    pub const fn of(event: &MarketEvent) -> Option<Self> {
        match event {
            MarketEvent::Trade(trade) => Some(Self::Trade(*trade)),
            MarketEvent::Quote(quote) => Some(Self::Quote(*quote)),
            MarketEvent::Bar(bar) => Some(Self::Bar(*bar)),
            MarketEvent::Spread(spread) => Some(Self::Spread(*spread)),
            MarketEvent::Pair(spread) => Some(Self::Pair(*spread)),
            MarketEvent::Regime(change) => Some(Self::Regime(*change)),
            MarketEvent::Depth(_) | MarketEvent::Corporate(_) | MarketEvent::Invalid { .. } => None,
        }
    }

    /// Items of one stream stay in order. A spread is with the instrument that is bought, a
    /// pair with its first.
    #[must_use]
    #[inline]
    pub const fn stream(&self) -> InstrumentId {
        match self {
            Self::Trade(trade) => trade.instrument,
            Self::Quote(quote) => quote.instrument,
            Self::Bar(bar) => bar.instrument,
            Self::Spread(spread) => spread.buy,
            Self::Pair(spread) => spread.first,
            Self::Regime(change) => change.instrument,
        }
    }

    /// When it happened: a bar at its end, a spread when it was seen, the rest when it was received.
    #[must_use]
    pub fn time(&self) -> Timestamp {
        match self {
            Self::Trade(trade) => trade.receive_time,
            Self::Quote(quote) => quote.receive_time,
            Self::Bar(bar) => bar.close_time,
            Self::Spread(spread) => spread.time,
            Self::Pair(spread) => spread.time,
            Self::Regime(change) => change.time,
        }
    }

    /// The kind as pages and tables name it.
    #[must_use]
    pub const fn kind(&self) -> &'static str {
        match self {
            Self::Trade(_) => "trade",
            Self::Quote(_) => "quote",
            Self::Bar(_) => "bar",
            Self::Spread(_) => "spread",
            Self::Pair(_) => "pair",
            Self::Regime(_) => "regime",
        }
    }
}
