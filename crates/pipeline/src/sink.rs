//! Where items are made durable, and the threads that see to it.

mod backoff;
mod consignment;
mod counters;
mod delivery;
mod item;
mod lane;
mod lanes;
mod stop;
mod worker;

pub use backoff::Backoff;
pub(crate) use consignment::Consignment;
pub use delivery::{Delivery, Rest, SinkClock};
pub use item::SinkItem;
pub use lanes::{DrainReport, SinkConfig, SinkLanes, SpoolConfig, StartError};
pub use stop::StopSignal;

use thiserror::Error;

/// A place that keeps items: a database, a topic, a file.
pub trait Sink: Send {
    /// Keeps the whole batch, durably, or nothing of it. A batch may come again after an error, in part or with
    /// others, so that keeping an item twice must do no harm.
    ///
    /// # Errors
    /// [`SinkError`], which says what another try may help.
    fn commit(&mut self, batch: &[SinkItem]) -> Result<(), SinkError>;

    /// Whether the place can be reached, when batches fail as if it could not. Where that is so and the same batch
    /// fails again and again, the batch is taken to be at fault.
    fn is_reachable(&mut self) -> bool {
        false
    }
}

/// Why a batch was not kept.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("{reason}")]
pub struct SinkError {
    pub fault: SinkFault,
    pub reason: String,
}

/// Whose fault it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SinkFault {
    /// The place cannot be reached or has no room: the same batch may be kept later.
    Unavailable,
    /// The place refuses this batch and cannot say for which of its items.
    Refused,
    /// The place refuses the items at these places of the batch, counted from zero, and might keep the others.
    RefusedItems(Vec<usize>),
}

impl SinkError {
    #[must_use]
    pub fn unavailable(reason: impl Into<String>) -> Self {
        Self { fault: SinkFault::Unavailable, reason: reason.into() }
    }

    #[must_use]
    pub fn refused(reason: impl Into<String>) -> Self {
        Self { fault: SinkFault::Refused, reason: reason.into() }
    }
}

#[cfg(test)]
pub(crate) mod tests;
