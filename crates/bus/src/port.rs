//! The socket: what every bus offers, in a process or between processes.

use std::sync::Arc;
use std::time::Duration;

use thiserror::Error;

use crate::Topic;

/// Ordered topics of `M`.
///
/// Subscribers of a topic all see its messages in one and the same order, and what one thread publishes on it in the
/// order in which it did. Where a topic has partitions, that is so for the messages of each key. A bus within the
/// process keeps the order of one thread across topics too.
pub trait Bus<M>: Send + Sync {
    type Subscription: Subscription<M>;

    /// Hands the message to everybody who is subscribed to the topic now. May wait while the inbox of a subscriber
    /// with [`FullPolicy::Block`] is full: a thread must not publish what it alone receives.
    ///
    /// # Errors
    /// [`BusClosed`] after [`Bus::close`].
    fn publish(&self, topic: Topic, message: Arc<M>) -> Result<(), BusClosed>;

    /// Receives what is published on `topics` from now on. Does not wait for publishers.
    ///
    /// # Errors
    /// See [`SubscribeError`].
    fn subscribe(&self, topics: &[Topic], inbox: Inbox) -> Result<Self::Subscription, SubscribeError>;

    /// Ends publishing for good and wakes everybody who waits. Subscribers still receive what they have not.
    fn close(&self);

    /// What was published, received and dropped since the bus was made.
    fn counts(&self) -> BusCounts;
}

/// One subscriber's view of its topics. Dropping it is leaving; nobody waits for one who has left.
pub trait Subscription<M>: Send {
    /// The next message, if there is one now.
    fn try_recv(&mut self) -> Received<M>;

    /// Waits for the next message, but no longer than `limit`.
    fn recv_timeout(&mut self, limit: Duration) -> Received<M>;

    fn counts(&self) -> SubscriptionCounts;
}

/// The bus takes no more messages.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("the bus is closed")]
pub struct BusClosed;

/// Why nothing can be received.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum SubscribeError {
    /// After [`Bus::close`].
    #[error("the bus is closed")]
    Closed,
    /// Those who keep the topics did not answer.
    #[error("the bus is out of reach: {0}")]
    Away(String),
}

/// What happens when a subscriber's inbox is full.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum FullPolicy {
    /// Whatever brings messages waits: for cells, which must see everything.
    Block,
    /// The oldest message goes, and the subscriber is told how many it missed: for pages, which want the present.
    DropOldest,
}

/// A subscriber's inbox.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Inbox {
    /// How many messages may wait (at least one).
    pub capacity: usize,
    pub policy: FullPolicy,
}

/// A message as a subscriber receives it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Delivered<M> {
    pub topic: Topic,
    /// Numbers the messages of the topic from one, the same for all subscribers.
    pub sequence: u64,
    pub message: Arc<M>,
}

/// What a subscriber gets when it asks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Received<M> {
    Message(Delivered<M>),
    /// So many messages were dropped here, between the message before and the one after.
    Gap {
        dropped: u64,
    },
    /// Nothing yet.
    Nothing,
    /// Nothing any more: the bus is closed and everything was received.
    Closed,
}

/// What became of the messages of one subscriber: `offered = delivered + dropped + still waiting`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct SubscriptionCounts {
    pub offered: u64,
    pub delivered: u64,
    pub dropped: u64,
    pub waiting: usize,
}

/// What became of the messages of one topic. Delivered and dropped count once for each subscriber.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct TopicCounts {
    pub published: u64,
    pub delivered: u64,
    pub dropped: u64,
}

/// The counts of all topics.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct BusCounts(pub(crate) [TopicCounts; Topic::ALL.len()]);

impl BusCounts {
    #[must_use]
    pub const fn of(&self, topic: Topic) -> TopicCounts {
        self.0[topic.index()]
    }
}
