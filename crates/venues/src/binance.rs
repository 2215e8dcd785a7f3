//! Binance: spot, USD-margined and coin-margined futures. Quirks are in this folder's README.

pub mod capture;
pub mod feed;
pub mod instruments;
pub mod simulator;
pub mod wire;

pub(crate) mod recorded;

use market::SequenceRule;

pub use capture::{CaptureSource, Captured};
pub use feed::{BinanceAddresses, BinanceFeed};
pub use wire::{Decoder, TradeStream};

/// The three markets whose messages differ in fields and in sequence rules.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum BinanceMarket {
    Spot,
    /// Linear futures, margined and settled in a stablecoin.
    UsdMargined,
    /// Inverse futures, margined and settled in the coin.
    CoinMargined,
}

impl BinanceMarket {
    /// Whether depth updates must name the last id of the one before (`pu`).
    #[must_use]
    pub const fn names_previous_update(self) -> bool {
        matches!(self, Self::UsdMargined | Self::CoinMargined)
    }

    /// How its depth updates show that none is missing.
    #[must_use]
    pub const fn sequence_rule(self) -> SequenceRule {
        if self.names_previous_update() { SequenceRule::PreviousId } else { SequenceRule::Contiguous }
    }
}
