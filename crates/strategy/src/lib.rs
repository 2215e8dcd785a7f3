//! What plugs into the strategy socket: the strategies that are built in, and the registry that makes one from
//! its name and parameters.
//!
//! A strategy sees market data and its account through an [`engine::Desk`] and hands in what it wants; it reaches
//! no venue, reads no clock and is held by the risk gate like anybody else. This crate is not a place for limits,
//! for the simulation of fills or for users' code.

pub mod error;
pub mod native;
pub mod registry;

mod parameters;
mod several;

pub use error::StrategyError;
pub use native::{BuyAndHold, Sizing, SmaCross, SpreadCapture};
pub use parameters::{ParameterDoc, StrategyDoc};
pub use registry::{build, catalog};
pub use several::Several;

#[cfg(test)]
mod tests;
