//! Binance: spot, USD-margined and coin-margined futures. Quirks are in this folder's README.

pub mod capture;
pub mod instruments;
pub mod wire;

pub use capture::{CaptureSource, Captured};
pub use wire::{DecodeError, DecodeErrorKind, Decoder};

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
}
