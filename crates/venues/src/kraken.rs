//! Kraken spot: the current WebSocket API v2, and recordings of its predecessor. Quirks are in this folder's README.

pub mod v1;

pub(crate) mod recorded;

pub use v1::KrakenV1Wire;
