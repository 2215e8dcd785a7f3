//! A proxy that misbehaves on purpose: it stands between a client and a server on loopback and delays, resets,
//! freezes, garbles and drips, by a seed or by hand.
//!
//! It is not for production and not a load generator: it forwards what others send and spoils some of it. It
//! listens on loopback only and does not speak TLS: what is encrypted passes as bytes.
//!
//! A [`Plan`] says how much of which [`Fault`]; a [`Proxy`] runs it; its [`Control`] sets one fault by hand, takes
//! the party down and up again, and tells what was counted. Without [`Plan::http`] the fault of a connection is
//! decided once, when it is accepted; with it, for each HTTP/1 request.

mod connection;
mod control;
mod counts;
mod decisions;
mod door;
mod error;
mod fault;
mod http;
mod plan;
mod proxy;
mod run;
mod shape;

pub use control::Control;
pub use counts::Snapshot;
pub use decisions::{Decision, Decisions};
pub use error::ChaosError;
pub use fault::{Fault, Kind};
pub use plan::{Limits, Parameters, Plan};
pub use proxy::Proxy;
pub use run::{Report, RunConfig, run};
