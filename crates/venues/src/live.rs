//! Live feeds: one task owns each connection, keeps it within the venue's limits, and brings it back when it breaks.
//!
//! A vendor supplies a [`Session`]: what a connection says and what is to be said, without I/O and without a clock. The
//! link brings it messages and time, and carries out what it puts in its [`Outbox`]. Nobody here judges a book: whoever
//! builds it does, and asks for a new snapshot through [`Control`]. So a book that is lost, by whatever cause, is made
//! whole again on its own, while its neighbours on the same connection go on.
//!
//! ```text
//! Buffering ─ asked, within budget ─→ Syncing ─ snapshot delivered ─→ Live ─ Control::resync, lost connection ─→ Buffering
//! ```

mod books;
mod config;
mod delivery;
mod feed;
mod fetching;
mod handover;
mod line;
mod link;
mod session;
mod spacing;

pub use config::{LinkConfig, LinkFault};
pub use delivery::{Received, names};
pub use feed::{Control, Feed, Parts};
pub use session::{Budget, Outbox, Session, Vendor};

#[cfg(test)]
pub(crate) mod tests;
