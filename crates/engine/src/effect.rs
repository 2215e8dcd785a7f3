use domain::{Order, OrderId, Timestamp};
use risk::Approved;

use crate::{Entry, FoldError, Record, State};

/// What leaves a cell, once the entries beside it are durable.
#[derive(Debug)]
pub enum Effect {
    Submit(Approved<Order>),
    Cancel(OrderId),
    Query(OrderId),
}

/// What one event led to: facts to journal first, effects to let out after. A cell keeps one and fills it again
/// for each event, so nothing is allocated once it has grown to the busiest one.
#[derive(Debug, Default)]
pub struct Effects {
    pub entries: Vec<Entry>,
    pub effects: Vec<Effect>,
}

impl Effects {
    /// Folds the record into the state and keeps it for the journal. The only way a state changes durably.
    #[inline]
    pub(crate) fn record(
        &mut self,
        state: &mut State,
        time: Timestamp,
        record: Record,
    ) -> Result<(), FoldError> {
        // Put down first and folded from its place: an entry is some 300 bytes, and each move copies them.
        self.entries.push(Entry { sequence: state.sequence() + 1, time, record });
        self.fold_last(state)
    }

    fn fold_last(&mut self, state: &mut State) -> Result<(), FoldError> {
        let Some(entry) = self.entries.last() else { return Ok(()) };
        let folded = state.apply(entry.time, &entry.record);
        if folded.is_err() {
            self.entries.pop();
        }
        folded
    }

    #[inline]
    pub(crate) const fn is_empty(&self) -> bool {
        self.entries.is_empty() && self.effects.is_empty()
    }

    pub(crate) fn clear(&mut self) {
        self.entries.clear();
        self.effects.clear();
    }
}
