//! A bounded queue between threads. What happens when it is full is written down and counted.
//!
//! Any number of senders and receivers; each item goes to one receiver, in the order in which items were sent.
//! Closing ends sending at once, while receivers still get everything that waits. When the last receiver leaves,
//! what waits is dropped and counted, and senders are told.

mod drops;

use std::collections::VecDeque;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use metrics::Gauge;
use serde::{Deserialize, Serialize};
use thiserror::Error;

use drops::DropCounters;
pub use drops::{DropReason, Drops};

/// What a full queue does with the next item.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DropPolicy {
    /// Lets the item go that has waited longest.
    Oldest,
    /// Lets the new item go.
    Newest,
    /// Lets the sender wait until there is room.
    Block,
}

/// What became of an item that was sent. What the queue let go comes back, so that the sender can account for it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sent<T> {
    Queued,
    /// Queued, and the oldest item, which this is, was let go for it.
    DroppedOldest(T),
    /// The item itself was let go.
    DroppedNewest(T),
}

/// The queue is closed or nobody receives; the item comes back.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("the queue is closed")]
pub struct SendError<T>(pub T);

/// What a receiver got.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Received<T> {
    Item(T),
    /// Nothing yet.
    Nothing,
    /// Nothing any more.
    Closed,
}

#[derive(Debug)]
struct Line<T> {
    items: VecDeque<T>,
    senders: usize,
    receivers: usize,
    closed: bool,
}

struct Shared<T> {
    line: Mutex<Line<T>>,
    capacity: usize,
    policy: DropPolicy,
    /// Signalled when an item was added or the queue closed.
    added: Condvar,
    /// Signalled when an item was taken or the queue closed.
    taken: Condvar,
    depth: Gauge,
    drops: DropCounters,
}

/// Makes a queue of at most `capacity` items (at least one). `name` labels its metrics.
#[must_use]
pub fn queue<T>(name: &str, capacity: usize, policy: DropPolicy) -> (Sender<T>, Receiver<T>) {
    let depth = metrics::gauge!(crate::names::QUEUE_DEPTH, "queue" => name.to_owned());
    queue_with_gauge(name, depth, capacity, policy)
}

/// Like [`queue`] with a depth metric of its own name, which several queues may share: it shows their sum.
pub(crate) fn queue_with_gauge<T>(
    name: &str,
    depth: Gauge,
    capacity: usize,
    policy: DropPolicy,
) -> (Sender<T>, Receiver<T>) {
    let capacity = capacity.max(1);
    depth.increment(0);
    let items = VecDeque::with_capacity(capacity);
    let shared = Arc::new(Shared {
        line: Mutex::new(Line { items, senders: 1, receivers: 1, closed: false }),
        capacity,
        policy,
        added: Condvar::new(),
        taken: Condvar::new(),
        depth,
        drops: DropCounters::new(name),
    });
    (Sender(Arc::clone(&shared)), Receiver(shared))
}

/// The end that items are put in at. The queue closes when the last sender leaves.
pub struct Sender<T>(Arc<Shared<T>>);

/// The end that items are taken from.
pub struct Receiver<T>(Arc<Shared<T>>);

impl<T> Sender<T> {
    /// Adds an item by the queue's policy. Waits only under [`DropPolicy::Block`].
    ///
    /// # Errors
    /// [`SendError`] with the item when the queue is closed or nobody receives.
    pub fn send(&self, item: T) -> Result<Sent<T>, SendError<T>> {
        let shared = &*self.0;
        let mut line = shared.lock();
        if shared.policy == DropPolicy::Block {
            line = shared.wait_for_room(line);
        }
        if line.is_over() {
            return Err(SendError(item));
        }
        Ok(shared.add(line, item))
    }

    /// Ends sending for all senders; receivers still get what waits.
    pub fn close(&self) {
        self.0.close();
    }

    /// How many items wait.
    #[must_use]
    pub fn depth(&self) -> usize {
        self.0.lock().items.len()
    }

    /// What was dropped so far.
    #[must_use]
    pub fn drops(&self) -> Drops {
        self.0.drops.read()
    }
}

impl<T> Receiver<T> {
    /// Waits for the next item. `None` when the queue is closed and empty.
    #[must_use]
    pub fn recv(&self) -> Option<T> {
        let shared = &*self.0;
        let line = shared.lock();
        let waited = shared.added.wait_while(line, |line| line.must_wait());
        shared.take(waited.unwrap_or_else(PoisonError::into_inner))
    }

