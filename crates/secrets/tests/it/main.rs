//! References resolved against parties on the loopback interface that speak as the real ones do, or do not.

#![expect(clippy::unwrap_used, reason = "a test may stop at what it did not expect")]

#[cfg(feature = "aws")]
mod aws;
mod faults;
mod given;
mod login;
mod many;
mod secrecy;
mod server;
mod shelves;
mod vault;
