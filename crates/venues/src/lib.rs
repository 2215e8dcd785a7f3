//! The real world's market data, one folder a vendor: how its bytes become `domain` types, where its recordings
//! are read from, and a README of its quirks.
//!
//! This crate is not a feed handler: it builds no book, checks no sequence and fills no gap (that is `market`).
//! It reads no clock either: receive times come with the recording or from whoever owns the socket. Everything
//! that reads input here takes it as hostile: bounded memory, no panic, and an error that names file, line and
//! reason.

pub mod binance;
pub mod bitget;
pub mod bybit;
pub mod coinbase;
pub mod kraken;

pub mod files;
pub mod live;
pub mod recording;
pub mod simulator;
pub mod wire;

mod detect;
mod error;
mod input;
mod pair;

pub use detect::{InputKind, detect};
pub use error::{SourceError, SourceErrorKind};
pub use input::FileSource;

#[cfg(test)]
mod tests;
