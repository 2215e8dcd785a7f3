use std::thread;

use super::{Cargo, next, numbers, publish, subscribe};
use crate::port::{Bus, FullPolicy};
use crate::topic::Topic;

const COUNT: u64 = 200;
const PUBLISHERS: u64 = 4;

pub(super) fn subscribers_see_one_order<M: Send + Sync, B: Bus<M>>(bus: &B, cargo: Cargo<M>) {
    let mut subscriptions: Vec<_> =
        (0..3).map(|_| subscribe(bus, &[Topic::Trades], 1_000, FullPolicy::Block)).collect();
    publish(bus, cargo, Topic::Trades, 0..COUNT);
    for subscription in &mut subscriptions {
        for expected in 0..COUNT {
            let delivered = next(subscription);
            assert_eq!(delivered.topic, Topic::Trades);
            assert_eq!(delivered.sequence, expected + 1, "messages are numbered from one without a hole");
            assert_eq!((cargo.read)(&delivered.message), expected);
        }
    }
}

pub(super) fn topics_of_one_publisher_keep_their_order<M: Send + Sync, B: Bus<M>>(bus: &B, cargo: Cargo<M>) {
    let mut subscription = subscribe(bus, &[Topic::Quotes, Topic::Bars], 1_000, FullPolicy::Block);
    for number in 0..COUNT {
        let topic = if number % 3 == 0 { Topic::Bars } else { Topic::Quotes };
        publish(bus, cargo, topic, number..number + 1);
    }
    let expected: Vec<u64> = (0..COUNT).collect();
    assert_eq!(numbers(&mut subscription, cargo, expected.len()), expected);
}

pub(super) fn publishers_side_by_side_make_one_order<M: Send + Sync, B: Bus<M>>(bus: &B, cargo: Cargo<M>) {
    let mut subscriptions: Vec<_> =
        (0..2).map(|_| subscribe(bus, &[Topic::OrderEvents], 10_000, FullPolicy::Block)).collect();
    thread::scope(|scope| {
        for publisher in 0..PUBLISHERS {
            let first = publisher * COUNT;
            scope.spawn(move || publish(bus, cargo, Topic::OrderEvents, first..first + COUNT));
        }
    });
    let seen: Vec<Vec<(u64, u64)>> = subscriptions
        .iter_mut()
        .map(|subscription| {
            let pair = |_| {
                let delivered = next(subscription);
                (delivered.sequence, (cargo.read)(&delivered.message))
            };
            (0..PUBLISHERS * COUNT).map(pair).collect()
        })
        .collect();
    assert_eq!(seen[0], seen[1], "all subscribers see one order");
    for publisher in 0..PUBLISHERS {
        let own = seen[0].iter().map(|(_, number)| *number).filter(|number| number / COUNT == publisher);
        assert!(own.eq(publisher * COUNT..(publisher + 1) * COUNT), "each publisher's order is kept");
    }
    assert!(seen[0].iter().map(|(sequence, _)| *sequence).eq(1..=PUBLISHERS * COUNT));
}
