//! The order of things in a cell: durable, then visible, then out.

use std::cell::RefCell;
use std::rc::Rc;
use std::sync::{Arc, Mutex};

use domain::{
    MarketEvent, Order, OrderEvent, OrderId, OrderRequest, Price, Quantity, Quote, Side, Timestamp,
};
use risk::{Approved, Rung};

use super::world::{FIRST, World, at, limits, opening};
use crate::{
    Cell, CellFault, Control, Desk, Entry, Journal, JournalFault, Observer, Report, State, Strategy, Venue,
};

type Diary = Arc<Mutex<Vec<String>>>;

struct Buyer;

impl Strategy for Buyer {
    fn name(&self) -> &str {
        "buyer"
    }

    fn on_market(&mut self, desk: &mut Desk<'_>, _event: &MarketEvent) {
        if desk.projected_position(FIRST).is_zero() {
            desk.submit(OrderRequest::market(FIRST, Side::Buy, Quantity::from_units(1))).unwrap();
        }
    }
}

struct Log {
    diary: Diary,
    broken: bool,
}

impl Journal for Log {
    fn append(&mut self, entry: &Entry) -> Result<(), JournalFault> {
        if self.broken {
            return Err(JournalFault::Full("no space".to_owned()));
        }
        self.diary.lock().unwrap().push(format!("append {}", entry.sequence));
        Ok(())
    }

    fn commit(&mut self) -> Result<(), JournalFault> {
        self.diary.lock().unwrap().push("commit".to_owned());
        Ok(())
    }
}

struct Counter {
    diary: Diary,
}

impl Venue for Counter {
    fn submit(&mut self, order: &Approved<Order>, _now: Timestamp) {
        self.diary.lock().unwrap().push(format!("submit {}", order.get().id));
    }

    fn cancel(&mut self, _order: OrderId, _now: Timestamp) {}

    fn query(&mut self, _order: OrderId, _now: Timestamp) {}

    fn next_report(&mut self, _now: Timestamp) -> Option<Report> {
        None
    }
}

struct Watcher(Rc<RefCell<u64>>, Diary);

impl Observer for Watcher {
    fn on_entry(&mut self, _state: &State, entry: &Entry) {
        *self.0.borrow_mut() += 1;
        self.1.lock().unwrap().push(format!("see {}", entry.sequence));
    }
}

fn quote() -> MarketEvent {
    let level = |price| domain::Level { price: Price::from_units(price), quantity: Quantity::from_units(5) };
    MarketEvent::Quote(Quote {
        instrument: FIRST,
        bid: level(99),
        ask: level(101),
        venue_time: at(1),
        receive_time: at(1),
    })
}

fn run(broken: bool) -> (Vec<String>, Result<(), CellFault>) {
    let diary = Diary::default();
    let state = State::open(&opening(limits()), at(0));
    let journal = Log { diary: diary.clone(), broken };
    let venue = Counter { diary: diary.clone() };
    let watcher = Watcher(Rc::default(), diary.clone());
    let mut cell = Cell::new(state, Buyer, venue, journal, watcher);
    let result = cell.on_market(&quote()).and_then(|()| cell.on_market(&quote()));
    let lines = diary.lock().unwrap().clone();
    (lines, result)
}

#[test]
fn durable_then_visible_then_out_and_never_twice() {
    let (lines, result) = run(false);
    assert_eq!(result, Ok(()));
    assert_eq!(lines, ["append 2", "commit", "see 2", "submit 1"]);
}

#[test]
fn nothing_leaves_when_the_journal_fails() {
    let (lines, result) = run(true);
    assert!(matches!(result, Err(CellFault::Journal(JournalFault::Full(_)))));
    assert!(lines.is_empty());
}

/// A closing order was refused, and nothing comes but time.
#[test]
fn time_alone_makes_a_cell_go_on() {
    let (mut world, id) = World::bought(2);
    let fill = world.fill(id, Side::Buy, FIRST, Price::from_units(100), Quantity::from_units(2));
    world.report(id, OrderEvent::Filled(fill));
    world.control(&Control::SetRung { rung: Rung::Flatten, cause: String::new() });
    world.report(OrderId(2), OrderEvent::Rejected);
    let diary = Diary::default();
    let (journal, venue) = (Log { diary: diary.clone(), broken: false }, Counter { diary: diary.clone() });
    let mut cell = Cell::new(world.state, Buyer, venue, journal, ());
    cell.on_time(at(0)).unwrap();
    assert!(diary.lock().unwrap().is_empty());
    cell.on_time(at(1)).unwrap();
    assert_eq!(*diary.lock().unwrap(), ["append 7", "commit", "submit 3"]);
}

struct Flood;

impl Venue for Flood {
    fn submit(&mut self, _order: &Approved<Order>, _now: Timestamp) {}

    fn cancel(&mut self, _order: OrderId, _now: Timestamp) {}

    fn query(&mut self, _order: OrderId, _now: Timestamp) {}

    fn next_report(&mut self, now: Timestamp) -> Option<Report> {
        Some(Report { time: now, order: OrderId(1), event: OrderEvent::Cancelled, reason: None })
    }
}

#[test]
fn a_mad_venue_stops_the_cell_not_the_process() {
    let state = State::open(&opening(limits()), at(0));
    let mut cell = Cell::new(state, Buyer, Flood, crate::MemoryJournal::default(), ());
    assert_eq!(cell.on_market(&quote()), Err(CellFault::ReportFlood));
}
