//! Venues on this machine: each speaks its vendor's real wire, shows a market that is made of any source, and can
//! misbehave on purpose. For trying a feed out, for tests, and for the clients of others.
//!
//! The market is the simulator's own: whatever its source says is folded into books of its own, and these are what it
//! tells, over the stream and in snapshots, with numbers of its own. So a client's book can be held against the truth.

mod counts;
mod faults;
mod server;
mod text;
mod world;

pub use counts::SimulatorCounts;
pub use faults::Faults;
pub use server::{Pace, Simulator, SimulatorConfig};

pub(crate) use server::{Answer, Conversation, Dialect, Heard};
pub(crate) use text::{padded_price, padded_quantity, rfc3339};
pub(crate) use world::{Event, EventKind, Listing, World};
