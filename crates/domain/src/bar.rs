mod period;
mod rule;

use serde::{Deserialize, Serialize};

use crate::{InstrumentId, Price, Quantity, Timestamp};

pub use period::BarPeriod;
pub use rule::{BarRule, BarRuleError};

/// Open, high, low, close and volume of what [`BarRule`] puts together.
///
/// A bar of time or of a session covers `[open_time, close_time)`: a trade exactly on a boundary belongs to the
/// later bar. A bar that trades fill covers from its first trade to its last, both included, so that two of them
/// may touch in one moment. Of an instrument the rule, the open time and the number name a bar.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Bar {
    pub instrument: InstrumentId,
    pub trades: u32,
    pub rule: BarRule,
    pub open_time: Timestamp,
    /// The first moment after a bar of time or of a session, the last trade of any other: when it is known.
    pub close_time: Timestamp,
    pub open: Price,
    pub high: Price,
    pub low: Price,
    pub close: Price,
    pub volume: Quantity,
    /// How many bars of the rule opened at the same moment before it; zero but in a burst of trades.
    pub number: u32,
    /// How often the bar was told anew because trades of it came late or were taken back; zero at first.
    pub revision: u32,
}

impl Bar {
    /// A bar of time, without trades counted, at one price: the start of what a source tells or a test needs.
    #[must_use]
    pub const fn of_period(
        instrument: InstrumentId,
        period: BarPeriod,
        open_time: Timestamp,
        price: Price,
    ) -> Self {
        Self {
            instrument,
            trades: 0,
            rule: BarRule::Time(period),
            open_time,
            close_time: open_time.plus(period.span()),
            open: price,
            high: price,
            low: price,
            close: price,
            volume: Quantity::ZERO,
            number: 0,
            revision: 0,
        }
    }

    /// Whether the bar was told before, with other figures: what acts on bars as they close passes it over.
    #[must_use]
    #[inline]
    pub const fn is_revised(&self) -> bool {
        self.revision > 0
    }

    /// Whether high and low enclose open and close, and the times are in order.
    #[must_use]
    pub fn is_coherent(&self) -> bool {
        self.low <= self.open.min(self.close)
            && self.high >= self.open.max(self.close)
            && self.open_time <= self.close_time
            && !self.volume.is_negative()
    }
}
