//! What every vendor's decoder is made of: texts that are lent, numbers read digit by digit, errors that say where.

mod buffers;
mod error;
mod message;
mod precision;
mod symbols;
mod text;

use domain::{FeedMessage, Timestamp};

pub use error::{DecodeError, DecodeErrorKind};

pub(crate) use buffers::Buffers;
pub(crate) use message::{Message, fill_levels, parse_seconds};
pub(crate) use precision::Precision;
pub(crate) use symbols::Symbols;
pub(crate) use text::{Literal, PriceLevel, Text};

/// Decodes what one connection of a vendor says.
pub trait Wire: Send {
    /// Reads one message, which may say several things or nothing of interest, and hands each to `emit` in the order
    /// of the message. Depth is lent for the call.
    ///
    /// # Errors
    /// See [`DecodeErrorKind`]. What came before the fault has been emitted; the decoder stays usable.
    fn decode(
        &mut self,
        text: &[u8],
        receive_time: Timestamp,
        emit: &mut dyn FnMut(FeedMessage<'_>),
    ) -> Result<(), DecodeError>;
}
