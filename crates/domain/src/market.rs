//! Everything that a market can tell a cell, in one closed list.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::{
    Bar, CorporateAction, CrossVenueSpread, Depth, InstrumentId, PairSpread, Quote, RegimeChange, Timestamp,
    Trade,
};

/// One thing that happened in a market.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MarketEvent {
    Trade(Trade),
    Quote(Quote),
    Bar(Bar),
    /// Shared so that many cells read one copy.
    #[serde(with = "shared_depth")]
    Depth(Arc<Depth>),
    /// One asset, two venues.
    Spread(CrossVenueSpread),
    /// Two instruments whose prices move together.
    Pair(PairSpread),
    /// The distance of bid and ask of one instrument.
    Regime(RegimeChange),
    Corporate(CorporateAction),
    /// The instrument's prices cannot be trusted (sequence gap, stale feed) until the next `Quote`.
    Invalid {
        instrument: InstrumentId,
        time: Timestamp,
    },
}

impl MarketEvent {
    /// When we knew of it: the clock of the cell that handles it.
    #[must_use]
    #[inline]
    pub fn time(&self) -> Timestamp {
        match self {
            Self::Trade(trade) => trade.receive_time,
            Self::Quote(quote) => quote.receive_time,
            Self::Bar(bar) => bar.close_time,
            Self::Depth(depth) => depth.receive_time,
            Self::Spread(spread) => spread.time,
            Self::Pair(spread) => spread.time,
            Self::Regime(change) => change.time,
            Self::Corporate(action) => action.time,
            Self::Invalid { time, .. } => *time,
        }
    }

    /// The instrument concerned; for a spread the one that is bought, for a pair its first.
    #[must_use]
    #[inline]
    pub fn instrument(&self) -> InstrumentId {
        match self {
            Self::Trade(trade) => trade.instrument,
            Self::Quote(quote) => quote.instrument,
            Self::Bar(bar) => bar.instrument,
            Self::Depth(depth) => depth.instrument,
            Self::Spread(spread) => spread.buy,
            Self::Pair(spread) => spread.first,
            Self::Regime(change) => change.instrument,
            Self::Corporate(action) => action.instrument,
            Self::Invalid { instrument, .. } => *instrument,
        }
    }
}

mod shared_depth {
    use std::sync::Arc;

    use serde::{Deserialize, Deserializer, Serialize, Serializer};

    use crate::Depth;

    pub(super) fn serialize<S: Serializer>(depth: &Arc<Depth>, serializer: S) -> Result<S::Ok, S::Error> {
        depth.as_ref().serialize(serializer)
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Arc<Depth>, D::Error> {
        Depth::deserialize(deserializer).map(Arc::new)
    }
}
