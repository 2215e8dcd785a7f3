//! The sockets: what a world must supply for a cell to run in it.

use domain::{FeedMessage, MarketEvent, Order, OrderId, StreamPosition, Timestamp};
use risk::Approved;
use thiserror::Error;

use crate::{Desk, Entry, Report};

/// Tells the time. Only the binary and the venues hold one.
pub trait Clock: Send + Sync {
    fn now(&self) -> Timestamp;
}

/// A feed of decoded messages: a file, a socket, a synthetic market.
pub trait Source: Send {
    /// The next message, or `None` at the end.
    ///
    /// # Errors
    /// [`SourceFault`] names the place and the reason; the source can be asked for the message after it unless
    /// the fault is final.
    fn next(&mut self) -> Result<Option<FeedMessage<'_>>, SourceFault>;

    /// Up to where the stream of the last message was read, if the source can go on from there another time.
    fn position(&self) -> Option<StreamPosition> {
        None
    }

    /// Everything of that stream before the position is safe, and need not be told again after a restart. It never
    /// goes back.
    ///
    /// # Errors
    /// [`SourceFault`] when that cannot be kept; it is tried again with the next position.
    fn acknowledge(&mut self, _position: StreamPosition) -> Result<(), SourceFault> {
        Ok(())
    }
}

/// Why a message could not be had.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("{place}: {reason}")]
pub struct SourceFault {
    /// File and line, or stream and sequence number.
    pub place: String,
    /// What was wrong and what to do.
    pub reason: String,
    /// Nothing more can come from this source.
    pub is_final: bool,
}

/// Decides what to trade.
pub trait Strategy: Send {
    /// What the strategy is called in lists and logs.
    fn name(&self) -> &str;

    fn on_market(&mut self, desk: &mut Desk<'_>, event: &MarketEvent);

    /// Something became of one of the account's orders.
    fn on_order(&mut self, _desk: &mut Desk<'_>, _order: &Order, _report: &Report) {}
}

impl<S: Strategy + ?Sized> Strategy for Box<S> {
    fn name(&self) -> &str {
        (**self).name()
    }

    fn on_market(&mut self, desk: &mut Desk<'_>, event: &MarketEvent) {
        (**self).on_market(desk, event);
    }

    fn on_order(&mut self, desk: &mut Desk<'_>, order: &Order, report: &Report) {
        (**self).on_order(desk, order, report);
    }
}

/// Where orders go. Accepts nothing that risk has not approved.
pub trait Venue: Send {
    /// Market data, in order. A simulated venue matches against it; a real one has its own.
    fn observe(&mut self, _event: &MarketEvent) {}

    fn submit(&mut self, order: &Approved<Order>, now: Timestamp);

    fn cancel(&mut self, order: OrderId, now: Timestamp);

    /// Asks what became of an order; the answer is a report. An order the venue never saw is `Rejected` with
    /// reason `NotFound`.
    fn query(&mut self, order: OrderId, now: Timestamp);

    /// The next report that is due at `now`, in the order in which things happened.
    fn next_report(&mut self, now: Timestamp) -> Option<Report>;
}

impl<V: Venue + ?Sized> Venue for Box<V> {
    fn observe(&mut self, event: &MarketEvent) {
        (**self).observe(event);
    }

    fn submit(&mut self, order: &Approved<Order>, now: Timestamp) {
        (**self).submit(order, now);
    }

    fn cancel(&mut self, order: OrderId, now: Timestamp) {
        (**self).cancel(order, now);
    }

    fn query(&mut self, order: OrderId, now: Timestamp) {
        (**self).query(order, now);
    }

    fn next_report(&mut self, now: Timestamp) -> Option<Report> {
        (**self).next_report(now)
    }
}

/// Keeps a cell's facts, in order.
pub trait Journal: Send {
    /// Takes the entry after the last one.
    ///
    /// # Errors
    /// [`JournalFault`]; the entry is then not durable and nothing that depends on it may leave.
    fn append(&mut self, entry: &Entry) -> Result<(), JournalFault>;

    /// Makes everything appended durable.
    ///
    /// # Errors
    /// [`JournalFault`]; the entries since the last commit may be lost.
    fn commit(&mut self) -> Result<(), JournalFault>;
}

impl<J: Journal + ?Sized> Journal for Box<J> {
    fn append(&mut self, entry: &Entry) -> Result<(), JournalFault> {
        (**self).append(entry)
    }

    fn commit(&mut self) -> Result<(), JournalFault> {
        (**self).commit()
    }
}

/// Why the journal cannot take an entry.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum JournalFault {
    #[error("the journal cannot be written: {0}")]
    Unwritable(String),
    #[error("the journal is full: {0}")]
    Full(String),
    #[error(
        "entry {sequence} differs from the one already in the journal; the inputs are not the same as before"
    )]
    Diverged { sequence: u64 },
    #[error("entry {sequence} cannot be encoded: {reason}")]
    Unencodable { sequence: u64, reason: String },
}
