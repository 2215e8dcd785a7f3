//! Throw-away servers for tests: a PostgreSQL, a Redis or, with the feature `kafka`, brokers of one's own on this machine,
//! which can be killed, stopped and started again.
//!
//! A server ends with whoever started it, however that one ends, and leaves nothing behind. Where its program is
//! not installed, [`postgres`] and the others say so on standard error and answer `None`; with `REQUIRE_SERVERS=1`
//! they panic instead. This crate is a dev-dependency: it is not for anything that must be kept, for these servers
//! let everybody in. What it cannot do, it panics about.

#[cfg(feature = "kafka")]
pub mod kafka;

mod guarded;
mod postgres;
mod processes;
mod programs;
mod redis;

pub use postgres::{Postgres, Setup, postgres};
pub use redis::{Redis, redis};
