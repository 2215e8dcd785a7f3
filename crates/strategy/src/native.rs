//! The built-in strategies.

pub mod buy_and_hold;
pub mod sizing;
pub mod sma_cross;
pub mod spread_capture;

pub use buy_and_hold::BuyAndHold;
pub use sizing::Sizing;
pub use sma_cross::SmaCross;
pub use spread_capture::SpreadCapture;
