use domain::{Span, Timestamp};
use proptest::prelude::*;

use super::{BatchLimits, Batcher};

fn at(millis: i64) -> Timestamp {
    Timestamp::from_millis(millis)
}

#[test]
fn the_limits_are_those_of_the_contract() {
    let limits = BatchLimits::default();
    assert_eq!((limits.items_max, limits.age_max.millis(), limits.bytes_max), (500, 100, 512_000));
}

#[test]
fn five_hundred_items_are_a_batch() {
    let mut batcher = Batcher::new(BatchLimits::default());
    for item in 0..499 {
        assert_eq!(batcher.push(item, 1, at(0)), None, "{item}");
    }
    assert_eq!(batcher.push(499, 1, at(0)).map(|batch| batch.len()), Some(500));
    assert!(batcher.is_empty());
}

#[test]
fn a_hundred_milliseconds_are_a_batch() {
    let mut batcher = Batcher::new(BatchLimits::default());
    assert_eq!((batcher.deadline(), batcher.due(at(1_000))), (None, None));
    batcher.push("first", 1, at(1_000));
    batcher.push("second", 1, at(1_050));
    assert_eq!(batcher.deadline(), Some(at(1_100)), "counted from the first item");
    assert_eq!(batcher.due(at(1_099)), None);
    assert_eq!(batcher.due(at(1_100)), Some(vec!["first", "second"]));
    batcher.push("third", 1, at(1_200));
    assert_eq!(batcher.push("fourth", 1, at(1_300)), Some(vec!["third", "fourth"]));
}

#[test]
fn half_a_megabyte_is_a_batch() {
    let mut batcher = Batcher::new(BatchLimits::default());
    assert_eq!(batcher.push("a", 500_000, at(0)), None);
    assert_eq!(batcher.push("b", 12_000, at(0)), Some(vec!["a", "b"]), "exactly the limit");
    assert_eq!(batcher.push("c", 500_000, at(0)), None);
    assert_eq!(batcher.push("d", 12_001, at(0)), Some(vec!["c"]), "the batch never exceeds the limit");
    assert_eq!(batcher.take(), Some(vec!["d"]));
}

#[test]
fn an_item_past_the_limit_is_a_batch_of_its_own() {
    let mut batcher = Batcher::new(BatchLimits::default());
    assert_eq!(batcher.push("huge", 600_000, at(0)), Some(vec!["huge"]));
    batcher.push("small", 1, at(0));
    assert_eq!(batcher.push("huge", 600_000, at(0)), Some(vec!["small"]));
    assert_eq!(batcher.due(at(0)), Some(vec!["huge"]), "due at once");
}

#[test]
fn a_clock_that_is_set_back_keeps_nothing_waiting() {
    let mut batcher = Batcher::new(BatchLimits::default());
    batcher.push(1, 1, at(1_000_000));
    batcher.push(2, 1, at(0));
    assert_eq!(batcher.due(at(100)), Some(vec![1, 2]));
}

proptest! {
    /// Every item comes out once, in order, and no batch is past a limit.
    #[test]
    fn nothing_is_lost_or_reordered(items in proptest::collection::vec((0..60usize, 0..40i64), 0..200)) {
        let limits = BatchLimits { items_max: 5, age_max: Span::from_millis(100), bytes_max: 100 };
        let mut batcher = Batcher::new(limits);
        let (mut clock, mut batches) = (0, Vec::new());
        for (number, &(bytes, pause)) in items.iter().enumerate() {
            clock += pause;
            batches.extend(batcher.push(number, bytes, at(clock)));
            batches.extend(batcher.due(at(clock)));
            prop_assert!(batcher.deadline().is_none_or(|deadline| deadline > at(clock)));
        }
        batches.extend(batcher.take());
        for batch in &batches {
            prop_assert!(!batch.is_empty() && batch.len() <= limits.items_max);
            prop_assert!(batch.iter().map(|&number| items[number].0).sum::<usize>() <= limits.bytes_max);
        }
        prop_assert!(batches.concat().into_iter().eq(0..items.len()));
    }
}
