//! Between a cell and everyone who watches it: durable entries, with what they changed.

use domain::{Fill, Order, OrderEvent, OrderId};
use engine::{Entry, Observer, Record, State};
use store::{Changes, Projector};

/// An entry and, where it concerns an order, that order after it.
#[derive(Debug, Clone)]
pub(crate) struct Fact {
    pub(crate) entry: Entry,
    pub(crate) order: Option<Order>,
}

impl Fact {
    /// The fill that the entry books, if it does.
    pub(crate) const fn fill(&self) -> Option<&Fill> {
        match &self.entry.record {
            Record::Reported(report) => match &report.event {
                OrderEvent::Filled(fill) => Some(fill),
                _ => None,
            },
            _ => None,
        }
    }

    /// Why the venue ended or refused the order, in words.
    pub(crate) fn reason(&self) -> Option<String> {
        match &self.entry.record {
            Record::Reported(report) => report.reason.map(|reason| reason.text().to_owned()),
            _ => None,
        }
    }
}

/// Collects during one event what the cell's thread passes on after it: facts for the pages, rows for the store.
#[derive(Debug)]
pub(crate) struct Tap {
    facts: Vec<Fact>,
    projector: Projector,
}

impl Tap {
    pub(crate) const fn new(projector: Projector) -> Self {
        Self { facts: Vec::new(), projector }
    }

    /// The facts since the last call, and the rows they change.
    pub(crate) fn take(&mut self) -> (Vec<Fact>, Changes) {
        (std::mem::take(&mut self.facts), self.projector.take())
    }
}

impl Observer for Tap {
    fn on_entry(&mut self, state: &State, entry: &Entry) {
        self.projector.apply(state, entry);
        let order = concerned(&entry.record).and_then(|id| state.orders().find(id)).copied();
        self.facts.push(Fact { entry: entry.clone(), order });
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
