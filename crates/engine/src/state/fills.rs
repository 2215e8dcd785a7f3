use std::collections::{HashSet, VecDeque};

use domain::{FillId, InstrumentId};
use serde::{Deserialize, Serialize};

/// How many executions are remembered to recognise a repeated one.
const REMEMBERED_MAX: usize = 65_536;

/// The executions seen lately; the oldest is forgotten first.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(from = "VecDeque<(InstrumentId, FillId)>", into = "VecDeque<(InstrumentId, FillId)>")]
pub(super) struct RecentFills {
    order: VecDeque<(InstrumentId, FillId)>,
    known: HashSet<(InstrumentId, FillId)>,
}

impl RecentFills {
    pub(super) fn contains(&self, instrument: InstrumentId, fill: FillId) -> bool {
        self.known.contains(&(instrument, fill))
    }

    pub(super) fn remember(&mut self, instrument: InstrumentId, fill: FillId) {
        if self.order.len() == REMEMBERED_MAX
            && let Some(oldest) = self.order.pop_front()
        {
            self.known.remove(&oldest);
        }
        self.order.push_back((instrument, fill));
        self.known.insert((instrument, fill));
    }
}

impl From<VecDeque<(InstrumentId, FillId)>> for RecentFills {
    fn from(order: VecDeque<(InstrumentId, FillId)>) -> Self {
        let known = order.iter().copied().collect();
        Self { order, known }
    }
}

impl From<RecentFills> for VecDeque<(InstrumentId, FillId)> {
    fn from(fills: RecentFills) -> Self {
        fills.order
    }
}
