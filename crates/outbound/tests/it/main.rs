//! The client against parties that misbehave, over real sockets on the loopback interface.

#![expect(clippy::unwrap_used, reason = "a test may stop at what it did not expect")]

mod answers;
mod breaks;
mod deadlines;
mod given;
mod limits;
mod policy;
mod secrecy;
mod server;
mod tls;
