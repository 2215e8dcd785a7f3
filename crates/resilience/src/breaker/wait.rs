//! Waiting for a probe slot: for a limited time, in a limited crowd.

use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use super::machine::Denied;
use super::permit::Permit;
use super::{Breaker, State};
use crate::clock::Clock;

/// Callers that may wait at once for one breaker; others are refused at once.
pub const WAITING_MAX: u32 = 1_024;

/// How many wait.
#[derive(Debug, Default)]
pub(super) struct Crowd(AtomicU32);

/// A place in the crowd.
struct Place<'a>(&'a Crowd);

impl Crowd {
    fn enter(&self) -> Option<Place<'_>> {
        if self.0.fetch_add(1, Ordering::Relaxed) < WAITING_MAX {
            return Some(Place(self));
        }
        self.0.fetch_sub(1, Ordering::Relaxed);
        None
    }
}

impl Drop for Place<'_> {
    fn drop(&mut self) {
        self.0.0.fetch_sub(1, Ordering::Relaxed);
    }
}

impl<C: Clock> Breaker<C> {
    /// A slot as soon as one is free, or what hinders it when the time is up.
    pub(super) async fn wait_for_slot(&self, limit: Duration) -> Result<Permit<'_, C>, Denied> {
        let Some(_place) = self.crowd.enter() else { return Err(Denied::Busy) };
        tokio::time::timeout(limit, self.next_slot()).await.unwrap_or(Err(Denied::Busy))
    }

    async fn next_slot(&self) -> Result<Permit<'_, C>, Denied> {
        loop {
            // It listens from here on, so that nothing is missed between look and sleep.
            let stirred = self.shell.stirred.notified();
            match self.admit() {
                Err(Denied::Busy) => stirred.await,
                settled => return settled,
            }
        }
    }

    /// Until a slot looks free, the state is another one, or the wait that is configured is over. Takes no slot.
    pub(super) async fn wait_while_busy(&self) {
        let limit = self.shell.setup().config.half_open_wait;
        if limit.is_zero() || !self.is_busy() {
            return;
        }
        let Some(_place) = self.crowd.enter() else { return };
        // Time being up is no error here: the call that follows is refused if it must be.
        tokio::time::timeout(limit, self.until_not_busy()).await.ok();
    }

    async fn until_not_busy(&self) {
        loop {
            let stirred = self.shell.stirred.notified();
            if !self.is_busy() {
                return;
            }
            stirred.await;
        }
    }

    /// Half-open with every slot taken.
    pub(super) fn is_busy(&self) -> bool {
        let word = self.machine.word();
        word.state() == State::HalfOpen && word.probes() >= self.shell.setup().limits.probes
    }
}
