//! The one path from an event to its effects, whatever world supplied the event.
//!
//! [`step`] folds an event into a cell's [`State`] and says what must be journalled and what must leave;
//! [`Cell`] drives it: journal first, then the venue. The sockets that worlds plug into are in [`ports`].
//! This crate is not a runtime: it does no I/O, spawns nothing, reads no clock and rolls no dice, and it does
//! not know whether it runs a backtest, a paper account or a live one.

pub mod event;
pub mod orders;
pub mod record;
pub mod state;

mod effect;
mod step;

pub mod codec;
pub mod ports;

mod cell;
mod desk;
mod memory;
mod recovery;
pub mod view;

pub use cell::{Cell, CellFault, Observer};
pub use desk::{Desk, DeskFull, INTENTS_MAX};
pub use effect::{Effect, Effects};
pub use event::{Control, Event, Intent, RejectReason, Report};
pub use memory::MemoryJournal;
pub use ports::{Clock, Journal, JournalFault, Source, SourceFault, Strategy, Venue};
pub use record::{Entry, Opening, Record};
pub use recovery::{RecoveryError, recover, recover_from};
pub use risk::{Approved, Rung};
pub use state::{FLATTEN_RETRIES_MAX, FLATTEN_RETRY_AFTER, FLATTENER, FoldError, Halt, Standing, State};
pub use step::step;

#[cfg(test)]
mod tests;
