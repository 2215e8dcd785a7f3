//! A venue that fills orders against market data, for backtests and paper accounts alike.
//!
//! **Time.** An order, cancel or query sent at *t* arrives at *t* + latency, never before one sent earlier. It is
//! answered when it arrives. An order meets only market data that came after its arrival, and the quote that
//! stands at that moment. Reports come in time order; a fill from a bar is reported when the bar is known.
//!
//! **What fills.** The best data that an instrument has had decides, and the other kinds no longer fill on it:
//! - *Quotes and depth.* Takers walk what is displayed, each level to the share [`MatchingConfig::book_share`];
//!   what was taken is gone until the next quote (or a depth newer than the quote). The rest of a market order
//!   waits for the next quote. A resting limit order fills at its price, as maker, when the opposite quote
//!   reaches it or a trade prints through it, up to the quantity displayed or printed.
//! - *Trades.* A market order fills at the next prints, each to the same share of the print. A limit order fills
//!   at the first print if that is better than its price, and afterwards at its price when one prints through.
//! - *Bars.* A bar serves orders that were sent before it opened and arrived before it closed: market orders at
//!   the open; limit orders at the open if that is better, else at their price if the bar trades through it. A
//!   touch does not fill. All orders of an instrument share [`MatchingConfig::bar_share`] of the volume; a bar
//!   without volume (a bar of quotes) limits nothing. Of several bar lengths the shortest fills;
//!   bars of sessions and bars that trades fill do not, nor does a bar that is told anew.
//!
//! Where orders compete, market orders go first, then the better price, then the earlier arrival.
//!
//! **Orders.** Market and limit; day (ends at the next UTC midnight), good till cancelled, immediate or cancel,
//! fill or kill. Without quotes the last two meet the first data after their arrival. Everything else is
//! rejected. A split cancels the resting orders of its instrument: their prices mean nothing any more.
//! `Invalid` stops fills on an instrument with quotes until the next good quote.
//!
//! **Names.** The venue's order id is the order's number; a fill's id is made of the order's number and the
//! quantity filled before it, in steps, so it stays unique through restarts.

mod config;
mod display;
mod inbox;
mod resting;
mod rules;
mod slot;
mod teller;

pub use config::{Latency, MatchingConfig};

use domain::{Instrument, Instruments, MarketEvent, Order, OrderId, OrderStatus, Timestamp};
use engine::Approved;
use engine::{RejectReason, Report, Venue};

use inbox::{Inbox, Message, Request};
use resting::Resting;
use slot::Slot;
use teller::Teller;

/// See the [module](self).
#[derive(Debug)]
pub struct Matching {
    slots: Vec<Slot>,
    inbox: Inbox,
    teller: Teller,
    /// Nothing happens before this moment unless market data comes.
    wake: Timestamp,
    /// Orders rest or are on their way, so market data matters.
    busy: bool,
}

impl Matching {
    /// The reason code of orders that a split cancelled.
    pub const SPLIT: RejectReason = RejectReason::Other(1);
    /// The reason code of orders whose fill has a value out of range.
    pub const OUT_OF_RANGE: RejectReason = RejectReason::Other(2);

    #[must_use]
    pub fn new(config: MatchingConfig, instruments: &Instruments) -> Self {
        Self {
            slots: instruments.iter().cloned().map(Slot::new).collect(),
            inbox: Inbox::new(config.seed, config.latency),
            teller: Teller::new(config),
            wake: Timestamp::MAX,
            busy: false,
        }
    }

    /// Trades one more instrument; it must be the one after the last.
    pub fn list(&mut self, instrument: Instrument) {
        if instrument.id.index() == self.slots.len() {
            self.slots.push(Slot::new(instrument));
        }
    }

    /// Gives a venue that has been restarted its memory back: orders that worked rest again, with what is left of
    /// them. Orders whose fate is open were never here: a query answers that they are not found.
    pub fn restore(&mut self, orders: &[Order]) {
        for order in orders {
            let worked = matches!(order.status, OrderStatus::Working | OrderStatus::PartiallyFilled);
            if worked && let Some(slot) = self.slots.get_mut(order.request.instrument.index()) {
                let resting = Resting::restored(order);
                self.teller.enrol(&resting);
                slot.rest(resting);
            }
        }
        self.refresh();
    }

