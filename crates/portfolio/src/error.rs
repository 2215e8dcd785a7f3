use domain::{InstrumentId, NumberError};
use thiserror::Error;

/// Why something could not be booked or valued. The books are then as they were.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum BookingError {
    #[error("names instrument {named} but was booked against instrument {given}")]
    WrongInstrument { named: InstrumentId, given: InstrumentId },
    #[error("fills a quantity that is not more than zero")]
    QuantityNotPositive,
    /// An inverse contract is worth base currency and cannot move its full value through cash.
    #[error("instrument {0} settles in full but is an inverse contract")]
    ContradictoryInstrument(InstrumentId),
    #[error("instrument {0} is a derivative, which has neither splits nor dividends")]
    NotHeldOutright(InstrumentId),
    #[error("splits into or out of no shares")]
    EmptySplit,
    #[error("instrument {0} is not known")]
    UnknownInstrument(InstrumentId),
    #[error("instrument {0} has no price yet")]
    NoMark(InstrumentId),
    #[error("a figure {0}")]
    Number(#[from] NumberError),
}

impl BookingError {
    pub(crate) const OUT_OF_RANGE: Self = Self::Number(NumberError::Overflow);
}
