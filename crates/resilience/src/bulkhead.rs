//! Bulkhead: a party that is slow takes up so many of our calls and no more.

mod config;
mod layer;
mod permit;

pub use config::BulkheadConfig;
pub use layer::{BulkheadFuture, BulkheadLayer, BulkheadService};
pub use permit::Permit;

use std::sync::atomic::{AtomicU32, AtomicU64, AtomicUsize, Ordering, fence};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use serde::Serialize;
use tokio::sync::Semaphore;
use tokio::time::timeout;

use crate::clock::nanoseconds;
use crate::failure::{Failure, Kind};
use crate::policy::{Checks, Faults};

/// Why there was no place.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Refused {
    #[error("all places are taken, and no more calls may wait for one")]
    Full,
    #[error("no place became free within {} ms", .0.as_millis())]
    WaitedTooLong(Duration),
}

impl Failure for Refused {
    /// Nothing was sent. It is our calls that are too many: it says nothing against the party.
    fn kind(&self) -> Kind {
        Kind::RateLimited { after: None }
    }
}

/// What a bulkhead holds now, and what it refused so far.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct BulkheadSnapshot {
    pub in_use: u32,
    pub at_once_max: u32,
    pub waiting: u32,
    /// Refused because places and queue were full.
    pub full: u64,
    /// Refused after waiting.
    pub waited_too_long: u64,
}

/// So many places, and a bounded queue before them: first come, first served.
#[derive(Debug)]
pub struct Bulkhead {
    places: Semaphore,
    at_once_max: Mutex<u32>,
    /// Places that are taken away when they are given back, since the bulkhead was made smaller.
    surplus: AtomicUsize,
    waiting: AtomicU32,
    waiting_max: AtomicU32,
    wait_max: AtomicU64,
    full: AtomicU64,
    waited_too_long: AtomicU64,
}

impl Bulkhead {
    /// # Errors
    /// Values out of their ranges, all at once.
    pub fn new(config: &BulkheadConfig) -> Result<Self, Faults> {
        Checks::of(|checks| config.check(checks))?;
        Ok(Self::unchecked(config))
    }

    pub(crate) fn unchecked(config: &BulkheadConfig) -> Self {
        Self {
            places: Semaphore::new(places(config.at_once_max)),
            at_once_max: Mutex::new(config.at_once_max),
            surplus: AtomicUsize::new(0),
            waiting: AtomicU32::new(0),
            waiting_max: AtomicU32::new(config.waiting_max),
            wait_max: AtomicU64::new(nanoseconds(config.wait_max)),
            full: AtomicU64::new(0),
            waited_too_long: AtomicU64::new(0),
        }
    }

    /// A place, if one is free now and nobody waits.
    #[inline]
    pub fn try_acquire(&self) -> Option<Permit<&Self>> {
        Permit::take(self)
    }

    /// A place, after a bounded wait. Leaving while waiting leaves nothing behind.
    ///
    /// # Errors
    /// Why there is none.
    #[inline]
    pub async fn acquire(&self) -> Result<Permit<&Self>, Refused> {
        match Permit::take(self) {
            Some(permit) => Ok(permit),
            None => self.wait().await.map(|()| Permit::held(self)),
        }
    }

    /// Like [`acquire`](Self::acquire), with a permit that can outlive the borrow.
    ///
    /// # Errors
    /// Why there is none.
    pub async fn acquire_owned(self: Arc<Self>) -> Result<Permit<Arc<Self>>, Refused> {
        match Permit::take(Arc::clone(&self)) {
            Some(permit) => Ok(permit),
            None => self.wait().await.map(|()| Permit::held(Arc::clone(&self))),
        }
    }

    /// Changes the limits while calls run. Made smaller, it lets running calls end and takes their places away.
    ///
    /// # Errors
    /// Values out of their ranges; nothing was changed.
    pub fn set_config(&self, config: &BulkheadConfig) -> Result<(), Faults> {
        Checks::of(|checks| config.check(checks))?;
        self.waiting_max.store(config.waiting_max, Ordering::Relaxed);
        self.wait_max.store(nanoseconds(config.wait_max), Ordering::Relaxed);
        self.resize(config.at_once_max);
        Ok(())
    }

