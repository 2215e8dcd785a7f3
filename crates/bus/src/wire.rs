//! The bytes of a message between processes: compact, versioned, readable without our database.
//!
//! `docs/wire-format.md` describes every byte, so that others can read and write it; a test holds examples there and
//! here equal. A message names its instrument by venue and symbol, never by a number of one process: a
//! [`Directory`] turns these names into the reader's own numbers. Bytes that are cut short, changed or from a later
//! time than ours are an error that says what is wrong; they are never guessed at.
//!
//! This is not the journal's format: what a journal keeps of an account beside its orders is not sent.

mod codes;
mod directory;
mod envelope;
mod error;
mod instrument;
mod market;
mod orders;
mod reader;
mod rule;
mod writer;

pub use directory::{Directory, Name};
pub use envelope::{MAJOR, MINOR};
pub use error::{Unreadable, Unsendable};

use crate::Message;
use envelope::Kind;
use reader::Reader;
use writer::Writer;

/// Appends the message's bytes to `out`.
///
/// # Errors
/// [`Unsendable`]; `out` is left as it was.
pub fn encode(message: &Message, directory: &Directory, out: &mut Vec<u8>) -> Result<(), Unsendable> {
    let start = out.len();
    let written = envelope::open(Kind::of(message), out, |writer| body(message, directory, writer));
    if written.is_err() {
        out.truncate(start);
    }
    written
}

fn body(message: &Message, directory: &Directory, writer: &mut Writer<'_>) -> Result<(), Unsendable> {
    match message {
        Message::Market(event) => market::write(event, directory, writer),
        Message::Order(entry) => orders::write(entry, directory, writer),
        Message::Listed(instrument) => instrument::write(instrument, writer),
    }
}

/// Reads a message. That of an instrument carries the number that `directory` has for it, or `u32::MAX` where it has
/// none: list it to get one.
///
/// # Errors
/// [`Unreadable`].
pub fn decode(bytes: &[u8], directory: &Directory) -> Result<Message, Unreadable> {
    let (kind, is_later, body) = envelope::check(bytes)?;
    let mut reader = Reader::new(body);
    let message = match kind {
        Kind::Listed => Message::Listed(Box::new(instrument::read(&mut reader, directory)?)),
        Kind::Order => Message::Order(Box::new(orders::read(&mut reader, directory)?)),
        kind => Message::Market(market::read(kind, &mut reader, directory)?),
    };
    // A later minor version may have added fields behind those we know.
    if !is_later && reader.left() > 0 {
        return Err(Unreadable::LeftOver { bytes: reader.left() });
    }
    Ok(message)
}

#[cfg(test)]
pub(crate) mod tests;
