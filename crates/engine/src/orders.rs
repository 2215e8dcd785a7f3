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
        self.shift_working(&order, Quantity::ZERO, order.exposed());
        self.open.push(order);
    }

    /// Puts the changed order back, among the ended ones if it has ended.
    pub(crate) fn replace(&mut self, changed: Order) {
        match self.open.binary_search_by_key(&changed.id, |order| order.id) {
            Ok(index) => {
                self.shift_working(&changed, self.open[index].exposed(), changed.exposed());
                if changed.status.is_terminal() {
                    self.open.remove(index);
                    self.end(changed);
                } else {
                    self.open[index] = changed;
                }
            }
            Err(_) => {
                if let Some(slot) = self.ended.iter_mut().rev().find(|order| order.id == changed.id) {
                    *slot = changed;
                }
            }
        }
    }

    fn end(&mut self, order: Order) {
        if self.ended.len() == ENDED_MAX {
            self.ended.pop_front();
        }
        self.ended.push_back(order);
    }

    fn shift_working(&mut self, order: &Order, before: Quantity, after: Quantity) {
        let index = order.request.instrument.index();
        if self.working.len() <= index {
            self.working.resize(index + 1, Working::default());
        }
        let sum = match order.request.side {
            Side::Buy => &mut self.working[index].buy,
            Side::Sell => &mut self.working[index].sell,
        };
        *sum = Quantity::from_raw(sum.raw().saturating_sub(before.raw()).saturating_add(after.raw()));
    }
}
