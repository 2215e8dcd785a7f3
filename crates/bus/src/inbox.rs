use std::collections::VecDeque;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use crate::ledger::Ledger;
use crate::port::{Delivered, FullPolicy, Inbox, Received, SubscriptionCounts};
use crate::topic::Topic;

/// One subscriber's inbox, between the publishers and the subscriber.
pub(super) struct Mailbox<M> {
    topics: [bool; Topic::ALL.len()],
    capacity: usize,
    policy: FullPolicy,
    post: Mutex<Post<M>>,
    /// Signalled when a message was put in, or there will be none any more.
    put: Condvar,
    /// Signalled when a message was taken out, or the subscriber left.
    taken: Condvar,
    ledger: Arc<Ledger>,
}

struct Post<M> {
    waiting: VecDeque<Delivered<M>>,
    /// Dropped before the first message that waits, and not yet told.
    untold_drops: u64,
    offered: u64,
    delivered: u64,
    dropped: u64,
    unlimited: bool,
    closed: bool,
    left: bool,
}

impl<M> Mailbox<M> {
    pub(super) fn new(topics: &[Topic], inbox: Inbox, ledger: Arc<Ledger>) -> Self {
        let capacity = inbox.capacity.max(1);
        let post = Post {
            waiting: VecDeque::with_capacity(capacity),
            untold_drops: 0,
            offered: 0,
            delivered: 0,
            dropped: 0,
            unlimited: false,
            closed: false,
            left: false,
        };
        Self {
            topics: Topic::ALL.map(|topic| topics.contains(&topic)),
            capacity,
            policy: inbox.policy,
            post: Mutex::new(post),
            put: Condvar::new(),
            taken: Condvar::new(),
            ledger,
        }
    }

    #[inline]
    pub(super) const fn wants(&self, topic: Topic) -> bool {
        self.topics[topic.index()]
    }

    /// Puts a message in by the policy. One who has left is offered nothing.
    pub(super) fn put(&self, message: Delivered<M>) {
        let mut post = lock(&self.post);
        if self.policy == FullPolicy::Block {
            let full = |post: &mut Post<M>| post.waiting.len() >= self.capacity && !post.is_free();
            post = self.taken.wait_while(post, full).unwrap_or_else(PoisonError::into_inner);
        }
        if post.left {
            return;
        }
        post.offered += 1;
        let overflows = self.policy == FullPolicy::DropOldest && post.waiting.len() >= self.capacity;
        let oldest = overflows.then(|| post.waiting.pop_front()).flatten();
        post.waiting.push_back(message);
        if oldest.is_some() {
            post.untold_drops += 1;
            post.dropped += 1;
        }
        drop(post);
        self.put.notify_one();
        if let Some(oldest) = oldest {
            self.ledger.dropped(oldest.topic, 1);
        }
    }

    pub(super) fn take(&self, limit: Duration) -> Received<M> {
        let mut post = lock(&self.post);
        // A look at the system's clock, which the wait takes, costs more than all else here.
        if post.is_idle() && limit > Duration::ZERO {
            let waited = self.put.wait_timeout_while(post, limit, |post| post.is_idle());
            (post, _) = waited.unwrap_or_else(PoisonError::into_inner);
        }
        if post.untold_drops > 0 {
            return Received::Gap { dropped: std::mem::take(&mut post.untold_drops) };
        }
        let Some(message) = post.waiting.pop_front() else {
            return if post.closed { Received::Closed } else { Received::Nothing };
        };
        post.delivered += 1;
        drop(post);
        self.taken.notify_one();
        self.ledger.delivered(message.topic);
        Received::Message(message)
    }

    /// The bus is closing: publishers that wait for room put their one message in all the same, so that nothing
    /// published is lost.
    pub(super) fn lift_limit(&self) {
        lock(&self.post).unlimited = true;
        self.taken.notify_all();
    }

    /// Nothing comes any more.
    pub(super) fn close(&self) {
        lock(&self.post).closed = true;
        self.put.notify_all();
    }

    /// The subscriber goes: what waits is dropped, and nobody waits for it any more.
    pub(super) fn leave(&self) {
        let mut post = lock(&self.post);
        post.left = true;
        let unread = std::mem::take(&mut post.waiting);
        post.dropped += u64::try_from(unread.len()).unwrap_or(u64::MAX);
        drop(post);
        self.taken.notify_all();
        for message in unread {
            self.ledger.dropped(message.topic, 1);
        }
    }

    /// Whether nobody will take anything any more.
    #[cfg(feature = "kafka")]
    pub(super) fn is_left(&self) -> bool {
        lock(&self.post).left
    }

    pub(super) fn counts(&self) -> SubscriptionCounts {
        let post = lock(&self.post);
        SubscriptionCounts {
            offered: post.offered,
            delivered: post.delivered,
            dropped: post.dropped,
            waiting: post.waiting.len(),
        }
    }
}

impl<M> Post<M> {
    /// There is nothing to receive yet.
    fn is_idle(&self) -> bool {
        self.waiting.is_empty() && self.untold_drops == 0 && !self.closed
    }

    /// Nobody has to wait for room.
    const fn is_free(&self) -> bool {
        self.unlimited || self.left
    }
}

/// No code that can panic runs under these locks, so a poisoned one still guards sound data.
pub(super) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
