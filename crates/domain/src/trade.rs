use serde::{Deserialize, Serialize};

use crate::{InstrumentId, Price, Quantity, Side, Timestamp};

/// One execution that a venue printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Trade {
    pub instrument: InstrumentId,
    /// The venue's trade number; 0 where it gives none.
    pub id: u64,
    pub price: Price,
    pub quantity: Quantity,
    /// Who took liquidity, where the venue says so.
    pub aggressor: Option<Side>,
    pub venue_time: Timestamp,
    pub receive_time: Timestamp,
}

/// What a venue says later of a trade that it printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Amendment {
    pub instrument: InstrumentId,
    /// [`Trade::id`] of the trade.
    pub trade_id: u64,
    pub terms: AmendmentTerms,
    pub venue_time: Timestamp,
    pub receive_time: Timestamp,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AmendmentTerms {
    /// The trade does not count.
    Cancelled,
    /// The trade was at these figures.
    Corrected { price: Price, quantity: Quantity },
}
