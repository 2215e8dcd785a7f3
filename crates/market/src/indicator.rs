//! Indicators over a series of prices. They are statistics: their floats never become money.

mod ema;
mod sma;

pub use ema::Ema;
pub use sma::Sma;

/// The longest period of an indicator, in prices. It keeps every sum far inside its range.
pub const LENGTH_MAX: u32 = 1 << 20;

#[cfg(test)]
mod tests;
