use serde::{Deserialize, Serialize};

use crate::{InstrumentId, Level, NumberError, Price, Timestamp};

/// The best bid and ask of one instrument. A side with quantity zero is empty.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Quote {
    pub instrument: InstrumentId,
    pub bid: Level,
    pub ask: Level,
    pub venue_time: Timestamp,
    pub receive_time: Timestamp,
}

impl Quote {
    /// Both sides present and bid below ask.
    #[must_use]
    pub fn is_two_sided(&self) -> bool {
        self.bid.quantity.is_positive() && self.ask.quantity.is_positive() && self.bid.price < self.ask.price
    }

    /// The midpoint, truncated to nine decimals.
    ///
    /// # Errors
    /// `Overflow` at the ends of the price range.
    pub fn mid(&self) -> Result<Price, NumberError> {
        let sum = self.bid.price.checked_add(self.ask.price).ok_or(NumberError::Overflow)?;
        Ok(Price::from_raw(sum.raw() / 2))
    }
}
