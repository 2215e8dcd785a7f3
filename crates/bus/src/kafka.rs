//! Topics between processes, on Kafka.
//!
//! [`Producer`] makes batches durable: it returns when every message of one is acknowledged by all replicas in sync, or
//! says what was not. [`Consumer`] is a member of a group that moves its offsets only over what was acknowledged to it,
//! and gives partitions up only after what it had of them is committed. [`DeadLetters`] keeps what cannot be handled.
//!
//! A message may come twice: after a producer's batch was sent again, and after a consumer ended between its sink's
//! commit and its own. Sinks take the same rows twice without harm.
//!
//! This is not the pipeline: it decides nothing about batches, tries and pauses.

mod bus;
mod client;
mod config;
mod consumer;
mod dead_letters;
mod described;
mod error;
mod membership;
mod offsets;
mod producer;
mod shipment;

pub use bus::{KafkaBus, KafkaSubscription};
pub use config::{GroupConfig, KafkaConfig, RESERVED, Start};
pub use consumer::{Consumer, Incoming, Polled, Position};
pub use dead_letters::{DeadLetters, header};
pub use described::described;
pub use error::KafkaError;
pub use producer::Producer;
pub use shipment::Shipment;

#[cfg(test)]
mod tests;
