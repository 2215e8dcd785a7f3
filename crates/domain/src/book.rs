//! Order book levels as they travel. The book that is built from them lives in `market`.

use serde::{Deserialize, Serialize};

use crate::{InstrumentId, Price, Quantity, Timestamp};

/// A price and what stands there. In an update, quantity zero deletes the level.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Level {
    pub price: Price,
    pub quantity: Quantity,
}

/// The top of a valid book, best level first on both sides.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Depth {
    pub instrument: InstrumentId,
    pub bids: Vec<Level>,
    pub asks: Vec<Level>,
    pub venue_time: Timestamp,
    pub receive_time: Timestamp,
}