    /// How many orders rest.
    #[must_use]
    pub fn resting(&self) -> usize {
        self.teller.resting()
    }

    #[inline]
    fn refresh(&mut self) {
        self.busy = self.teller.resting() > 0 || !self.inbox.is_empty();
        self.wake = self.inbox.due().min(self.teller.due());
    }

    /// Lives through everything before `end`, and through what happens at `end` if `including`.
    fn live_until(&mut self, end: Timestamp, including: bool) {
        while !self.teller.is_full() {
            let (arrival, day_end) = (self.inbox.due(), self.teller.day_end());
            let due = arrival.min(day_end);
            if due == Timestamp::MAX || due > end || (due == end && !including) {
                break;
            }
            self.teller.advance(due);
            if day_end == due {
                self.end_day(due);
            } else if let Some(message) = self.inbox.take() {
                self.deliver(message);
            }
        }
    }

    fn end_day(&mut self, end: Timestamp) {
        self.teller.forget_day_end();
        for slot in &mut self.slots {
            slot.expire(end, &mut self.teller);
        }
    }

    fn deliver(&mut self, message: Message) {
        match message.request {
            Request::Submit(order) => self.take_order(&order, message.sent),
            Request::Cancel(id) => {
                if let Some(slot) = self.slot_of(id) {
                    self.slots[slot].cancel(id, &mut self.teller);
                }
            }
            Request::Query(id) if self.slot_of(id).is_some() => self.teller.accept(id),
            Request::Query(id) => self.teller.reject(id, RejectReason::NotFound),
        }
    }

    fn slot_of(&self, id: OrderId) -> Option<usize> {
        self.teller.find(id).map(domain::InstrumentId::index)
    }

    fn take_order(&mut self, order: &Order, sent: Timestamp) {
        let Some(slot) = self.slots.get_mut(order.request.instrument.index()) else {
            return self.teller.reject(order.id, RejectReason::UnknownInstrument);
        };
        match self.teller.refusal(&order.request) {
            Some(reason) => self.teller.reject(order.id, reason),
            None => slot.take_order(Resting::arrived(order, sent, self.teller.now()), &mut self.teller),
        }
    }

    /// Market data while orders wait.
    fn meet(&mut self, event: &MarketEvent) {
        let time = event.time();
        self.live_until(time, false);
        self.teller.advance(time);
        if let Some(slot) = self.slots.get_mut(event.instrument().index()) {
            slot.meet(event, &mut self.teller);
        }
        self.refresh();
    }

    fn send(&mut self, request: Request, now: Timestamp) {
        if !self.inbox.put(request, now)
            && let Request::Submit(order) = request
        {
            self.teller.advance(now);
            self.teller.reject(order.id, RejectReason::VenueFull);
        }
        self.refresh();
    }

    fn due_report(&mut self, now: Timestamp) -> Option<Report> {
        self.live_until(now, true);
        let report = self.teller.take_report(now);
        self.refresh();
        report
    }
}

impl Venue for Matching {
    #[inline]
    fn observe(&mut self, event: &MarketEvent) {
        if self.busy {
            self.meet(event);
        } else if !matches!(event, MarketEvent::Bar(_))
            && let Some(slot) = self.slots.get_mut(event.instrument().index())
        {
            slot.note(event);
        }
    }

    fn submit(&mut self, order: &Approved<Order>, now: Timestamp) {
        self.send(Request::Submit(*order.get()), now);
    }

    fn cancel(&mut self, order: OrderId, now: Timestamp) {
        self.send(Request::Cancel(order), now);
    }

    fn query(&mut self, order: OrderId, now: Timestamp) {
        self.send(Request::Query(order), now);
    }

    #[inline]
    fn next_report(&mut self, now: Timestamp) -> Option<Report> {
        if now < self.wake { None } else { self.due_report(now) }
    }
}

#[cfg(test)]
mod tests;
