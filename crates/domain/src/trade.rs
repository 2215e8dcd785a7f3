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
