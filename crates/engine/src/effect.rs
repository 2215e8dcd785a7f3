use domain::{Order, OrderId, Timestamp};
use risk::Approved;
use smallvec::SmallVec;

use crate::{Entry, FoldError, Record, State};

/// What leaves a cell, once the entries beside it are durable.
#[derive(Debug)]
pub enum Effect {
    Submit(Approved<Order>),
    Cancel(OrderId),
    Query(OrderId),
}

/// What one event led to: facts to journal first, effects to let out after. Two of each fit without allocation.
#[derive(Debug, Default)]
pub struct Effects {
    pub entries: SmallVec<[Entry; 2]>,
    pub effects: SmallVec<[Effect; 2]>,
}

impl Effects {
    /// Folds the record into the state and keeps it for the journal. The only way a state changes durably.
    pub(crate) fn record(
        &mut self,
        state: &mut State,
        time: Timestamp,
        record: Record,
    ) -> Result<(), FoldError> {
        state.apply(time, &record)?;
        self.entries.push(Entry { sequence: state.sequence(), time, record });
        Ok(())
    }
}
