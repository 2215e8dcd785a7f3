//! What every bus must pass, as functions that any backend can be handed to. They panic where the bus fails.
//!
//! A backend's own test calls [`check_all`] with a maker of fresh buses, and with how a number becomes one of its
//! messages and is read back.

mod flow;
mod limits;
mod order;

use std::sync::Arc;
use std::time::Duration;

use crate::port::{Bus, Delivered, FullPolicy, Inbox, Received, Subscription};
use crate::topic::Topic;

/// How long a message that must come may take. Nothing here waits for time to pass.
const PATIENCE: Duration = Duration::from_secs(30);

/// How numbers travel on the bus under test.
pub struct Cargo<M> {
    pub make: fn(u64) -> M,
    pub read: fn(&M) -> u64,
}

// By hand, because a derived one would ask it of the message too.
impl<M> Clone for Cargo<M> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<M> Copy for Cargo<M> {}

/// Runs the whole suite, each part on a bus of its own. Messages may take a while to arrive.
pub fn check_all<M: Send + Sync, B: Bus<M>>(fresh: impl Fn() -> B, cargo: Cargo<M>) {
    order::subscribers_see_one_order(&fresh(), cargo);
    order::publishers_side_by_side_make_one_order(&fresh(), cargo);
    flow::only_subscribed_topics_arrive(&fresh(), cargo);
    flow::nothing_from_before_the_subscription_arrives(&fresh(), cargo);
    flow::closing_delivers_what_waits_and_refuses_the_rest(&fresh(), cargo);
    flow::closing_loses_nothing_of_a_publisher_that_waits(&fresh(), cargo);
    limits::dropping_the_oldest_tells_the_gap(&fresh(), cargo);
    limits::a_gap_is_told_where_it_is(&fresh(), cargo);
    limits::blocking_loses_nothing(&fresh(), cargo);
    limits::leaving_frees_a_publisher_that_waits(&fresh(), cargo);
    limits::a_slow_topic_holds_up_no_other(&fresh(), cargo);
}

/// What a bus within the process keeps beyond that.
pub fn check_across_topics<M: Send + Sync, B: Bus<M>>(fresh: impl Fn() -> B, cargo: Cargo<M>) {
    order::topics_of_one_publisher_keep_their_order(&fresh(), cargo);
}

fn subscribe<M, B: Bus<M>>(
    bus: &B,
    topics: &[Topic],
    capacity: usize,
    policy: FullPolicy,
) -> B::Subscription {
    match bus.subscribe(topics, Inbox { capacity, policy }) {
        Ok(subscription) => subscription,
        Err(closed) => panic!("an open bus refused a subscription: {closed}"),
    }
}

fn publish<M, B: Bus<M>>(bus: &B, cargo: Cargo<M>, topic: Topic, numbers: std::ops::Range<u64>) {
    for number in numbers {
        assert_eq!(bus.publish(topic, Arc::new((cargo.make)(number))), Ok(()), "an open bus takes messages");
    }
}

/// The next message, which must come.
fn next<M>(subscription: &mut impl Subscription<M>) -> Delivered<M> {
    match subscription.recv_timeout(PATIENCE) {
        Received::Message(delivered) => delivered,
        Received::Gap { dropped } => panic!("a message was due, but {dropped} were dropped"),
        Received::Nothing => panic!("a message was due, but none came"),
        Received::Closed => panic!("a message was due, but the subscription ended"),
    }
}

/// The numbers of the next `count` messages.
fn numbers<M>(subscription: &mut impl Subscription<M>, cargo: Cargo<M>, count: usize) -> Vec<u64> {
    (0..count).map(|_| (cargo.read)(&next(subscription).message)).collect()
}

fn expect_nothing<M>(subscription: &mut impl Subscription<M>) {
    assert!(matches!(subscription.try_recv(), Received::Nothing), "nothing was due");
}

/// Lets other threads run until the subscriber was offered `count` messages.
fn await_offered<M>(subscription: &impl Subscription<M>, count: u64) {
    while subscription.counts().offered < count {
        std::thread::yield_now();
    }
}

/// Lets other threads run until the topic has seen `count` messages.
fn await_published<M>(bus: &impl Bus<M>, topic: Topic, count: u64) {
    while bus.counts().of(topic).published < count {
        std::thread::yield_now();
    }
}
