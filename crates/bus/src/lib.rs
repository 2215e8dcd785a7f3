//! Ordered topics between those who make events and those who want them.
//!
//! [`Bus`] is the socket, [`LocalBus`] the one inside a process; `kafka` is for topics between processes, and [`wire`] how
//! messages look there; [`contract`] is what every bus must pass. A bus
//! is not a store: a subscriber gets what is published after it came. It is not a queue of work either: each
//! subscriber gets everything on its topics. Every subscriber's inbox is bounded, and what happens when it is
//! full is the subscriber's declared policy.

pub mod contract;
pub mod wire;

#[cfg(feature = "kafka")]
pub mod kafka;

mod inbox;
mod ledger;
mod local;
mod message;
mod port;
mod topic;

pub mod names;

pub use local::LocalBus;
pub use message::{AccountEntry, Key, Message};
pub use port::{
    Bus, BusClosed, BusCounts, Delivered, FullPolicy, Inbox, Received, SubscribeError, Subscription,
    SubscriptionCounts, TopicCounts,
};
pub use topic::Topic;
