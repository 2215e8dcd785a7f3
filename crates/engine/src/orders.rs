//! The orders of one account: those that may still fill, and the last ones that ended.

use std::collections::VecDeque;

use domain::{InstrumentId, Order, OrderId, Quantity, Side};
use serde::{Deserialize, Serialize};

/// How many ended orders are kept for late fills and for the page.
pub const ENDED_MAX: usize = 1024;

/// What may still fill on one instrument.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Working {
    pub buy: Quantity,
    pub sell: Quantity,
}

/// Open orders by id, with the sum of what they may still fill; the oldest ended ones are forgotten.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Orders {
    /// Ascending by id, because ids only grow.
    open: Vec<Order>,
    ended: VecDeque<Order>,
    working: Vec<Working>,
}

impl Orders {
    /// Open orders, oldest first.
    #[must_use]
    pub fn open(&self) -> &[Order] {
        &self.open
    }

    /// Ended orders, in the order of their end, at most [`ENDED_MAX`].
    pub fn ended(&self) -> impl DoubleEndedIterator<Item = &Order> {
        self.ended.iter()
    }

    #[must_use]
    pub fn find_open(&self, id: OrderId) -> Option<&Order> {
        self.open.binary_search_by_key(&id, |order| order.id).ok().map(|index| &self.open[index])
    }

    /// Open or recently ended.
    #[must_use]
    pub fn find(&self, id: OrderId) -> Option<&Order> {
        self.find_open(id).or_else(|| self.ended.iter().rev().find(|order| order.id == id))
    }

    #[must_use]
    #[inline]
    pub fn working(&self, instrument: InstrumentId) -> Working {
        self.working.get(instrument.index()).copied().unwrap_or_default()
    }

    pub(crate) fn insert(&mut self, order: Order) {
        let request = &order.request;
        self.shift_working(request.instrument, request.side, Quantity::ZERO, order.exposed());
        self.open.push(order);
    }

    /// Lets `change` at an order that is open or ended lately, and moves it among the ended ones if it has ended.
    /// After an error of `change` the order must be as before. `None` for an unknown order.
    #[inline]
    pub(crate) fn change<E>(
        &mut self,
        id: OrderId,
        change: impl FnOnce(&mut Order) -> Result<(), E>,
    ) -> Option<Result<(), E>> {
        let Ok(index) = self.open.binary_search_by_key(&id, |order| order.id) else {
            return self.ended.iter_mut().rev().find(|order| order.id == id).map(change);
        };
        let order = &mut self.open[index];
        let before = order.exposed();
        let changed = change(order);
        let (request, after) = (&order.request, order.exposed());
        let (instrument, side, has_ended) = (request.instrument, request.side, order.status.is_terminal());
        self.shift_working(instrument, side, before, after);
        if has_ended {
            let ended = self.open.remove(index);
            self.end(ended);
        }
        Some(changed)
    }

    fn end(&mut self, order: Order) {
        if self.ended.len() == ENDED_MAX {
            self.ended.pop_front();
        }
        self.ended.push_back(order);
    }

    fn shift_working(&mut self, instrument: InstrumentId, side: Side, before: Quantity, after: Quantity) {
        let index = instrument.index();
        if self.working.len() <= index {
            self.working.resize(index + 1, Working::default());
        }
        let sum = match side {
            Side::Buy => &mut self.working[index].buy,
            Side::Sell => &mut self.working[index].sell,
        };
        *sum = Quantity::from_raw(sum.raw().saturating_sub(before.raw()).saturating_add(after.raw()));
    }
}
