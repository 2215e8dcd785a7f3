//! Leave to make one call.

use std::time::Duration;

use super::Breaker;
use super::machine::Epoch;
use crate::clock::{Clock, SystemClock};
use crate::failure::Kind;

/// The breaker lets nothing through at the moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the circuit breaker lets nothing through; try again in {retry_after:?}")]
pub struct Refused {
    /// Until a probe may be let through. Zero while half-open: as soon as a probe is answered. Of a breaker that is
    /// held open, how long it would stay open by itself.
    pub retry_after: Duration,
}

/// When a call was let in.
#[derive(Debug, Clone, Copy)]
pub(super) struct Ticket {
    pub(super) epoch: Epoch,
    /// Nanoseconds; none if nobody measures calls.
    pub(super) started: Option<u64>,
}

/// How a call ended, for a breaker.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// The other side did what it is there for, be it to say no.
    Success,
    /// The other side is unwell.
    Failure,
    /// Nothing is known of the other side.
    Ignored,
}

impl From<Kind> for Outcome {
    /// A refusal is an answer, so it is a success. A wrong request may never have left, so it says nothing.
    fn from(kind: Kind) -> Self {
        match kind {
            Kind::Transient | Kind::TimedOut | Kind::UnknownOutcome => Self::Failure,
            Kind::RateLimited { .. } | Kind::Rejected | Kind::Unauthorised => Self::Success,
            Kind::Invalid => Self::Ignored,
        }
    }
}

/// Leave to make one call; say how it ended.
///
/// Dropped without a word the call was cancelled: its probe slot is free again, and nothing is counted. What is said
/// after the breaker has changed its state adds to the totals and decides nothing.
#[derive(Debug)]
#[must_use = "a permit that is dropped at once lets nobody call"]
pub struct Permit<'a, C: Clock = SystemClock> {
    breaker: &'a Breaker<C>,
    ticket: Ticket,
}

impl<'a, C: Clock> Permit<'a, C> {
    #[inline]
    pub(super) const fn new(breaker: &'a Breaker<C>, ticket: Ticket) -> Self {
        Self { breaker, ticket }
    }

    /// The call went well.
    #[inline]
    pub fn success(self) {
        self.breaker.count_success(self.into_ticket());
    }

    /// The call failed in a way that says that the other side is unwell.
    #[inline]
    pub fn failure(self) {
        self.breaker.count_failure(self.into_ticket());
    }

    /// The call says nothing about the other side.
    #[inline]
    pub fn ignore(self) {}

    /// The call ended so.
    #[inline]
    pub fn settle(self, outcome: Outcome) {
        self.breaker.settle(self.into_ticket(), outcome);
    }

    /// The ticket, which somebody else now answers for.
    #[inline]
    pub(super) fn into_ticket(self) -> Ticket {
        let ticket = self.ticket;
        std::mem::forget(self);
        ticket
    }
}

impl<C: Clock> Drop for Permit<'_, C> {
    #[inline]
    fn drop(&mut self) {
        self.breaker.give_back(self.ticket);
    }
}
