//! The make-believe world: a venue that fills orders against market data, a synthetic market that needs no
//! venue at all, the merging of recorded streams, and a clock that is told the time.
//!
//! Paper trading is production, so this is no test folder: [`Matching`] stands where a broker would and
//! [`SyntheticMarket`] where a feed would. Everything here is a function of its inputs and a seed. It is not an
//! engine and no backtester: it drives no cell, knows no strategy, keeps no books and waits for nothing.

pub mod clock;
pub mod matching;
pub mod replay;
pub mod synthetic;

mod chance;
mod owned;

pub use clock::VirtualClock;
pub use matching::{Latency, Matching, MatchingConfig};
pub use replay::Merge;
pub use synthetic::{SyntheticConfig, SyntheticError, SyntheticMarket, SyntheticStatistics};

#[cfg(test)]
mod tests;