    /// Waits for the next item, but no longer than `limit`.
    #[must_use]
    pub fn recv_timeout(&self, limit: Duration) -> Received<T> {
        let shared = &*self.0;
        let mut line = shared.lock();
        // A look at the system's clock, which the wait takes, costs more than all else here.
        if line.must_wait() && limit > Duration::ZERO {
            let waited = shared.added.wait_timeout_while(line, limit, |line| line.must_wait());
            (line, _) = waited.unwrap_or_else(PoisonError::into_inner);
        }
        let open = line.must_wait();
        match shared.take(line) {
            Some(item) => Received::Item(item),
            None if open => Received::Nothing,
            None => Received::Closed,
        }
    }

    /// The next item, if there is one now.
    #[must_use]
    pub fn try_recv(&self) -> Received<T> {
        self.recv_timeout(Duration::ZERO)
    }

    /// Ends sending; what waits can still be received.
    pub fn close(&self) {
        self.0.close();
    }

    /// How many items wait.
    #[must_use]
    pub fn depth(&self) -> usize {
        self.0.lock().items.len()
    }

    /// What was dropped so far.
    #[must_use]
    pub fn drops(&self) -> Drops {
        self.0.drops.read()
    }
}

impl<T> Line<T> {
    const fn is_over(&self) -> bool {
        self.closed || self.receivers == 0
    }

    fn must_wait(&self) -> bool {
        self.items.is_empty() && !self.closed
    }
}

impl<T> Shared<T> {
    /// No code that can panic runs under the lock, so a poisoned one still guards a sound line.
    fn lock(&self) -> MutexGuard<'_, Line<T>> {
        self.line.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn wait_for_room<'a>(&self, line: MutexGuard<'a, Line<T>>) -> MutexGuard<'a, Line<T>> {
        let full = |line: &mut Line<T>| line.items.len() >= self.capacity && !line.is_over();
        self.taken.wait_while(line, full).unwrap_or_else(PoisonError::into_inner)
    }

    fn add(&self, mut line: MutexGuard<'_, Line<T>>, item: T) -> Sent<T> {
        let full = line.items.len() >= self.capacity;
        if full && self.policy == DropPolicy::Newest {
            drop(line);
            self.drops.add(DropReason::Newest, 1);
            return Sent::DroppedNewest(item);
        }
        let oldest = full.then(|| line.items.pop_front()).flatten();
        line.items.push_back(item);
        drop(line);
        self.added.notify_one();
        let Some(oldest) = oldest else {
            self.depth.increment(1);
            return Sent::Queued;
        };
        self.drops.add(DropReason::Oldest, 1);
        Sent::DroppedOldest(oldest)
    }

    fn take(&self, mut line: MutexGuard<'_, Line<T>>) -> Option<T> {
        let item = line.items.pop_front()?;
        drop(line);
        self.depth.decrement(1);
        self.taken.notify_one();
        Some(item)
    }

    fn close(&self) {
        self.lock().closed = true;
        self.added.notify_all();
        self.taken.notify_all();
    }

    /// The last receiver has left: what waits will never be received.
    fn abandon(&self, mut line: MutexGuard<'_, Line<T>>) {
        let left = std::mem::take(&mut line.items);
        drop(line);
        self.depth.decrement(left.len() as f64);
        self.taken.notify_all();
        self.drops.add(DropReason::Abandoned, left.len() as u64);
    }
}

impl<T> Clone for Sender<T> {
    fn clone(&self) -> Self {
        self.0.lock().senders += 1;
        Self(Arc::clone(&self.0))
    }
}

impl<T> Drop for Sender<T> {
    fn drop(&mut self) {
        let mut line = self.0.lock();
        line.senders -= 1;
        let last = line.senders == 0;
        drop(line);
        if last {
            self.0.close();
        }
    }
}

impl<T> Clone for Receiver<T> {
    fn clone(&self) -> Self {
        self.0.lock().receivers += 1;
        Self(Arc::clone(&self.0))
    }
}

impl<T> Drop for Receiver<T> {
    fn drop(&mut self) {
        let mut line = self.0.lock();
        line.receivers -= 1;
        if line.receivers == 0 {
            self.0.abandon(line);
        }
    }
}

impl<T> std::fmt::Debug for Shared<T> {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let line = self.lock();
        formatter
            .debug_struct("Queue")
            .field("depth", &line.items.len())
            .field("capacity", &self.capacity)
            .field("policy", &self.policy)
            .field("closed", &line.closed)
            .finish_non_exhaustive()
    }
}

impl<T> std::fmt::Debug for Sender<T> {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_tuple("Sender").field(&self.0).finish()
    }
}

impl<T> std::fmt::Debug for Receiver<T> {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_tuple("Receiver").field(&self.0).finish()
    }
}

#[cfg(test)]
mod tests;
