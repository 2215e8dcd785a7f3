//! Timeouts: of one try, and of a whole call with all its tries and waits.
//!
//! The timer is set when the answer is not there at the first look: a call that is ready at once costs none.

mod layer;

pub use layer::{TimeoutLayer, TimeoutService};

use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use pin_project_lite::pin_project;
use tokio::task::coop;
use tokio::time::Sleep;

use crate::failure::{Failure, Kind};

/// What a timeout is around.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Phase {
    /// One try.
    PerTry,
    /// The call with all its tries and waits.
    Whole,
}

impl Phase {
    /// A stable name for logs and metrics.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::PerTry => "per_try",
            Self::Whole => "whole",
        }
    }
}

/// No answer in time. What was asked for may have been done all the same.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("no answer within {} ms ({})", limit.as_millis(), match phase { Phase::PerTry => "one try", Phase::Whole => "the whole call" })]
pub struct TimedOut {
    pub limit: Duration,
    pub phase: Phase,
}

impl Failure for TimedOut {
    fn kind(&self) -> Kind {
        Kind::TimedOut
    }
}

/// Gives `future` the time `limit`, and drops it with the returned future when that is over.
pub fn within<F: Future>(limit: Duration, phase: Phase, future: F) -> Within<F> {
    Within { future, sleep: None, timed_out: TimedOut { limit, phase } }
}

pin_project! {
    /// Made by [`within`].
    #[must_use = "nothing happens until it is awaited"]
    #[derive(Debug)]
    pub struct Within<F> {
        #[pin]
        future: F,
        #[pin]
        sleep: Option<Sleep>,
        timed_out: TimedOut,
    }
}

impl<F: Future> Future for Within<F> {
    type Output = Result<F::Output, TimedOut>;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let mut this = self.project();
        if let Poll::Ready(output) = this.future.poll(cx) {
            return Poll::Ready(Ok(output));
        }
        if this.sleep.is_none() {
            this.sleep.set(Some(tokio::time::sleep(this.timed_out.limit)));
        }
        if let Some(sleep) = this.sleep.as_pin_mut() {
            // A future that used up its task's turn must not keep the timer from being looked at.
            ready!(Pin::new(&mut coop::unconstrained(sleep)).poll(cx));
        }
        Poll::Ready(Err(*this.timed_out))
    }
}

#[cfg(test)]
mod tests;
