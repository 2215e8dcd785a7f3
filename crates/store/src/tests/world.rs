//! A small world: one account whose venue fills at once, and a database to project it into.

use std::collections::VecDeque;
use std::path::Path;

use domain::{
    AccountId, Bar, BarPeriod, Contract, Currency, Fill, FillId, Instrument, InstrumentId, InstrumentKind,
    Instruments, Liquidity, MarketEvent, Money, Order, OrderEvent, OrderId, OrderKind, OrderRequest, Price,
    Quantity, Rate, Side, Span, TenantId, Timestamp, VenueOrderId,
};
use engine::{
    Cell, Control, Desk, Entry, Intent, Journal, JournalFault, Opening, Record, RejectReason, Report, State,
    Strategy, Venue,
};
use risk::{Approved, HaltKind, Limits};
use uuid::Uuid;

use crate::{
    AccountMode, Cut, FileJournal, JournalOptions, NewAccount, Store, Sync, TenantAccess, TenantStore,
};

pub(super) const FIRST: InstrumentId = InstrumentId(0);

pub(super) fn at(seconds: i64) -> Timestamp {
    Timestamp::from_seconds(1_700_000_000 + seconds)
}

pub(super) fn instrument(symbol: &str) -> Instrument {
    Instrument {
        id: FIRST,
        symbol: symbol.to_owned(),
        venue: domain::Venue::new("PIER").unwrap(),
        kind: InstrumentKind::Spot,
        contract: Contract::UNIT,
        base: Currency::BTC,
        quote: Currency::USD,
        settlement: Currency::USD,
        price_tick: Price::from_raw(10_000_000),
        quantity_step: Quantity::from_raw(1_000_000),
        maker_fee: Rate::from_basis_points(5),
        taker_fee: Rate::from_basis_points(10),
    }
}

pub(super) fn instruments(symbols: &[&str]) -> Instruments {
    let mut instruments = Instruments::default();
    for symbol in symbols {
        instruments.list(instrument(symbol)).unwrap();
    }
    instruments
}

pub(super) fn opening(tenant: TenantId, account: AccountId) -> Opening {
    let limits = Limits { max_order_size: Quantity::from_units(10), ..Limits::specified() };
    Opening {
        tenant,
        account,
        base_currency: Currency::USD,
        cash: vec![(Currency::USD, Money::from_units(100_000))],
        limits,
        instruments: instruments(&["ONE", "TWO"]),
    }
}

/// Fills market orders at 100, lets limit orders rest and refuses stops.
#[derive(Debug, Default)]
pub(super) struct Pier {
    reports: VecDeque<Report>,
    fills: u64,
}

impl Pier {
    /// One that has given out so many fills before.
    pub(super) fn after(fills: u64) -> Self {
        Self { reports: VecDeque::new(), fills }
    }

    fn say(&mut self, time: Timestamp, order: OrderId, event: OrderEvent, reason: Option<RejectReason>) {
        self.reports.push_back(Report { time, order, event, reason });
    }

    fn fill(&mut self, order: &Order, now: Timestamp, quantity: Quantity) {
        self.fills += 1;
        let fill = Fill {
            id: FillId(self.fills),
            order: order.id,
            instrument: order.request.instrument,
            side: order.request.side,
            liquidity: Liquidity::Taker,
            price: Price::from_units(100),
            quantity,
            fee: Money::from_raw(123_456_789_012_345_678),
            time: now,
        };
        self.say(now, order.id, OrderEvent::Filled(fill), None);
    }
}

impl Venue for Pier {
    fn submit(&mut self, order: &Approved<Order>, now: Timestamp) {
        let accepted = OrderEvent::Accepted { venue_order_id: Some(VenueOrderId(order.id.0 + 70)) };
        match order.request.kind {
            OrderKind::Market => {
                self.say(now, order.id, accepted, None);
                let half = Quantity::from_raw(order.request.quantity.raw() / 2);
                self.fill(order, now, half);
                let rest = order.request.quantity.checked_sub(half).unwrap();
                self.fill(order, now.plus(Span::from_nanos(5)), rest);
            }
            OrderKind::Limit { .. } => self.say(now, order.id, accepted, None),
            _ => self.say(now, order.id, OrderEvent::Rejected, Some(RejectReason::KindNotSupported)),
        }
    }

    fn cancel(&mut self, order: OrderId, now: Timestamp) {
        self.say(now, order, OrderEvent::Cancelled, None);
    }

    fn query(&mut self, _order: OrderId, _now: Timestamp) {}

    fn next_report(&mut self, _now: Timestamp) -> Option<Report> {
        self.reports.pop_front()
    }
}

#[derive(Debug)]
pub(super) struct Idle;

impl Strategy for Idle {
    fn name(&self) -> &str {
        "idle"
    }

    fn on_market(&mut self, _desk: &mut Desk<'_>, _event: &MarketEvent) {}
}

/// A journal that keeps its entries as they are.
#[derive(Debug, Default)]
pub(super) struct Kept(pub(super) Vec<Entry>);

impl Journal for Kept {
    fn append(&mut self, entry: &Entry) -> Result<(), JournalFault> {
        self.0.push(entry.clone());
        Ok(())
    }

