use std::collections::VecDeque;
use std::thread;
use std::time::Duration;

use proptest::prelude::*;

use super::{DropPolicy, Drops, Received, SendError, Sent, queue};

#[test]
fn a_full_queue_does_what_its_policy_says() {
    let table = [
        (DropPolicy::Oldest, Sent::DroppedOldest(1), vec![2, 3], Drops { oldest: 1, ..Drops::default() }),
        (DropPolicy::Newest, Sent::DroppedNewest(3), vec![1, 2], Drops { newest: 1, ..Drops::default() }),
    ];
    for (policy, third, kept, drops) in table {
        let (sender, receiver) = queue("test", 2, policy);
        assert_eq!(sender.send(1), Ok(Sent::Queued));
        assert_eq!(sender.send(2), Ok(Sent::Queued));
        assert_eq!(sender.send(3), Ok(third), "{policy:?}");
        assert_eq!((sender.depth(), sender.drops()), (2, drops));
        drop(sender);
        let received: Vec<i32> = std::iter::from_fn(|| receiver.recv()).collect();
        assert_eq!(received, kept, "{policy:?}");
    }
}

#[test]
fn a_blocking_queue_makes_the_sender_wait_and_loses_nothing() {
    let (sender, receiver) = queue("test", 2, DropPolicy::Block);
    thread::scope(|scope| {
        scope.spawn(move || (0..1_000).for_each(|item| assert_eq!(sender.send(item), Ok(Sent::Queued))));
        for expected in 0..1_000 {
            assert!(receiver.depth() <= 2);
            assert_eq!(receiver.recv(), Some(expected));
        }
        assert_eq!(receiver.recv(), None, "the sender has left");
    });
    assert_eq!(receiver.drops().total(), 0);
}

#[test]
fn closing_ends_sending_but_not_receiving() {
    let (sender, receiver) = queue("test", 4, DropPolicy::Block);
    let other = sender.clone();
    sender.send("waits").unwrap();
    sender.close();
    assert_eq!(other.send("late"), Err(SendError("late")));
    assert_eq!(receiver.try_recv(), Received::Item("waits"));
    assert_eq!(receiver.try_recv(), Received::Closed);
    assert_eq!(receiver.recv(), None);
}

#[test]
fn a_queue_is_open_as_long_as_one_sender_stays() {
    let (sender, receiver) = queue::<u8>("test", 1, DropPolicy::Block);
    let other = sender.clone();
    drop(sender);
    assert_eq!(receiver.try_recv(), Received::Nothing);
    assert_eq!(receiver.recv_timeout(Duration::from_nanos(1)), Received::Nothing);
    drop(other);
    assert_eq!(receiver.try_recv(), Received::Closed);
}

#[test]
fn a_sender_that_waits_is_told_when_nobody_receives() {
    let (sender, receiver) = queue("test", 1, DropPolicy::Block);
    let second = receiver.clone();
    sender.send(1).unwrap();
    thread::scope(|scope| {
        let waiter = scope.spawn(|| sender.send(2));
        drop(receiver);
        assert_eq!(sender.depth(), 1, "another still receives");
        drop(second);
        assert_eq!(waiter.join().unwrap(), Err(SendError(2)));
    });
    assert_eq!(sender.drops(), Drops { abandoned: 1, ..Drops::default() });
    assert_eq!(sender.depth(), 0);
}

#[test]
fn closing_wakes_everybody_who_waits() {
    let (sender, receiver) = queue::<u8>("test", 1, DropPolicy::Block);
    thread::scope(|scope| {
        let waiters: Vec<_> = (0..3).map(|_| scope.spawn(|| receiver.recv())).collect();
        sender.close();
        assert!(waiters.into_iter().all(|waiter| waiter.join().unwrap().is_none()));
    });
}

#[test]
fn each_item_goes_to_one_of_several_receivers() {
    let (sender, receiver) = queue("test", 3, DropPolicy::Block);
    let mut received = thread::scope(|scope| {
        let take =
            |receiver: super::Receiver<u32>| std::iter::from_fn(|| receiver.recv()).collect::<Vec<_>>();
        let takers: Vec<_> =
            (0..3).map(|_| receiver.clone()).map(|receiver| scope.spawn(move || take(receiver))).collect();
        for sent in 0..2u32 {
            let sender = sender.clone();
            scope.spawn(move || (0..500).for_each(|item| assert!(sender.send(item * 2 + sent).is_ok())));
        }
        drop((sender, receiver));
        takers.into_iter().flat_map(|taker| taker.join().unwrap()).collect::<Vec<_>>()
    });
    received.sort_unstable();
    assert!(received.into_iter().eq(0..1_000));
}

proptest! {
    /// Against a plain list: the same items in the same order, and every item sent is received, dropped and
    /// counted, or waiting.
    #[test]
    fn behaves_like_a_bounded_list(
        acts in proptest::collection::vec(proptest::bool::weighted(0.6), 0..200),
        capacity in 1..6usize,
        oldest in any::<bool>(),
    ) {
        let policy = if oldest { DropPolicy::Oldest } else { DropPolicy::Newest };
        let (sender, receiver) = queue("test", capacity, policy);
        let mut list = VecDeque::new();
        let (mut sent, mut received) = (0u64, 0u64);
        for send in acts {
            if send {
                sender.send(sent).unwrap();
                if list.len() < capacity {
                    list.push_back(sent);
                } else if oldest {
                    list.pop_front();
                    list.push_back(sent);
                }
                sent += 1;
            } else {
                let expected = list.pop_front().map_or(Received::Nothing, Received::Item);
                received += u64::from(expected != Received::Nothing);
                prop_assert_eq!(receiver.try_recv(), expected);
            }
            let waiting = u64::try_from(sender.depth()).unwrap();
            prop_assert_eq!(sent, received + sender.drops().total() + waiting);
        }
    }
}
