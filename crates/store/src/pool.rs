//! Connections that are held open and lent: the same for every database.

use std::collections::VecDeque;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use resilience::Clock;

use crate::{StoreConfig, StoreError, StoreErrorKind, names};

/// What a connection is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Side {
    Read,
    Write,
}

impl Side {
    pub(crate) const fn code(self) -> &'static str {
        match self {
            Self::Read => "read",
            Self::Write => "write",
        }
    }
}

/// A connection that a pool may hold.
pub(crate) trait Pooled {
    /// When it was last used, on the clock of whoever lends it.
    fn idle_since(&self) -> u64;
}

/// How many connections a pool holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Size {
    /// So many are never closed for want of use.
    pub(crate) min: usize,
    /// Who is given back when so many are idle is closed.
    pub(crate) kept: usize,
    /// No more are lent.
    pub(crate) max: usize,
}

impl Size {
    pub(crate) const ONE: Self = Self { min: 1, kept: 1, max: 1 };

    pub(crate) const fn of(config: &StoreConfig) -> Self {
        let StoreConfig { pool_min, pool_max, pool_overflow, .. } = config;
        Self { min: *pool_min, kept: *pool_max, max: pool_max.saturating_add(*pool_overflow) }
    }
}

/// Sessions: some idle, some lent, room for more up to a limit.
#[derive(Debug)]
pub(crate) struct Pool<S> {
    size: Size,
    state: Mutex<State<S>>,
    changed: Condvar,
    /// As in the state, for whoever only looks.
    open: AtomicUsize,
    lent: AtomicUsize,
}

#[derive(Debug)]
struct State<S> {
    /// Who was used last is at the back and goes first, so that those who are too many grow old.
    idle: VecDeque<S>,
    lent: usize,
    /// Those who wait for a change; waking nobody would be a call to the system all the same.
    waiting: usize,
    /// Nothing is lent while all are called back.
    is_draining: bool,
}

impl<S> State<S> {
    fn has_place(&self, max: usize) -> bool {
        !self.is_draining && (!self.idle.is_empty() || self.lent < max)
    }
}

/// The right to one place in the pool. It must be given back.
#[derive(Debug)]
pub(crate) enum Place<S> {
    Idle(S),
    /// Nobody is in it yet.
    Room,
}

impl<S: Pooled> Pool<S> {
    pub(crate) fn new(size: Size, idle: Vec<S>) -> Self {
        let open = AtomicUsize::new(idle.len());
        let state = State { idle: idle.into(), lent: 0, waiting: 0, is_draining: false };
        let (state, changed) = (Mutex::new(state), Condvar::new());
        Self { size, state, changed, open, lent: AtomicUsize::new(0) }
    }

    /// At most so many are open.
    pub(crate) const fn max(&self) -> usize {
        self.size.max
    }

    /// Connections that are open or being opened.
    pub(crate) fn open(&self) -> usize {
        self.open.load(Ordering::Relaxed)
    }

    /// Those of them that are in use.
    pub(crate) fn lent(&self) -> usize {
        self.lent.load(Ordering::Relaxed)
    }

    /// A place, waiting at most so long for one; how long it took is told.
    ///
    /// # Errors
    /// `Transient`: all are in use.
    pub(crate) fn lend(
        &self,
        side: Side,
        clock: &dyn Clock,
        limit: Duration,
    ) -> Result<Place<S>, StoreError> {
        let wait = || metrics::histogram!(names::POOL_WAIT, "side" => side.code());
        if let Some(place) = self.try_take() {
            wait().record(0.0);
            return Ok(place);
        }
        let asked = clock.now();
        let place = self.take(limit);
        let waited = Duration::from_nanos(clock.now().saturating_sub(asked));
        wait().record(waited.as_secs_f64());
        place.ok_or_else(|| {
            metrics::counter!(names::POOL_TIMEOUTS, "side" => side.code()).increment(1);
            self.all_in_use(side, limit)
        })
    }