    fn commit(&mut self) -> Result<(), JournalFault> {
        Ok(())
    }
}

pub(super) fn bar(open_time: Timestamp, price: Price) -> Bar {
    let volume = Quantity::from_units(1);
    Bar { trades: 1, volume, ..Bar::of_period(FIRST, BarPeriod::SECOND, open_time, price) }
}

/// A cell with its opening on record.
pub(super) fn cell<J: Journal, O: engine::Observer>(
    opening: Opening,
    mut journal: J,
    mut observer: O,
) -> Cell<Idle, Pier, J, O> {
    let state = State::open(&opening, at(0));
    let first = Entry { sequence: 1, time: at(0), record: Record::Opened(Box::new(opening)) };
    journal.append(&first).unwrap();
    journal.commit().unwrap();
    observer.on_entry(&state, &first);
    Cell::new(state, Idle, Pier::default(), journal, observer)
}

/// One round of everything: a fill, a resting order, a rejection, a denial, a cancellation, money, a halt, and
/// an order that rests until the next round's halt.
pub(super) fn trade<J: Journal, O: engine::Observer>(cell: &mut Cell<Idle, Pier, J, O>, round: i64) {
    let now = at(10 * round + 1);
    let mark = bar(Timestamp::from_nanos(now.nanos() - 1_000_000_000), Price::from_units(100));
    cell.on_market(&MarketEvent::Bar(mark)).unwrap();
    let one = Quantity::from_units(1);
    let price = Price::from_units(99);
    let requests = [
        OrderRequest::market(FIRST, Side::Buy, one),
        OrderRequest::limit(FIRST, Side::Buy, one, price),
        OrderRequest {
            kind: OrderKind::Stop { trigger: Price::from_units(101) },
            ..OrderRequest::market(FIRST, Side::Buy, one)
        },
        OrderRequest::market(FIRST, Side::Sell, Quantity::from_units(11)),
        OrderRequest::limit(FIRST, Side::Sell, one, Price::from_units(101)),
    ];
    for request in requests {
        cell.on_intent(now, Intent::Submit(request)).unwrap();
    }
    let last = cell.state().orders().open().last().unwrap().id;
    cell.on_intent(now, Intent::Cancel(last)).unwrap();
    let amount = Money::from_raw(5);
    cell.on_control(now, &Control::Deposit { currency: Currency::USD, amount }).unwrap();
    let note = "to test it".to_owned();
    cell.on_control(now, &Control::Halt { kind: HaltKind::ByOperator, note: note.clone() }).unwrap();
    cell.on_control(now, &Control::Resume { note }).unwrap();
    let resting = OrderRequest::limit(FIRST, Side::Buy, one, Price::from_units(98));
    cell.on_intent(now, Intent::Submit(resting)).unwrap();
}

/// The entries of some rounds, and the state they make.
pub(super) fn history(rounds: i64) -> (Vec<Entry>, State) {
    history_of(opening(TenantId(Uuid::from_u128(7)), AccountId(Uuid::from_u128(9))), rounds)
}

pub(super) fn history_of(opening: Opening, rounds: i64) -> (Vec<Entry>, State) {
    let mut cell = cell(opening, Kept::default(), ());
    for round in 0..rounds {
        trade(&mut cell, round);
    }
    let (state, journal, ()) = cell.into_parts();
    (journal.0, state)
}

pub(super) fn options() -> JournalOptions {
    JournalOptions::new(Sync::System)
}

/// Commits after every entry.
pub(super) fn write(journal: &mut impl Journal, entries: &[Entry]) {
    for entry in entries {
        journal.append(entry).unwrap();
        journal.commit().unwrap();
    }
}

/// A journal directory with these entries.
pub(super) fn written(directory: &Path, options: JournalOptions, entries: &[Entry]) {
    let (mut journal, _) = FileJournal::open(directory, options).unwrap();
    write(&mut journal, entries);
}

pub(super) fn read(directory: &Path) -> Vec<Entry> {
    crate::entries(directory).unwrap().map(Result::unwrap).collect()
}

/// The state as bytes, without what no journal holds.
pub(super) fn essence(state: &State) -> Vec<u8> {
    postcard::to_stdvec(state).unwrap()
}

pub(super) fn new_tenant(store: &Store, name: &str) -> TenantStore {
    let tenant = store.identity().create_tenant(name, at(0)).unwrap();
    store.tenant(&TenantAccess::for_node(tenant.id))
}

pub(super) fn new_account(name: &str) -> NewAccount {
    NewAccount {
        name: name.to_owned(),
        mode: AccountMode::Paper,
        strategy: "sma".to_owned(),
        parameters: serde_json::json!({ "fast": 5, "slow": "20" }),
        base_currency: Currency::USD,
    }
}

pub(super) fn first(limit: usize) -> Cut {
    Cut::new(limit, None).unwrap()
}
