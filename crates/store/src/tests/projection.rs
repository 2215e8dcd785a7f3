//! Rows are what the journal says, however often and in however many pieces it is said.

use domain::{OrderId, OrderStatus};
use engine::{Entry, Observer, Record, State};

use super::contract::Fresh;
use super::world::{
    at, cell, first, history_of, new_account, new_tenant, opening, options, trade, write, written,
};
use crate::{
    AccountRow, AuditRow, Cut, DenialRow, EquityRow, FileJournal, FillRow, HistoryRow, OrderFilter, OrderRow,
    Projector, Store, StoreErrorKind, TenantStore, catch_up,
};

/// Keeps each entry with the state behind it.
#[derive(Default)]
struct Seen(Vec<(State, Entry)>);

impl Observer for Seen {
    fn on_entry(&mut self, state: &State, entry: &Entry) {
        self.0.push((state.clone(), entry.clone()));
    }
}

struct World {
    rows: TenantStore,
    account: AccountRow,
    seen: Vec<(State, Entry)>,
    _store: Store,
}

impl World {
    fn new(fresh: &Fresh, rounds: i64) -> Self {
        let store = fresh.store();
        let rows = new_tenant(&store, "ours");
        let account = rows.create_account(new_account("main"), at(0)).unwrap();
        let mut cell =
            cell(opening(rows.tenant(), account.id), super::world::Kept::default(), Seen::default());
        (0..rounds).for_each(|round| trade(&mut cell, round));
        let seen = cell.into_parts().2.0;
        Self { rows, account, seen, _store: store }
    }

    fn project(&self, from: usize, to: usize) {
        let mut projector =
            Projector::new(self.account.id, self.rows.projected_sequence(self.account.id).unwrap());
        self.seen[from..to].iter().for_each(|(state, entry)| projector.apply(state, entry));
        projector.commit(&self.rows).unwrap();
    }

    fn dump(&self) -> Dump {
        let (rows, id) = (&self.rows, self.account.id);
        Dump {
            orders: rows.orders(id, OrderFilter::All, &first(1000)).unwrap().items,
            denials: rows.denials(id, &first(1000)).unwrap().items,
            fills: rows.fills(id, &first(1000)).unwrap().items,
            equity: rows.equity(id, 1000).unwrap(),
            audit: rows.audit(&first(1000)).unwrap().items,
            sequence: rows.projected_sequence(id).unwrap(),
        }
    }
}

#[derive(Debug, PartialEq)]
struct Dump {
    orders: Vec<OrderRow>,
    denials: Vec<DenialRow>,
    fills: Vec<FillRow>,
    equity: Vec<EquityRow>,
    audit: Vec<AuditRow>,
    sequence: u64,
}

pub(super) fn orders_are_as_the_account_knows_them(fresh: &Fresh) {
    let world = World::new(fresh, 3);
    world.project(0, world.seen.len());
    let (state, last) = world.seen.last().unwrap();
    let dump = world.dump();
    assert_eq!(dump.sequence, last.sequence);
    assert_eq!(dump.orders.len(), 15);
    for row in &dump.orders {
        assert_eq!(state.orders().find(row.order.id), Some(&row.order));
    }
    let rejected: Vec<_> =
        dump.orders.iter().filter(|row| row.order.status == OrderStatus::Rejected).collect();
    assert_eq!(rejected.len(), 3);
    assert_eq!(rejected[0].reason.as_deref(), Some("the venue does not take this kind of order"));
    let open = world.rows.orders(world.account.id, OrderFilter::Open, &first(1000)).unwrap().items;
    assert_eq!(open.len(), 1);
    let expected: Vec<_> = state.orders().open().iter().rev().copied().collect();
    assert_eq!(open.iter().map(|row| row.order).collect::<Vec<_>>(), expected);
    let one = world.rows.order(world.account.id, OrderId(2)).unwrap();
    assert!(dump.orders.contains(&one));
    let none = world.rows.order(world.account.id, OrderId(99)).unwrap_err();
    assert_eq!(none.kind, StoreErrorKind::NotFound);
}

pub(super) fn fills_denials_and_the_record_are_the_journals(fresh: &Fresh) {
    let world = World::new(fresh, 2);
    world.project(0, world.seen.len());
    let dump = world.dump();
    let mut fills = Vec::new();
    let mut denials = Vec::new();
    for (_, entry) in &world.seen {
        match &entry.record {
            Record::Reported(report) => {
                if let domain::OrderEvent::Filled(fill) = report.event {
                    fills.push((entry.sequence, fill));
                }
            }
            Record::Denied { request, reason } => {
                denials.push((entry.sequence, entry.time, *request, reason.code(), reason.to_string()));
            }
            _ => {}
        }
    }
    assert_eq!(dump.fills.iter().rev().map(|row| (row.sequence, row.fill)).collect::<Vec<_>>(), fills);
    assert!(dump.fills.iter().all(|row| row.fee_currency == Some(domain::Currency::USD)));
    let stored = dump.denials.iter().rev();
    let stored: Vec<_> =
        stored.map(|row| (row.sequence, row.time, row.request, &*row.code, row.detail.clone())).collect();
    assert_eq!(stored, denials);
    assert_eq!(denials.len(), 2);
    let actions: Vec<_> = dump.audit.iter().rev().map(|row| row.action.as_str()).collect();
    let round = ["deposited", "halted", "resumed"];
    assert_eq!(actions, [&["opened"], &round[..], &round].concat());
    assert!(dump.equity.is_sorted_by_key(|row| row.time));
    assert_eq!(dump.equity[0], EquityRow { time: at(0), equity: domain::Money::from_units(100_000) });
}