    fn all_in_use(&self, side: Side, limit: Duration) -> StoreError {
        let seconds = limit.as_secs_f64();
        let what = match (self.size.max, side) {
            (1, Side::Write) => format!(
                "the connection that writes is in use and did not come free within {seconds} s; try again"
            ),
            (max, _) => {
                format!("all {max} connections are in use and none came free within {seconds} s; try again")
            }
        };
        StoreError::new(StoreErrorKind::Transient, what)
    }

    /// A place, if there is one now.
    pub(crate) fn try_take(&self) -> Option<Place<S>> {
        self.take_from(&mut self.lock())
    }

    /// A place, waiting at most so long for one.
    pub(crate) fn take(&self, limit: Duration) -> Option<Place<S>> {
        let is_full = |state: &mut State<S>| !state.has_place(self.size.max);
        let mut state = self.wait(limit, is_full);
        self.take_from(&mut state)
    }

    fn take_from(&self, state: &mut State<S>) -> Option<Place<S>> {
        if !state.has_place(self.size.max) {
            return None;
        }
        state.lent += 1;
        let place = state.idle.pop_back().map_or(Place::Room, Place::Idle);
        self.note(state);
        Some(place)
    }

    fn wait(
        &self,
        limit: Duration,
        condition: impl FnMut(&mut State<S>) -> bool,
    ) -> MutexGuard<'_, State<S>> {
        let mut state = self.lock();
        state.waiting += 1;
        let waited = self.changed.wait_timeout_while(state, limit, condition);
        let (mut state, _) = waited.unwrap_or_else(PoisonError::into_inner);
        state.waiting -= 1;
        state
    }

    /// Gives a place back, with the session that was in it if it may be used again. Whether that was closed,
    /// because there are enough.
    pub(crate) fn give_back(&self, mut session: Option<S>) -> bool {
        let mut state = self.lock();
        let is_enough = state.idle.len() >= self.size.kept && session.is_some();
        // Who calls all back waits until they are closed. Closing may take a while: not under the lock.
        while (state.is_draining || is_enough) && session.is_some() {
            drop(state);
            session = None;
            state = self.lock();
        }
        state.lent -= 1;
        state.idle.extend(session);
        self.note(&state);
        if state.waiting > 0 {
            self.changed.notify_all();
        }
        is_enough
    }

    /// Takes out those that nobody used since `before`, but leaves `min`.
    pub(crate) fn take_stale(&self, before: u64) -> Vec<S> {
        if self.open() <= self.size.min {
            return Vec::new();
        }
        let mut state = self.lock();
        let spare = (state.idle.len() + state.lent).saturating_sub(self.size.min);
        let stale = state.idle.iter().take(spare).take_while(|session| session.idle_since() < before).count();
        let taken = state.idle.drain(..stale).collect();
        self.note(&state);
        taken
    }

    /// Calls all sessions back and closes them; while the answer lives, none is lent. `None` when one is in use
    /// for longer than that.
    pub(crate) fn drain(&self, limit: Duration) -> Option<Drained<'_, S>> {
        let mut state = self.lock();
        state.is_draining = true;
        let idle: Vec<_> = state.idle.drain(..).collect();
        self.note(&state);
        drop(state);
        drop(idle);
        let drained = Drained(self);
        let state = self.wait(limit, |state| state.lent > 0);
        let is_empty = state.lent == 0;
        drop(state);
        is_empty.then_some(drained)
    }
}

impl<S> Pool<S> {
    fn note(&self, state: &State<S>) {
        self.lent.store(state.lent, Ordering::Relaxed);
        self.open.store(state.lent + state.idle.len(), Ordering::Relaxed);
    }

    /// The state is whole whenever the lock is free.
    fn lock(&self) -> MutexGuard<'_, State<S>> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A pool without sessions.
#[derive(Debug)]
pub(crate) struct Drained<'a, S>(&'a Pool<S>);

impl<S> Drop for Drained<'_, S> {
    fn drop(&mut self) {
        self.0.lock().is_draining = false;
        self.0.changed.notify_all();
    }
}

#[cfg(test)]
mod tests;
