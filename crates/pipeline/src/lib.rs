//! What lies between a feed and those who want its data: the flow that checks ticks and makes books, bars and
//! spreads of them, bounded queues, batches, sinks with retries, a spool on the disk and dead letters, pacing, and
//! the ledger by which sources learn what is safe.
//!
//! This crate is not a feed and not a store: it opens no connection and knows no SQL; sinks plug in behind a trait. It
//! reads no clock: times come with the messages or from the caller. Every buffer here has a written limit and a
//! counted thing that happens at it.

pub mod flow;

pub mod account;
pub mod batch;
pub mod contract;
pub mod dead_letter;
pub mod ledger;
pub mod pacing;
pub mod queue;
pub mod sink;
pub mod spool;

pub mod names;

pub use account::{Account, Fate, Tally};
pub use batch::{BatchLimits, Batcher};
pub use dead_letter::{DeadLetter, DeadLetters, MemoryDeadLetters};
pub use flow::{
    Counts, Flow, FlowConfig, FlowCounts, FlowError, FlowRefusal, OutlierGuard, Pairs, QuoteSource, Refusals,
};
pub use ledger::{Hold, Ledger, LedgerFull, OpenPeriods, Ticket};
pub use pacing::{Blocked, Pacer, PacingLimits};
pub use queue::{DropPolicy, DropReason, Drops, Received, Receiver, SendError, Sender, Sent, queue};
pub use sink::{
    Backoff, Delivery, DrainReport, Rest, Sink, SinkClock, SinkConfig, SinkError, SinkFault, SinkItem,
    SinkLanes, SpoolConfig, StartError, StopSignal,
};
pub use spool::SpoolError;

#[cfg(test)]
mod tests;