pub(super) fn a_history_holds_orders_and_denied_ones_by_time(fresh: &Fresh) {
    let world = World::new(fresh, 3);
    world.project(0, world.seen.len());
    let whole = world.rows.history(world.account.id, OrderFilter::All, &first(1000)).unwrap().items;
    assert_eq!(whole.len(), 18);
    assert!(whole.is_sorted_by_key(|row| std::cmp::Reverse(row.sequence())));
    let (mut pieces, mut cursor) = (Vec::new(), None);
    loop {
        let cut = Cut::new(2, cursor).unwrap();
        let page = world.rows.history(world.account.id, OrderFilter::All, &cut).unwrap();
        pieces.extend(page.items);
        cursor = page.next_cursor;
        if cursor.is_none() {
            break;
        }
    }
    assert_eq!(pieces, whole);
    let denied = |filter| {
        let page = world.rows.history(world.account.id, filter, &first(1000)).unwrap();
        page.items.iter().filter(|row| matches!(row, HistoryRow::Denied(_))).count()
    };
    assert_eq!([denied(OrderFilter::Open), denied(OrderFilter::Closed)], [0, 3]);
}

pub(super) fn entries_said_again_change_nothing(fresh: &Fresh) {
    let world = World::new(fresh, 2);
    let count = world.seen.len();
    world.project(0, count);
    let dump = world.dump();
    world.project(0, count);
    assert_eq!(world.dump(), dump);
    // Changes of before, collected by one who thinks that nothing was projected yet.
    let mut projector = Projector::new(world.account.id, 0);
    world.seen[..count / 2].iter().for_each(|(state, entry)| projector.apply(state, entry));
    assert_eq!(world.rows.project(&projector.take()).unwrap(), dump.sequence);
    assert_eq!(world.dump(), dump);
}

pub(super) fn pieces_that_overlap_make_the_whole(fresh: &Fresh) {
    let world = World::new(fresh, 2);
    let count = world.seen.len();
    let whole = World::new(fresh, 2);
    whole.project(0, count);
    for (from, to) in [(0, 3), (1, 9), (9, 10), (0, 17), (5, count)] {
        let mut projector = Projector::new(world.account.id, world.seen[from].1.sequence - 1);
        world.seen[from..to].iter().for_each(|(state, entry)| projector.apply(state, entry));
        world.rows.project(&projector.take()).unwrap();
    }
    let (pieces, whole) = (world.dump(), whole.dump());
    assert_eq!(pieces.orders, whole.orders);
    assert_eq!((pieces.fills, pieces.equity, pieces.sequence), (whole.fills, whole.equity, whole.sequence));
}

pub(super) fn missing_entries_are_noticed(fresh: &Fresh) {
    let world = World::new(fresh, 1);
    let mut projector = Projector::new(world.account.id, 4);
    world.seen[4..].iter().for_each(|(state, entry)| projector.apply(state, entry));
    let error = projector.commit(&world.rows).unwrap_err();
    assert_eq!(error.kind, StoreErrorKind::Conflict);
    assert_eq!(world.dump().sequence, 0);

    let mut projector = Projector::new(world.account.id, 0);
    let (state, entry) = &world.seen[3];
    projector.apply(state, entry);
    assert!(projector.is_behind());
    assert_eq!(projector.commit(&world.rows).unwrap_err().kind, StoreErrorKind::Conflict);
}

pub(super) fn an_account_is_caught_up_from_its_journal(fresh: &Fresh) {
    let directory = tempfile::tempdir().unwrap();
    let world = World::new(fresh, 2);
    let entries: Vec<_> = world.seen.iter().map(|(_, entry)| entry.clone()).collect();
    written(directory.path(), options(), &entries);
    world.project(0, 7);
    let last = catch_up(directory.path(), world.account.id, &world.rows).unwrap();
    assert_eq!(last, entries.len() as u64);
    let caught_up = world.dump();
    let live = World::new(fresh, 2);
    live.project(0, entries.len());
    assert_eq!((caught_up.orders, caught_up.fills), (live.dump().orders, live.dump().fills));
    assert_eq!(caught_up.denials, live.dump().denials);
    assert_eq!(catch_up(directory.path(), world.account.id, &world.rows).unwrap(), last);
}

pub(super) fn another_accounts_journal_is_refused(fresh: &Fresh) {
    let directory = tempfile::tempdir().unwrap();
    let world = World::new(fresh, 0);
    let other = domain::AccountId(uuid::Uuid::from_u128(5));
    let (entries, _) = history_of(opening(world.rows.tenant(), other), 1);
    let (mut journal, _) = FileJournal::open(directory.path(), options()).unwrap();
    write(&mut journal, &entries);
    let error = catch_up(directory.path(), world.account.id, &world.rows).unwrap_err();
    assert_eq!(error.kind, StoreErrorKind::Damaged);
}
