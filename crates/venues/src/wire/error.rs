use domain::NumberError;
use thiserror::Error;

/// Why a message was refused. Costs no allocation, so a flood of bad messages stays cheap.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("{what} {kind} (byte {offset} of the message)")]
pub struct DecodeError {
    pub kind: DecodeErrorKind,
    /// The field or part concerned.
    pub what: &'static str,
    /// Where in the message, counted in bytes from zero; 0 where the value was written with escapes.
    pub offset: usize,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Error)]
pub enum DecodeErrorKind {
    #[error("is empty")]
    Empty,
    #[error("is not UTF-8")]
    InvalidUtf8,
    /// Not JSON, JSON that ends early, a field of the wrong type, or a field that appears twice.
    #[error("is not the JSON expected: cut off, misspelt, of the wrong type, or with a field twice")]
    Malformed,
    #[error("is missing")]
    Missing,
    /// An event type that the vendor does not document for what was subscribed to.
    #[error("is of an unknown type")]
    UnknownEvent,
    #[error("names a symbol that was not subscribed to")]
    UnknownSymbol,
    /// A snapshot without a symbol on a connection of several.
    #[error("names no symbol, and several are subscribed to")]
    AmbiguousSymbol,
    #[error("is not a time")]
    NotATime,
    #[error("is not a decimal number")]
    NotANumber,
    #[error("has more decimals than are kept; nothing is rounded silently")]
    TooPrecise,
    #[error("is out of range")]
    OutOfRange,
    #[error("is a negative quantity")]
    NegativeQuantity,
    #[error("is a zero quantity")]
    ZeroQuantity,
    #[error("is a negative or zero price")]
    PriceNotPositive,
    #[error("ends before it begins")]
    UpdateIdsReversed,
    /// The venue answered a request with an error.
    #[error("is an error that the venue reports")]
    ReportedByVenue,
}

impl From<NumberError> for DecodeErrorKind {
    fn from(error: NumberError) -> Self {
        match error {
            NumberError::Malformed => Self::NotANumber,
            NumberError::TooPrecise(_) => Self::TooPrecise,
            NumberError::Overflow | NumberError::DivisionByZero => Self::OutOfRange,
        }
    }
}
