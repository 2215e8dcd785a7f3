use std::collections::VecDeque;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use super::session::Session;

/// What a connection is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Side {
    Read,
    Write,
}

impl Side {
    pub(super) const fn code(self) -> &'static str {
        match self {
            Self::Read => "read",
            Self::Write => "write",
        }
    }
}

/// Sessions of one side: some idle, some lent, room for more up to a limit.
#[derive(Debug)]
pub(super) struct Pool {
    pub(super) side: Side,
    min: usize,
    pub(super) max: usize,
    state: Mutex<State>,
    changed: Condvar,
    /// As in the state, for whoever only looks.
    open: AtomicUsize,
    lent: AtomicUsize,
}

#[derive(Debug, Default)]
struct State {
    /// Who was used last is at the back and goes first, so that those who are too many grow old.
    idle: VecDeque<Session>,
    lent: usize,
    /// Those who wait for a change; waking nobody would be a call to the system all the same.
    waiting: usize,
    /// Nothing is lent while all are called back.
    is_draining: bool,
}

impl State {
    fn has_place(&self, max: usize) -> bool {
        !self.is_draining && (!self.idle.is_empty() || self.lent < max)
    }
}

/// The right to one place in the pool. It must be given back.
#[derive(Debug)]
pub(super) enum Place {
    Idle(Session),
    /// Nobody is in it yet.
    Room,
}

impl Pool {
    pub(super) fn new(side: Side, min: usize, max: usize, idle: Vec<Session>) -> Self {
        let open = AtomicUsize::new(idle.len());
        let state = Mutex::new(State { idle: idle.into(), ..State::default() });
        Self { side, min, max, state, changed: Condvar::new(), open, lent: AtomicUsize::new(0) }
    }

    /// Connections that are open or being opened.
    pub(super) fn open(&self) -> usize {
        self.open.load(Ordering::Relaxed)
    }

    /// Those of them that are in use.
    pub(super) fn lent(&self) -> usize {
        self.lent.load(Ordering::Relaxed)
    }

    /// A place, if there is one now.
    pub(super) fn try_take(&self) -> Option<Place> {
        self.take_from(&mut self.lock())
    }

    /// A place, waiting at most so long for one.
    pub(super) fn take(&self, limit: Duration) -> Option<Place> {
        let is_full = |state: &mut State| !state.has_place(self.max);
        let mut state = self.wait(limit, is_full);
        self.take_from(&mut state)
    }

    fn take_from(&self, state: &mut State) -> Option<Place> {
        if !state.has_place(self.max) {
            return None;
        }
        state.lent += 1;
        let place = state.idle.pop_back().map_or(Place::Room, Place::Idle);
        self.note(state);
        Some(place)
    }

    fn wait(&self, limit: Duration, condition: impl FnMut(&mut State) -> bool) -> MutexGuard<'_, State> {
        let mut state = self.lock();
        state.waiting += 1;
        let waited = self.changed.wait_timeout_while(state, limit, condition);
        let (mut state, _) = waited.unwrap_or_else(PoisonError::into_inner);
        state.waiting -= 1;
        state
    }

    /// Gives a place back, with the session that was in it if it may be used again.
    pub(super) fn give_back(&self, mut session: Option<Session>) {
        let mut state = self.lock();
        // Who calls all back waits until they are closed. Closing may take a while: not under the lock.
        while state.is_draining && session.is_some() {
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
    }

    /// Takes out those that nobody used since `before`, but leaves `min`.
    pub(super) fn take_stale(&self, before: u64) -> Vec<Session> {
        if self.open() <= self.min {
            return Vec::new();
        }
        let mut state = self.lock();
        let spare = (state.idle.len() + state.lent).saturating_sub(self.min);
        let stale = state.idle.iter().take(spare).take_while(|session| session.idle_since < before).count();
        let taken = state.idle.drain(..stale).collect();
        self.note(&state);
        taken
    }

    /// Calls all sessions back and closes them; while the answer lives, none is lent. `None` when one is in use
    /// for longer than that.
    pub(super) fn drain(&self, limit: Duration) -> Option<Drained<'_>> {
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

    fn note(&self, state: &State) {
        self.lent.store(state.lent, Ordering::Relaxed);
        self.open.store(state.lent + state.idle.len(), Ordering::Relaxed);
    }

    /// The state is whole whenever the lock is free.
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A pool without sessions.
#[derive(Debug)]
pub(super) struct Drained<'a>(&'a Pool);

impl Drop for Drained<'_> {
    fn drop(&mut self) {
        self.0.lock().is_draining = false;
        self.0.changed.notify_all();
    }
}

#[cfg(test)]
mod tests;
