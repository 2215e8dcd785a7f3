use std::thread;

use super::{
    Cargo, PATIENCE, await_offered, await_published, expect_nothing, next, numbers, publish, subscribe,
};
use crate::port::{Bus, FullPolicy, Received, Subscription, SubscriptionCounts};
use crate::topic::Topic;

pub(super) fn dropping_the_oldest_tells_the_gap<M: Send + Sync, B: Bus<M>>(bus: &B, cargo: Cargo<M>) {
    let mut subscription = subscribe(bus, &[Topic::Quotes], 4, FullPolicy::DropOldest);
    publish(bus, cargo, Topic::Quotes, 0..10);
    await_offered(&subscription, 10);
    let full = SubscriptionCounts { offered: 10, delivered: 0, dropped: 6, waiting: 4 };
    assert_eq!(subscription.counts(), full);
    assert!(matches!(subscription.recv_timeout(PATIENCE), Received::Gap { dropped: 6 }));
    assert_eq!(numbers(&mut subscription, cargo, 4), [6, 7, 8, 9]);
    expect_nothing(&mut subscription);
    let counts = bus.counts().of(Topic::Quotes);
    assert_eq!((counts.published, counts.delivered, counts.dropped), (10, 4, 6));
}

pub(super) fn a_gap_is_told_where_it_is<M: Send + Sync, B: Bus<M>>(bus: &B, cargo: Cargo<M>) {
    let mut subscription = subscribe(bus, &[Topic::Quotes], 2, FullPolicy::DropOldest);
    publish(bus, cargo, Topic::Quotes, 0..2);
    await_offered(&subscription, 2);
    assert_eq!(numbers(&mut subscription, cargo, 1), [0]);
    publish(bus, cargo, Topic::Quotes, 2..5);
    await_offered(&subscription, 5);
    assert!(matches!(subscription.recv_timeout(PATIENCE), Received::Gap { dropped: 2 }));
    let after = next(&mut subscription);
    assert_eq!(((cargo.read)(&after.message), after.sequence), (3, 4), "the number shows the gap too");
    assert_eq!(numbers(&mut subscription, cargo, 1), [4]);
}

pub(super) fn blocking_loses_nothing<M: Send + Sync, B: Bus<M>>(bus: &B, cargo: Cargo<M>) {
    const COUNT: u64 = 1_000;
    let mut subscription = subscribe(bus, &[Topic::Trades], 2, FullPolicy::Block);
    thread::scope(|scope| {
        scope.spawn(|| publish(bus, cargo, Topic::Trades, 0..COUNT));
        for expected in 0..COUNT {
            assert_eq!(numbers(&mut subscription, cargo, 1), [expected]);
            assert!(subscription.counts().waiting <= 2, "the inbox is bounded");
        }
    });
    let counts = SubscriptionCounts { offered: COUNT, delivered: COUNT, dropped: 0, waiting: 0 };
    assert_eq!(subscription.counts(), counts);
}

pub(super) fn leaving_frees_a_publisher_that_waits<M: Send + Sync, B: Bus<M>>(bus: &B, cargo: Cargo<M>) {
    let mut staying = subscribe(bus, &[Topic::Trades], 100, FullPolicy::Block);
    let leaving = subscribe(bus, &[Topic::Trades], 1, FullPolicy::Block);
    thread::scope(|scope| {
        scope.spawn(|| publish(bus, cargo, Topic::Trades, 0..10));
        await_published(bus, Topic::Trades, 2);
        await_offered(&leaving, 1);
        drop(leaving);
        let expected: Vec<u64> = (0..10).collect();
        assert_eq!(numbers(&mut staying, cargo, 10), expected);
    });
    assert_eq!(bus.counts().of(Topic::Trades).dropped, 1, "what it left unread is dropped");
}

pub(super) fn a_slow_topic_holds_up_no_other<M: Send + Sync, B: Bus<M>>(bus: &B, cargo: Cargo<M>) {
    let mut slow = subscribe(bus, &[Topic::Depth], 1, FullPolicy::Block);
    let mut other = subscribe(bus, &[Topic::OrderEvents], 10, FullPolicy::Block);
    thread::scope(|scope| {
        scope.spawn(|| publish(bus, cargo, Topic::Depth, 0..2));
        await_published(bus, Topic::Depth, 2);
        publish(bus, cargo, Topic::OrderEvents, 5..6);
        assert_eq!(numbers(&mut other, cargo, 1), [5]);
        let newcomer = subscribe(bus, &[Topic::Depth], 1, FullPolicy::Block);
        drop(newcomer);
        assert_eq!(numbers(&mut slow, cargo, 2), [0, 1]);
    });
}
