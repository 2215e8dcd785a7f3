use domain::OrderEvent;
use engine::{Entry, Observer, Record, State};

use crate::TradeLedger;

/// Counts and collects what a report needs, as it happens.
#[derive(Debug, Default)]
pub(super) struct Recorder {
    pub(super) ledger: TradeLedger,
    pub(super) orders: u64,
    pub(super) denials: u64,
    pub(super) fills: u64,
}

impl Observer for Recorder {
    fn on_entry(&mut self, state: &State, entry: &Entry) {
        match &entry.record {
            Record::Submitted { .. } => self.orders += 1,
            Record::Denied { .. } => self.denials += 1,
            Record::Reported(report) => {
                if let OrderEvent::Filled(fill) = &report.event
                    && let Some(instrument) = state.instruments().get(fill.instrument)
                {
                    self.fills += 1;
                    self.ledger.on_fill(fill, instrument);
                }
            }
            _ => {}
        }
    }
}
