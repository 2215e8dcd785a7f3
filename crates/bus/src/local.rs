//! The bus inside one process: bounded, deterministic, without threads of its own.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use crate::inbox::{Mailbox, lock};
use crate::ledger::Ledger;
use crate::port::{
    Bus, BusClosed, BusCounts, Delivered, Inbox, Received, SubscribeError, Subscription, SubscriptionCounts,
};
use crate::topic::Topic;

/// Who receives, as an immutable list that changes hands by being replaced.
type Subscribers<M> = Arc<[Arc<Mailbox<M>>]>;

/// A bus within the process. Clones are the same bus.
///
/// Publishing holds the lock of its topic alone, so a topic that waits for a slow subscriber holds up no other;
/// subscribing and leaving take no topic's lock, so they never wait for a publisher.
pub struct LocalBus<M>(Arc<Hub<M>>);

struct Hub<M> {
    /// The number of the last message of each topic.
    sequences: [Mutex<u64>; Topic::ALL.len()],
    subscribers: Mutex<Subscribers<M>>,
    closed: AtomicBool,
    ledger: Arc<Ledger>,
}

/// Receives from a [`LocalBus`].
pub struct LocalSubscription<M> {
    mailbox: Arc<Mailbox<M>>,
    hub: Arc<Hub<M>>,
}

impl<M> LocalBus<M> {
    #[must_use]
    pub fn new() -> Self {
        Self(Arc::new(Hub {
            sequences: Default::default(),
            subscribers: Mutex::new(Arc::new([])),
            closed: AtomicBool::new(false),
            ledger: Arc::new(Ledger::new()),
        }))
    }

    /// How many are subscribed.
    #[must_use]
    pub fn subscribers(&self) -> usize {
        self.0.subscribers().len()
    }
}

impl<M: Send + Sync> Bus<M> for LocalBus<M> {
    type Subscription = LocalSubscription<M>;

    fn publish(&self, topic: Topic, message: Arc<M>) -> Result<(), BusClosed> {
        let hub = &*self.0;
        let mut sequence = lock(&hub.sequences[topic.index()]);
        if hub.closed.load(Ordering::SeqCst) {
            return Err(BusClosed);
        }
        *sequence += 1;
        hub.ledger.published(topic);
        for mailbox in hub.subscribers().iter().filter(|mailbox| mailbox.wants(topic)) {
            mailbox.put(Delivered { topic, sequence: *sequence, message: Arc::clone(&message) });
        }
        Ok(())
    }

    fn subscribe(&self, topics: &[Topic], inbox: Inbox) -> Result<Self::Subscription, SubscribeError> {
        let hub = &self.0;
        let mailbox = Arc::new(Mailbox::new(topics, inbox, Arc::clone(&hub.ledger)));
        let mut subscribers = lock(&hub.subscribers);
        if hub.closed.load(Ordering::SeqCst) {
            return Err(SubscribeError::Closed);
        }
        *subscribers = subscribers.iter().chain([&mailbox]).cloned().collect();
        Ok(LocalSubscription { mailbox, hub: Arc::clone(hub) })
    }

    fn close(&self) {
        let subscribers = self.0.shut();
        for mailbox in subscribers.iter() {
            mailbox.lift_limit();
        }
        // Publishers under way no longer wait; once each topic's lock was free they are done.
        for sequence in &self.0.sequences {
            drop(lock(sequence));
        }
        for mailbox in subscribers.iter() {
            mailbox.close();
        }
    }

    fn counts(&self) -> BusCounts {
        self.0.ledger.read()
    }
}

impl<M: Send + Sync> Subscription<M> for LocalSubscription<M> {
    fn try_recv(&mut self) -> Received<M> {
        self.mailbox.take(Duration::ZERO)
    }

    fn recv_timeout(&mut self, limit: Duration) -> Received<M> {
        self.mailbox.take(limit)
    }

    fn counts(&self) -> SubscriptionCounts {
        self.mailbox.counts()
    }
}

impl<M> Drop for LocalSubscription<M> {
    fn drop(&mut self) {
        self.mailbox.leave();
        let mut subscribers = lock(&self.hub.subscribers);
        *subscribers =
            subscribers.iter().filter(|other| !Arc::ptr_eq(other, &self.mailbox)).cloned().collect();
    }
}

impl<M> Hub<M> {
    fn subscribers(&self) -> Subscribers<M> {
        Arc::clone(&lock(&self.subscribers))
    }

    /// Refuses what comes from now on. Under the list's lock, so that nobody subscribes in between.
    fn shut(&self) -> Subscribers<M> {
        let subscribers = lock(&self.subscribers);
        self.closed.store(true, Ordering::SeqCst);
        Arc::clone(&subscribers)
    }
}

impl<M> Clone for LocalBus<M> {
    fn clone(&self) -> Self {
        Self(Arc::clone(&self.0))
    }
}

impl<M> Default for LocalBus<M> {
    fn default() -> Self {
        Self::new()
    }
}

impl<M> std::fmt::Debug for LocalBus<M> {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter
            .debug_struct("LocalBus")
            .field("subscribers", &self.subscribers())
            .field("closed", &self.0.closed)
            .field("counts", &self.0.ledger.read())
            .finish()
    }
}

impl<M> std::fmt::Debug for LocalSubscription<M> {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_tuple("LocalSubscription").field(&self.mailbox.counts()).finish()
    }
}

#[cfg(test)]
mod tests;
