#[cfg(test)]
mod tests;

use std::collections::VecDeque;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

/// How many lines may wait for the writer, and how many bytes they may hold together.
#[derive(Debug, Clone, Copy)]
pub struct QueueLimits {
    pub lines: usize,
    pub bytes: usize,
}

impl Default for QueueLimits {
    fn default() -> Self {
        Self { lines: 8_192, bytes: 4 * 1024 * 1024 }
    }
}

/// Why a line was dropped.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DropReason {
    /// Lines came faster than they could be written.
    QueueFull,
    /// The queue is full because nothing can be written: no space, no right, no folder.
    Unwritable,
    /// The log had been closed.
    Closed,
}

impl DropReason {
    pub const ALL: [Self; 3] = [Self::QueueFull, Self::Unwritable, Self::Closed];

    /// A stable name for metrics.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::QueueFull => "queue_full",
            Self::Unwritable => "unwritable",
            Self::Closed => "closed",
        }
    }
}

/// Lines on their way from those who log to the one thread that writes. Nobody who logs waits.
pub(super) struct Queue {
    state: Mutex<State>,
    /// Something is to be done by the writer.
    wake: Condvar,
    /// Something was done by it.
    done: Condvar,
    limits: QueueLimits,
    dropped: [AtomicU64; DropReason::ALL.len()],
}

#[derive(Default)]
struct State {
    lines: VecDeque<Arc<str>>,
    /// Of the lines that are not settled, those in the writer's hands included.
    bytes: usize,
    in_hand: usize,
    /// How many lines were ever taken in, and how many of these were written or given up.
    pushed: u64,
    settled: u64,
    is_failing: bool,
    is_hurried: bool,
    is_closing: bool,
    is_ended: bool,
}

/// What the writer is to do next.
pub(super) enum Next {
    Write(Vec<Arc<str>>),
    /// Everything is written and the log is closed.
    End,
}

impl Queue {
    pub(super) fn new(limits: QueueLimits) -> Self {
        Self {
            state: Mutex::default(),
            wake: Condvar::new(),
            done: Condvar::new(),
            limits,
            dropped: std::array::from_fn(|_| AtomicU64::new(0)),
        }
    }

    /// Takes the line in, or counts why not.
    pub(super) fn push(&self, line: Arc<str>) {
        let state = self.lock();
        match self.obstacle(&state, line.len()) {
            Some(reason) => self.count(reason, 1),
            None => self.take_in(state, line),
        }
    }

    /// Takes the line in even where there is no room; for the few words about the logs themselves.
    pub(super) fn insist(&self, line: Arc<str>) {
        let state = self.lock();
        if state.is_closing {
            self.count(DropReason::Closed, 1);
        } else {
            self.take_in(state, line);
        }
    }

    fn take_in(&self, mut state: MutexGuard<'_, State>, line: Arc<str>) {
        state.bytes += line.len();
        state.pushed += 1;
        state.lines.push_back(line);
        let is_first = state.lines.len() == 1;
        drop(state);
        if is_first {
            self.wake.notify_one();
        }
    }

    fn obstacle(&self, state: &State, size: usize) -> Option<DropReason> {
        let waiting = state.lines.len() + state.in_hand;
        let is_full = waiting >= self.limits.lines || state.bytes.saturating_add(size) > self.limits.bytes;
        match (state.is_closing, is_full) {
            (true, _) => Some(DropReason::Closed),
            (false, true) if state.is_failing => Some(DropReason::Unwritable),
            (false, true) => Some(DropReason::QueueFull),
            (false, false) => None,
        }
    }

    /// For the writer: waits until there is something to do.
    pub(super) fn next(&self) -> Next {
        let state = self.lock();
        let mut state = self
            .wake
            .wait_while(state, |state| state.lines.is_empty() && !state.is_closing)
            .unwrap_or_else(PoisonError::into_inner);
        if state.lines.is_empty() {
            return Next::End;
        }
        let lines = Vec::from(std::mem::take(&mut state.lines));
        state.in_hand = lines.len();
        Next::Write(lines)
    }

    /// For the writer: these lines are written.
    pub(super) fn settle(&self, lines: &[Arc<str>]) {
        let mut state = self.lock();
        state.bytes = state.bytes.saturating_sub(lines.iter().map(|line| line.len()).sum());
        state.in_hand = state.in_hand.saturating_sub(lines.len());
        state.settled += u64::try_from(lines.len()).unwrap_or(u64::MAX);
        drop(state);
        self.done.notify_all();
    }

    /// For the writer: nothing can be written, or it can again. Says whether that is new.
    pub(super) fn set_failing(&self, is_failing: bool) -> bool {
        let mut state = self.lock();
        std::mem::replace(&mut state.is_failing, is_failing) != is_failing
    }

    /// For the writer: whether this is the last try.
    pub(super) fn is_closing(&self) -> bool {
        self.lock().is_closing
    }

    /// For the writer: waits before the next try, but not if somebody waits for it.
    pub(super) fn rest(&self, rest: Duration) {
        let state = self.lock();
        let (mut state, _) = self
            .wake
            .wait_timeout_while(state, rest, |state| !state.is_hurried && !state.is_closing)
            .unwrap_or_else(PoisonError::into_inner);
        state.is_hurried = false;
    }

    /// For the writer: these lines and all that wait are given up.
    pub(super) fn give_up(&self, lines: &[Arc<str>]) {
        let waiting = Vec::from(std::mem::take(&mut self.lock().lines));
        for lost in [lines, &waiting] {
            self.count(DropReason::Unwritable, u64::try_from(lost.len()).unwrap_or(u64::MAX));
            self.settle(lost);
        }
    }

    /// For the writer: it is gone.
    pub(super) fn end(&self) {
        let mut state = self.lock();
        (state.is_closing, state.is_ended) = (true, true);
        drop(state);
        self.done.notify_all();
    }

    /// Waits until everything that was pushed so far is settled. Says whether it is.
    pub(super) fn flush(&self, within: Duration) -> bool {
        let mut state = self.lock();
        let wanted = state.pushed;
        state.is_hurried = true;
        self.wake.notify_all();
        let (mut state, _) = self
            .done
            .wait_timeout_while(state, within, |state| state.settled < wanted && !state.is_ended)
            .unwrap_or_else(PoisonError::into_inner);
        state.is_hurried = false;
        state.settled >= wanted
    }

    /// Takes no more lines and waits until the writer is gone. Says whether it is.
    pub(super) fn close(&self, within: Duration) -> bool {
        let mut state = self.lock();
        state.is_closing = true;
        self.wake.notify_all();
        let (state, _) = self
            .done
            .wait_timeout_while(state, within, |state| !state.is_ended)
            .unwrap_or_else(PoisonError::into_inner);
        state.is_ended
    }

    pub(super) fn dropped(&self, reason: DropReason) -> u64 {
        self.dropped[reason as usize].load(Ordering::Relaxed)
    }

    pub(super) fn count(&self, reason: DropReason, lines: u64) {
        self.dropped[reason as usize].fetch_add(lines, Ordering::Relaxed);
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
