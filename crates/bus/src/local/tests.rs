use std::sync::Arc;
use std::thread;
use std::time::Duration;

use domain::{InstrumentId, MarketEvent, Timestamp};
use proptest::prelude::*;

use super::LocalBus;
use crate::contract::{Cargo, check_across_topics, check_all};
use crate::port::{Bus, FullPolicy, Inbox, Received, Subscription};
use crate::{Message, Topic};

#[test]
fn passes_the_contract() {
    let cargo = Cargo { make: |number| number, read: |message: &u64| *message };
    check_all(LocalBus::<u64>::new, cargo);
    check_across_topics(LocalBus::<u64>::new, cargo);
}

#[test]
fn passes_the_contract_with_the_messages_of_the_platform() {
    let make = |number: u64| {
        Message::Market(MarketEvent::Invalid {
            instrument: InstrumentId(0),
            time: Timestamp::from_nanos(i64::try_from(number).unwrap()),
        })
    };
    let read = |message: &Message| match message {
        Message::Market(event) => u64::try_from(event.time().nanos()).unwrap(),
        Message::Order(_) | Message::Listed(_) => panic!("none was sent"),
    };
    check_all(LocalBus::<Message>::new, Cargo { make, read });
}

#[test]
fn those_who_left_are_forgotten() {
    let bus = LocalBus::<u64>::new();
    let inbox = Inbox { capacity: 1, policy: FullPolicy::Block };
    let first = bus.subscribe(&[Topic::Bars], inbox).unwrap();
    let second = bus.clone().subscribe(&[Topic::Bars], inbox).unwrap();
    assert_eq!(bus.subscribers(), 2);
    drop(first);
    assert_eq!(bus.subscribers(), 1);
    drop(second);
    assert_eq!(bus.subscribers(), 0);
    bus.publish(Topic::Bars, Arc::new(1)).unwrap();
    assert_eq!(bus.counts().of(Topic::Bars).dropped, 0, "nobody was there to miss it");
}

#[test]
fn a_message_is_shared_and_not_copied() {
    let bus = LocalBus::<u64>::new();
    let inbox = Inbox { capacity: 1, policy: FullPolicy::DropOldest };
    let mut subscriptions: Vec<_> = (0..3).map(|_| bus.subscribe(&[Topic::Bars], inbox).unwrap()).collect();
    let message = Arc::new(7);
    bus.publish(Topic::Bars, Arc::clone(&message)).unwrap();
    assert_eq!(Arc::strong_count(&message), 4);
    for subscription in &mut subscriptions {
        let Received::Message(delivered) = subscription.try_recv() else { panic!("it was published") };
        assert!(Arc::ptr_eq(&delivered.message, &message));
    }
    assert_eq!(Arc::strong_count(&message), 1);
}

#[test]
fn a_full_inbox_of_a_page_holds_nobody_up() {
    let bus = LocalBus::<u64>::new();
    let inbox = Inbox { capacity: 0, policy: FullPolicy::DropOldest };
    let mut page = bus.subscribe(&Topic::ALL, inbox).unwrap();
    for (number, topic) in (0..).zip(Topic::ALL) {
        bus.publish(topic, Arc::new(number)).unwrap();
    }
    assert_eq!(page.try_recv(), Received::Gap { dropped: 7 });
    assert!(matches!(page.try_recv(), Received::Message(last) if *last.message == 7 && last.sequence == 1));
}

#[test]
fn one_who_waits_is_woken() {
    let bus = LocalBus::<u64>::new();
    let inbox = Inbox { capacity: 1, policy: FullPolicy::Block };
    let mut subscription = bus.subscribe(&[Topic::Trades], inbox).unwrap();
    thread::scope(|scope| {
        let waiter = scope.spawn(|| {
            let first = subscription.recv_timeout(Duration::from_secs(30));
            (first, subscription.recv_timeout(Duration::from_secs(30)))
        });
        bus.publish(Topic::Trades, Arc::new(3)).unwrap();
        bus.close();
        let (first, second) = waiter.join().unwrap();
        assert!(matches!(first, Received::Message(delivered) if *delivered.message == 3));
        assert_eq!(second, Received::Closed);
    });
}

#[derive(Debug, Clone)]
enum Act {
    Publish(usize),
    Receive(usize),
    Leave(usize),
}

fn acts() -> impl Strategy<Value = Vec<Act>> {
    let act = prop_oneof![
        6 => (0..3usize).prop_map(Act::Publish),
        4 => (0..4usize).prop_map(Act::Receive),
        1 => (0..4usize).prop_map(Act::Leave),
    ];
    proptest::collection::vec(act, 0..200)
}

proptest! {
    /// Whatever happens in whatever order: every message offered is delivered, dropped or waiting; numbers rise;
    /// and the gaps told are exactly the numbers that are missing.
    #[test]
    fn nothing_goes_missing_untold(acts in acts(), capacities in proptest::array::uniform4(1..6usize)) {
        let bus = LocalBus::<u64>::new();
        let topics = [Topic::Trades, Topic::Quotes, Topic::Bars];
        let mut pages: Vec<_> = capacities.iter().enumerate().map(|(index, &capacity)| {
            let inbox = Inbox { capacity, policy: FullPolicy::DropOldest };
            // One topic for each of the first three, so that missing numbers are theirs alone; all for the last.
            let wanted = topics.get(index).map_or(&topics[..], std::slice::from_ref);
            Some(bus.subscribe(wanted, inbox).unwrap())
        }).collect();
        let (mut last, mut told) = ([0u64; 3], [0u64; 3]);
        for (number, act) in (0..).zip(acts) {
            match act {
                Act::Publish(topic) => bus.publish(topics[topic], Arc::new(number)).unwrap(),
                Act::Leave(page) => pages[page] = None,
                Act::Receive(page) => {
                    let Some(subscription) = &mut pages[page] else { continue };
                    match subscription.try_recv() {
                        Received::Gap { dropped } if page < 3 => told[page] += dropped,
                        Received::Message(delivered) if page < 3 => {
                            prop_assert_eq!(delivered.topic, topics[page]);
                            prop_assert_eq!(delivered.sequence, last[page] + told[page] + 1);
                            (last[page], told[page]) = (delivered.sequence, 0);
                        }
                        _ => {}
                    }
                }
            }
            for subscription in pages.iter().flatten() {
                let counts = subscription.counts();
                let waiting = u64::try_from(counts.waiting).unwrap();
                prop_assert_eq!(counts.offered, counts.delivered + counts.dropped + waiting);
            }
        }
        drop(pages);
        for topic in topics {
            let counts = bus.counts().of(topic);
            prop_assert!(counts.delivered + counts.dropped <= 2 * counts.published);
        }
    }

    /// With everybody staying to the end the whole bus balances.
    #[test]
    fn the_bus_balances(published in 0..100u64, capacity in 1..8usize) {
        let bus = LocalBus::<u64>::new();
        let inbox = Inbox { capacity, policy: FullPolicy::DropOldest };
        let mut pages = [bus.subscribe(&Topic::ALL, inbox).unwrap(), bus.subscribe(&Topic::ALL, inbox).unwrap()];
        for number in 0..published {
            bus.publish(Topic::Spreads, Arc::new(number)).unwrap();
        }
        let _drained = (0..=capacity + 1).map(|_| pages[0].try_recv()).filter(|got| *got != Received::Nothing).count();
        drop(pages);
        let counts = bus.counts().of(Topic::Spreads);
        prop_assert_eq!(counts.published, published);
        prop_assert_eq!(counts.delivered + counts.dropped, 2 * published);
    }
}
