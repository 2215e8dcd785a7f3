//! Kraken spot: the current WebSocket API v2, and recordings of its predecessor. Quirks are in this folder's README.

pub mod feed;
pub mod simulator;
pub mod v1;
pub mod v2;

pub(crate) mod recorded;

use domain::{Currency, Instrument, InstrumentKind, Rate};

pub use feed::KrakenFeed;
pub use v1::KrakenV1Wire;
pub use v2::KrakenWire;

use crate::input::plain;
use crate::pair;

/// A pair such as `BTC/USD`, as fine as the numbers allow, with the fees of the lowest tier.
#[must_use]
pub fn instrument(symbol: &str) -> Instrument {
    let currencies = pair::split(symbol).unwrap_or((Currency::USD, Currency::USD));
    Instrument {
        maker_fee: Rate::from_basis_points(25),
        taker_fee: Rate::from_basis_points(40),
        ..plain(symbol.to_owned(), "KRAKEN", InstrumentKind::Spot, currencies)
    }
}
