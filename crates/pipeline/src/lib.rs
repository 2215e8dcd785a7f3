//! What lies between a feed and those who want its data: the flow that checks ticks and makes books, bars and
//! spreads of them, bounded queues, batches, sinks with retries and dead letters, pacing.
//!
//! This crate is not a feed and not a store: it opens no connection and knows no SQL; sinks plug in behind a trait. It
//! reads no clock: times come with the messages or from the caller. Every buffer here has a written limit and a
//! counted thing that happens at it.

pub mod flow;

pub mod batch;
pub mod dead_letter;
pub mod pacing;
pub mod queue;
pub mod sink;

pub mod names;

pub use batch::{BatchLimits, Batcher};
pub use dead_letter::{DeadLetter, DeadLetters, MemoryDeadLetters};
pub use flow::{
    Counts, Flow, FlowConfig, FlowCounts, FlowError, FlowRefusal, OutlierGuard, Pairs, QuoteSource, Refusals,
};
pub use pacing::{Blocked, Pacer, PacingLimits};
pub use queue::{DropPolicy, Drops, Received, Receiver, SendError, Sender, Sent, queue};
pub use sink::{
    Backoff, Delivery, DrainReport, Rest, Sink, SinkClock, SinkConfig, SinkError, SinkItem, SinkWorkers,
    StartError, StopSignal,
};

#[cfg(test)]
mod tests;
