use std::sync::Arc;
use std::thread;

use super::{Cargo, PATIENCE, await_published, expect_nothing, next, numbers, publish, subscribe};
use crate::port::{Bus, BusClosed, FullPolicy, Inbox, Received, Subscription};
use crate::topic::Topic;

pub(super) fn only_subscribed_topics_arrive<M: Send + Sync, B: Bus<M>>(bus: &B, cargo: Cargo<M>) {
    let mut subscription = subscribe(bus, &[Topic::Spreads], 10, FullPolicy::Block);
    publish(bus, cargo, Topic::Trades, 0..50);
    publish(bus, cargo, Topic::Spreads, 50..51);
    let delivered = next(&mut subscription);
    assert_eq!((delivered.topic, (cargo.read)(&delivered.message)), (Topic::Spreads, 50));
    expect_nothing(&mut subscription);
    assert_eq!(subscription.counts().offered, 1);
}

pub(super) fn nothing_from_before_the_subscription_arrives<M: Send + Sync, B: Bus<M>>(
    bus: &B,
    cargo: Cargo<M>,
) {
    publish(bus, cargo, Topic::Bars, 0..3);
    let mut subscription = subscribe(bus, &[Topic::Bars], 10, FullPolicy::Block);
    publish(bus, cargo, Topic::Bars, 3..4);
    let delivered = next(&mut subscription);
    assert_eq!(((cargo.read)(&delivered.message), delivered.sequence), (3, 4));
    assert_eq!(bus.counts().of(Topic::Bars).published, 4);
}

pub(super) fn closing_delivers_what_waits_and_refuses_the_rest<M: Send + Sync, B: Bus<M>>(
    bus: &B,
    cargo: Cargo<M>,
) {
    let mut subscription = subscribe(bus, &[Topic::Bars], 10, FullPolicy::Block);
    publish(bus, cargo, Topic::Bars, 0..2);
    bus.close();
    assert_eq!(bus.publish(Topic::Bars, Arc::new((cargo.make)(2))), Err(BusClosed));
    let inbox = Inbox { capacity: 1, policy: FullPolicy::Block };
    assert!(bus.subscribe(&[Topic::Bars], inbox).is_err(), "a closed bus takes no subscribers");
    assert_eq!(numbers(&mut subscription, cargo, 2), [0, 1]);
    assert!(matches!(subscription.recv_timeout(PATIENCE), Received::Closed));
    assert!(matches!(subscription.try_recv(), Received::Closed), "closed is for good");
}

pub(super) fn closing_loses_nothing_of_a_publisher_that_waits<M: Send + Sync, B: Bus<M>>(
    bus: &B,
    cargo: Cargo<M>,
) {
    let mut subscription = subscribe(bus, &[Topic::Trades], 1, FullPolicy::Block);
    publish(bus, cargo, Topic::Trades, 0..1);
    thread::scope(|scope| {
        scope.spawn(|| publish(bus, cargo, Topic::Trades, 1..2));
        await_published(bus, Topic::Trades, 2);
        bus.close();
        assert_eq!(numbers(&mut subscription, cargo, 2), [0, 1]);
        assert!(matches!(subscription.recv_timeout(PATIENCE), Received::Closed));
    });
}
