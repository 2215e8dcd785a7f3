//! Between a cell and everyone who watches it: durable entries, with the orders they changed.

use domain::{Order, OrderEvent, OrderId};
use engine::{Entry, Observer, Record, State};

/// An entry and, where it concerns an order, that order after it.
#[derive(Debug, Clone)]
pub(crate) struct Fact {
    pub(crate) entry: Entry,
    pub(crate) order: Option<Order>,
}

impl Fact {
    /// The fill that the entry books, if it does.
    pub(crate) const fn fill(&self) -> Option<&domain::Fill> {
        match &self.entry.record {
            Record::Reported(report) => match &report.event {
                OrderEvent::Filled(fill) => Some(fill),
                _ => None,
            },
            _ => None,
        }
    }
}

/// Collects facts during one event; the cell's thread passes them on after it.
#[derive(Debug, Default)]
pub(crate) struct Tap(Vec<Fact>);

impl Tap {
    pub(crate) fn take(&mut self) -> Vec<Fact> {
        std::mem::take(&mut self.0)
    }
}

impl Observer for Tap {
    fn on_entry(&mut self, state: &State, entry: &Entry) {
        let order = concerned(&entry.record).and_then(|id| state.orders().find(id)).copied();
        self.0.push(Fact { entry: entry.clone(), order });
    }
}

const fn concerned(record: &Record) -> Option<OrderId> {
    match record {
        Record::Submitted { order, .. } => Some(order.id),
        Record::CancelRequested(id) => Some(*id),
        Record::Reported(report) => Some(report.order),
        _ => None,
    }
}
