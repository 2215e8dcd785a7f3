//! Which offsets may be committed: those before which everything was acknowledged.

use std::collections::{BTreeMap, VecDeque};
use std::sync::Arc;

use super::Position;

/// A part of a topic.
pub(super) type Partition = (Arc<str>, i32);

/// Everything that was handed out and is not committed, by partition.
#[derive(Debug, Default)]
pub(super) struct Offsets(BTreeMap<Partition, Progress>);

#[derive(Debug, Default)]
struct Progress {
    /// Offsets that were handed out, ascending, with whether each was acknowledged.
    out: VecDeque<(i64, bool)>,
    /// The offset after the last before which everything was acknowledged.
    reached: Option<i64>,
    committed: Option<i64>,
}

impl Offsets {
    /// Notes a record that goes to the application. One that was handed out before is not counted twice.
    pub(super) fn hand_out(&mut self, topic: &Arc<str>, partition: i32, offset: i64) {
        let progress = self.0.entry((Arc::clone(topic), partition)).or_default();
        match progress.out.back() {
            Some((last, _)) if *last >= offset => {}
            _ => progress.out.push_back((offset, false)),
        }
    }

    /// What is not known any more, because its partition went, is passed over.
    pub(super) fn acknowledge(&mut self, position: &Position) {
        // A lookup by reference would need the key in parts.
        let key = (Arc::clone(&position.topic), position.partition);
        let Some(progress) = self.0.get_mut(&key) else { return };
        if let Ok(place) = progress.out.binary_search_by_key(&position.offset, |(offset, _)| *offset) {
            progress.out[place].1 = true;
        }
        while let Some((offset, _)) = progress.out.pop_front_if(|(_, is_acknowledged)| *is_acknowledged) {
            progress.reached = Some(offset + 1);
        }
    }

    pub(super) fn is_awaited(&self, position: &Position) -> bool {
        let key = (Arc::clone(&position.topic), position.partition);
        let Some(progress) = self.0.get(&key) else { return false };
        let place = progress.out.binary_search_by_key(&position.offset, |(offset, _)| *offset);
        place.is_ok_and(|place| !progress.out[place].1)
    }

    /// The offsets to commit, for partitions where they moved.
    pub(super) fn due(&self) -> Vec<(Partition, i64)> {
        let moved = self.0.iter().filter(|(_, progress)| progress.reached != progress.committed);
        moved.filter_map(|(partition, progress)| Some((partition.clone(), progress.reached?))).collect()
    }

    pub(super) fn commit(&mut self, committed: &[(Partition, i64)]) {
        for (partition, offset) in committed {
            if let Some(progress) = self.0.get_mut(partition) {
                progress.committed = Some(*offset);
            }
        }
    }

    /// The partition is somebody else's now.
    pub(super) fn forget(&mut self, partition: &Partition) {
        self.0.remove(partition);
    }

    /// How many records are out and not acknowledged.
    pub(super) fn outstanding(&self) -> usize {
        self.0.values().map(|progress| progress.out.len()).sum()
    }
}