    /// Calls that hold a place now.
    pub fn in_use(&self) -> u32 {
        let at_once_max = self.at_once_max.lock().unwrap_or_else(PoisonError::into_inner);
        let made = places(*at_once_max) + self.surplus.load(Ordering::SeqCst);
        u32::try_from(made.saturating_sub(self.places.available_permits())).unwrap_or(u32::MAX)
    }

    /// Calls that wait for a place now.
    pub fn waiting(&self) -> u32 {
        self.waiting.load(Ordering::Relaxed)
    }

    pub fn snapshot(&self) -> BulkheadSnapshot {
        BulkheadSnapshot {
            in_use: self.in_use(),
            at_once_max: *self.at_once_max.lock().unwrap_or_else(PoisonError::into_inner),
            waiting: self.waiting(),
            full: self.full.load(Ordering::Relaxed),
            waited_too_long: self.waited_too_long.load(Ordering::Relaxed),
        }
    }

    fn resize(&self, to: u32) {
        let mut size = self.at_once_max.lock().unwrap_or_else(PoisonError::into_inner);
        let (from, to) = (places(std::mem::replace(&mut *size, to)), places(to));
        for _ in to..from {
            self.surplus.fetch_add(1, Ordering::SeqCst);
        }
        let added = (from..to).filter(|_| !self.take_surplus()).count();
        self.places.add_permits(added);
        self.settle();
    }

    fn take_surplus(&self) -> bool {
        let less = |surplus: usize| surplus.checked_sub(1);
        self.surplus.load(Ordering::SeqCst) > 0
            && self.surplus.fetch_update(Ordering::SeqCst, Ordering::SeqCst, less).is_ok()
    }

    /// Takes surplus places away that are free.
    fn settle(&self) {
        // A place that is given back at the same time either sees the surplus or is seen here.
        fence(Ordering::SeqCst);
        while self.take_surplus() {
            if self.places.forget_permits(1) == 0 {
                self.surplus.fetch_add(1, Ordering::SeqCst);
                if self.places.available_permits() == 0 {
                    return;
                }
            }
        }
    }

    #[inline]
    fn release(&self) {
        if self.take_surplus() {
            return;
        }
        self.places.add_permits(1);
        if self.surplus.load(Ordering::SeqCst) > 0 {
            self.settle();
        }
    }

    /// Takes a place out of the semaphore, after a wait; the caller makes the permit that gives it back.
    #[cold]
    async fn wait(&self) -> Result<(), Refused> {
        let wait_max = Duration::from_nanos(self.wait_max.load(Ordering::Relaxed));
        let Some(_waiting) = self.queue() else {
            self.full.fetch_add(1, Ordering::Relaxed);
            return Err(Refused::Full);
        };
        // The semaphore is never closed, so only time can end the wait without a place.
        if let Ok(Ok(place)) = timeout(wait_max, self.places.acquire()).await {
            place.forget();
            return Ok(());
        }
        self.waited_too_long.fetch_add(1, Ordering::Relaxed);
        Err(Refused::WaitedTooLong(wait_max))
    }

    /// A place in the queue, if it has one.
    fn queue(&self) -> Option<Waiting<'_>> {
        let max = self.waiting_max.load(Ordering::Relaxed);
        let more = |waiting| (waiting < max).then_some(waiting + 1);
        self.waiting.fetch_update(Ordering::Relaxed, Ordering::Relaxed, more).ok()?;
        Some(Waiting(&self.waiting))
    }
}

/// Someone in the queue.
struct Waiting<'a>(&'a AtomicU32);

impl Drop for Waiting<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}

fn places(calls: u32) -> usize {
    usize::try_from(calls).unwrap_or(usize::MAX)
}

#[cfg(test)]
mod tests;
