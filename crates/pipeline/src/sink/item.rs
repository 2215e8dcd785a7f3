use domain::{Bar, CrossVenueSpread, MarketEvent, PairSpread, Quote, RegimeChange, Trade};

/// One thing worth keeping, owned.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
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
}
