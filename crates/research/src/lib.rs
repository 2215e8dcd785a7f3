//! Experiments on top of the simulation: backtests, their statistics and their reports.
//!
//! It drives the same engine and the same matching venue that paper trading uses. It is not a second engine and
//! holds no trading rule: what it adds is the loop over history, the equity curve and the arithmetic about it.

pub mod backtest;
pub mod curve;
pub mod report;
pub mod statistics;
pub mod trades;

pub use backtest::{Backtest, BacktestError, Outcome, Setup};
pub use curve::{EquityCurve, EquityPoint};
pub use statistics::{Convention, Statistics};
pub use trades::{RoundTrip, TradeLedger};

#[cfg(test)]
mod tests;
