use domain::MarketEvent;
use serde::{Deserialize, Serialize};

/// A named stream of messages with one order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Topic {
    Trades,
    /// Quotes, and the marks that take them back.
    Quotes,
    Depth,
    Bars,
    Spreads,
    Corporate,
    OrderEvents,
    /// What can be traded; only the last message of each instrument is worth keeping.
    Instruments,
}

impl Topic {
    /// In the order of their numbers.
    pub const ALL: [Self; 8] = [
        Self::Trades,
        Self::Quotes,
        Self::Depth,
        Self::Bars,
        Self::Spreads,
        Self::Corporate,
        Self::OrderEvents,
        Self::Instruments,
    ];

    /// Everything that a market tells.
    pub const MARKET: [Self; 6] =
        [Self::Trades, Self::Quotes, Self::Depth, Self::Bars, Self::Spreads, Self::Corporate];

    /// The name between processes.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Trades => "market.trades",
            Self::Quotes => "market.quotes",
            Self::Depth => "market.depth",
            Self::Bars => "market.bars",
            Self::Spreads => "market.spreads",
            Self::Corporate => "market.corporate",
            Self::OrderEvents => "orders.events",
            Self::Instruments => "market.instruments",
        }
    }

    /// Where an event of a market belongs. A mark of invalid prices goes with the quotes that it takes back.
    #[must_use]
    #[inline]
    pub const fn of(event: &MarketEvent) -> Self {
        match event {
            MarketEvent::Trade(_) => Self::Trades,
            MarketEvent::Quote(_) | MarketEvent::Invalid { .. } => Self::Quotes,
            MarketEvent::Depth(_) => Self::Depth,
            MarketEvent::Bar(_) => Self::Bars,
            MarketEvent::Spread(_) | MarketEvent::Pair(_) | MarketEvent::Regime(_) => Self::Spreads,
            MarketEvent::Corporate(_) => Self::Corporate,
        }
    }

    /// The place in tables that are dense by topic.
    #[must_use]
    pub const fn index(self) -> usize {
        self as usize
    }
}

impl std::fmt::Display for Topic {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.pad(self.name())
    }
}
