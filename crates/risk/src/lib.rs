//! The gate: an order, what is true of the account before it, and the limits make an [`Approved`] order or one
//! [`Reason`] why not. Orders in flight count as if each were filled in full.
//!
//! This crate is not a place that knows accounts, venues or clocks: the exposure is handed in as a value, and
//! nothing here can be switched off. A halt is a state the gate sees, not a way around it. It neither cancels
//! orders nor sends them; cancels do not pass the gate, because they can only make an account safer.

mod checks;

pub mod approved;
pub mod exposure;
pub mod halt;
pub mod limits;
pub mod reason;
pub mod window;

pub use approved::Approved;
pub use checks::{check, loss_halt};
pub use exposure::Exposure;
pub use halt::HaltKind;
pub use limits::{LimitFault, Limits};
pub use reason::Reason;
pub use window::RateWindow;

#[cfg(test)]
mod tests;
