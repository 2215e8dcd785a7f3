//! Coinbase Advanced Trade: level 2 books, trades and heartbeats. Quirks are in this folder's README.

pub mod feed;
pub mod simulator;
pub mod wire;

pub(crate) mod recorded;

use domain::{Currency, Instrument, InstrumentKind, Rate};

pub use feed::CoinbaseFeed;
pub use wire::CoinbaseWire;

use crate::input::plain;
use crate::pair;

/// A product such as `BTC-USD`, as fine as the numbers allow, with the fees of the lowest tier.
#[must_use]
pub fn instrument(product_id: &str) -> Instrument {
    let currencies = pair::split(product_id).unwrap_or((Currency::USD, Currency::USD));
    Instrument {
        maker_fee: Rate::from_basis_points(60),
        taker_fee: Rate::from_basis_points(120),
        ..plain(product_id.to_owned(), "COINBASE", InstrumentKind::Spot, currencies)
    }
}
