//! Where batches are made durable, and the threads that see to it.

mod backoff;
mod item;
mod stop;
mod worker;
mod workers;

pub use backoff::Backoff;
pub use item::SinkItem;
pub use stop::StopSignal;
pub use workers::{Delivery, DrainReport, SinkConfig, SinkWorkers, StartError};

use std::sync::Arc;

use domain::{Span, Timestamp};
use thiserror::Error;

/// A place that keeps batches: a database, a topic, a file.
pub trait Sink: Send {
    /// Keeps the whole batch, durably, or nothing of it. A batch may come again after an error, so that keeping
    /// it twice must do no harm.
    ///
    /// # Errors
    /// [`SinkError`], which says whether another try may help.
    fn commit(&mut self, batch: &[SinkItem]) -> Result<(), SinkError>;
}

/// Why a batch was not kept.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("{reason}")]
pub struct SinkError {
    pub retryable: bool,
    pub reason: String,
}

/// Tells the time for latencies and dead letters.
pub type SinkClock = Arc<dyn Fn() -> Timestamp + Send + Sync>;

/// Rests between tries, for the span given or until stopped, whichever ends first.
pub type Rest = Arc<dyn Fn(Span, &StopSignal) + Send + Sync>;

#[cfg(test)]
mod tests;
