use domain::InstrumentId;
use thiserror::Error;

use super::Name;

/// Why a message has no bytes.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum Unsendable {
    #[error("instrument {0} is not in the directory")]
    UnknownInstrument(InstrumentId),
    #[error("the symbol `{0}` is longer than 255 bytes")]
    LongSymbol(String),
    #[error("`{0}` is a matter of the account's journal and is not sent")]
    NotSent(&'static str),
    #[error("the text of `{field}` cannot be written: {reason}")]
    Text { field: &'static str, reason: String },
}

/// Why bytes are no message.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum Unreadable {
    #[error("{0} bytes are too few for a message")]
    Short(usize),
    #[error("it does not begin with `BW`: this is no message of ours")]
    Foreign,
    #[error("the checksum does not match: the bytes are damaged")]
    Damaged,
    #[error("it is of version {major}, and this program reads {}: update it", super::MAJOR)]
    Version { major: u8 },
    #[error("it is of kind {0}, which this program does not know")]
    Kind(u8),
    #[error("the bytes end within `{0}`")]
    Cut(&'static str),
    #[error("`{field}` has the code {code}, which this program does not know")]
    Code { field: &'static str, code: u8 },
    #[error("`{0}` is out of range")]
    Range(&'static str),
    #[error("`{0}` is not the text that belongs there")]
    Text(&'static str),
    #[error("{bytes} bytes are left over behind the last field")]
    LeftOver { bytes: usize },
    /// It may become readable: the instrument's own message may be still to come.
    #[error("{0} is not listed here: no message has described it yet")]
    UnknownInstrument(Name),
}

impl Unreadable {
    /// Whether the same bytes may be readable later.
    #[must_use]
    pub const fn may_pass(&self) -> bool {
        matches!(self, Self::UnknownInstrument(_))
    }
}
