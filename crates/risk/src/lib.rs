//! The gate: an order, what is true of the account before it, and the limits make an [`Approved`] order or one
//! [`Reason`] why not. Orders in flight count as if each were filled in full.
//!
//! This crate is not a place that knows accounts, venues or clocks: the exposure is handed in as a value, and
//! nothing here can be switched off. A halt and a rung of the [`ladder`] are states the gate sees, not ways around
//! it. It neither cancels orders nor sends them; cancels do not pass the gate, because they can only make an
//! account safer.

mod checks;

pub mod approved;
pub mod exposure;
pub mod halt;
pub mod ladder;
pub mod limits;
pub mod reason;
pub mod window;

pub use approved::Approved;
pub use checks::{check, check_flattening, loss_reached};
pub use exposure::Exposure;
pub use halt::HaltKind;
pub use ladder::{Ladder, LadderConfig, Rung, Step};
pub use limits::{LimitFault, Limits};
pub use reason::Reason;
pub use window::RateWindow;

#[cfg(test)]
mod tests;
