//! Offsets, without brokers.

use std::sync::Arc;

use proptest::prelude::*;

use super::super::Position;
use super::super::offsets::{Offsets, Partition};

fn at(partition: i32, offset: i64) -> Position {
    Position { topic: topic(), partition, offset }
}

fn topic() -> Arc<str> {
    "market.trades".into()
}

fn due(offsets: &Offsets) -> Vec<(i32, i64)> {
    offsets.due().into_iter().map(|((_, partition), offset)| (partition, offset)).collect()
}

#[test]
fn the_first_hole_holds_the_offset() {
    let mut offsets = Offsets::default();
    // Offsets have holes of their own: what was compacted away, or a transaction's mark.
    for offset in [5, 6, 9, 10] {
        offsets.hand_out(&topic(), 0, offset);
    }
    let table = [(6, vec![]), (5, vec![(0, 7)]), (10, vec![(0, 7)]), (99, vec![(0, 7)]), (9, vec![(0, 11)])];
    for (offset, expected) in table {
        offsets.acknowledge(&at(0, offset));
        assert_eq!(due(&offsets), expected, "after {offset}");
    }
    let committed = offsets.due();
    offsets.commit(&committed);
    assert_eq!((due(&offsets), offsets.outstanding()), (vec![], 0));
}

#[test]
fn what_went_to_somebody_else_is_forgotten() {
    let mut offsets = Offsets::default();
    offsets.hand_out(&topic(), 0, 1);
    offsets.hand_out(&topic(), 1, 1);
    let gone: Partition = (topic(), 0);
    offsets.forget(&gone);
    offsets.acknowledge(&at(0, 1));
    offsets.acknowledge(&at(1, 1));
    assert_eq!(due(&offsets), [(1, 2)]);
}

proptest! {
    /// Whatever the order of acknowledgements: the offset is the one after the longest prefix that has them all.
    #[test]
    fn the_offset_is_the_longest_whole_prefix(order in Just((0..40i64).collect::<Vec<_>>()).prop_shuffle()) {
        let mut offsets = Offsets::default();
        (0..40).for_each(|offset| offsets.hand_out(&topic(), 3, offset));
        let mut acknowledged = [false; 40];
        for offset in order {
            offsets.acknowledge(&at(3, offset));
            acknowledged[usize::try_from(offset).unwrap()] = true;
            let prefix = i64::try_from(acknowledged.iter().take_while(|done| **done).count()).unwrap();
            let expected = if prefix == 0 { vec![] } else { vec![(3, prefix)] };
            prop_assert_eq!(due(&offsets), expected);
        }
        prop_assert_eq!(offsets.outstanding(), 0);
    }
}
