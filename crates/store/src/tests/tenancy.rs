//! The wall between tenants: for every way in, the other side is not there.

use std::sync::Arc;

use domain::{Money, OrderId, TenantId};

use super::contract::Fresh;
use super::world::{at, cell, first, new_account, new_tenant, opening, trade};
use crate::backend::Wanted;
use crate::{
    AccountRow, AuditRow, EquityRow, OrderFilter, Projector, Store, StoreError, StoreErrorKind, TenantStore,
};

/// A tenant with an account that has some of everything.
fn busy(store: &Store, name: &str, rounds: i64) -> (TenantStore, AccountRow) {
    let rows = new_tenant(store, name);
    let account = rows.create_account(new_account("main"), at(0)).unwrap();
    let projector = Projector::new(account.id, 0);
    let mut cell = cell(opening(rows.tenant(), account.id), super::world::Kept::default(), projector);
    (0..rounds).for_each(|round| trade(&mut cell, round));
    cell.observer_mut().commit(&rows).unwrap();
    (rows, account)
}

#[track_caller]
fn not_found<T: std::fmt::Debug>(result: Result<T, StoreError>) {
    assert_eq!(result.unwrap_err().kind, StoreErrorKind::NotFound);
}

pub(super) fn one_tenant_sees_nothing_of_another(fresh: &Fresh) {
    let store = fresh.store();
    let (ours, our_account) = busy(&store, "ours", 1);
    let (theirs, their_account) = busy(&store, "theirs", 2);
    let cut = first(100);
    let sample = EquityRow { time: at(5), equity: Money::from_units(1) };
    let audit = AuditRow {
        time: at(5),
        account: Some(their_account.id),
        sequence: None,
        actor: "mallory".to_owned(),
        action: "signed_in".to_owned(),
        detail: String::new(),
    };
    let of = their_account.id;
    not_found(ours.account(of));
    not_found(ours.orders(of, OrderFilter::All, &cut));
    not_found(ours.history(of, OrderFilter::All, &cut));
    not_found(ours.order(of, OrderId(1)));
    not_found(ours.denials(of, &cut));
    not_found(ours.fills(of, &cut));
    not_found(ours.equity(of, 10));
    not_found(ours.record_equity(of, &sample));
    not_found(ours.append_audit(&audit));
    not_found(ours.projected_sequence(of));
    let mut projector = Projector::new(of, 0);
    let (entries, state) = super::world::history_of(opening(ours.tenant(), of), 1);
    entries.iter().for_each(|entry| projector.apply(&state, entry));
    not_found(ours.project(&projector.take()));

    assert_eq!(ours.accounts().unwrap(), std::slice::from_ref(&our_account));
    let accounts = ours.audit(&cut).unwrap().items.into_iter().map(|row| row.account);
    assert!(accounts.into_iter().all(|account| account == Some(our_account.id)));
    let their_fills = theirs.fills(of, &cut).unwrap().items.len();
    assert_eq!(ours.fills(our_account.id, &cut).unwrap().items.len() * 2, their_fills);
    let equity = theirs.equity(of, 1000).unwrap();
    assert!(!equity.is_empty() && !equity.contains(&sample));
}

/// Below the check of the account: each statement for itself keeps to the tenant it is given.
pub(super) fn no_statement_reads_past_its_tenant(fresh: &Fresh) {
    let backend = fresh.backend();
    let store = Store::on(Arc::clone(&backend));
    let (ours, _) = busy(&store, "ours", 1);
    let (theirs, account) = busy(&store, "theirs", 1);
    let rows = |tenant: TenantId| {
        let wanted = Wanted { tenant, account: account.id, before: None, rows: 100 };
        [
            backend.orders(&wanted, OrderFilter::All).unwrap().len(),
            backend.orders(&wanted, OrderFilter::Open).unwrap().len(),
            backend.order(tenant, account.id, 1).unwrap().iter().len(),
            backend.denials(&wanted).unwrap().len(),
            backend.fills(&wanted).unwrap().len(),
            backend.equity(tenant, account.id, 100).unwrap().len(),
            usize::from(backend.projected_sequence(tenant, account.id).unwrap() > 0),
            backend.account(tenant, account.id).unwrap().iter().len(),
            backend
                .audit(tenant, None, 100)
                .unwrap()
                .iter()
                .filter(|row| row.1.account == Some(account.id))
                .count(),
        ]
    };
    assert!(rows(theirs.tenant()).iter().all(|count| *count > 0), "{:?}", rows(theirs.tenant()));
    assert_eq!(rows(ours.tenant()), [0; 9]);
    let sample = EquityRow { time: at(5), equity: Money::from_units(1) };
    let written = backend.record_equity(ours.tenant(), account.id, &sample);
    assert_eq!(written.unwrap_err().kind, StoreErrorKind::Invalid, "the foreign key holds");
}

pub(super) fn names_of_accounts_are_the_tenants_own(fresh: &Fresh) {
    let store = fresh.store();
    let (ours, theirs) = (new_tenant(&store, "ours"), new_tenant(&store, "theirs"));
    let made = ours.create_account(new_account("main"), at(3)).unwrap();
    assert_eq!(ours.account(made.id).unwrap(), made);
    assert_eq!((made.created, made.tenant), (at(3), ours.tenant()));
    theirs.create_account(new_account("main"), at(3)).unwrap();
    let again = ours.create_account(new_account("main"), at(4)).unwrap_err();
    assert_eq!(again.kind, StoreErrorKind::Conflict);
    let nameless = ours.create_account(new_account(""), at(4)).unwrap_err();
    assert_eq!(nameless.kind, StoreErrorKind::Invalid);
    let second = ours.create_account(new_account("second"), at(5)).unwrap();
    assert_eq!(ours.accounts().unwrap(), [made, second]);
}

pub(super) fn an_account_of_no_tenant_cannot_be_made(fresh: &Fresh) {
    let store = fresh.store();
    let access = crate::TenantAccess::for_node(domain::TenantId(uuid::Uuid::from_u128(1)));
    let error = store.tenant(&access).create_account(new_account("main"), at(0)).unwrap_err();
    assert_eq!(error.kind, StoreErrorKind::Invalid);
}

pub(super) fn what_is_on_record_stays(fresh: &Fresh) {
    let store = fresh.store();
    let rows = new_tenant(&store, "ours");
    let row = |detail: &str| AuditRow {
        time: at(1),
        account: None,
        sequence: None,
        actor: "ada".to_owned(),
        action: "signed_in".to_owned(),
        detail: detail.to_owned(),
    };
    for detail in ["one", "one", "two"] {
        rows.append_audit(&row(detail)).unwrap();
    }
    let page = rows.audit(&first(2)).unwrap();
    assert_eq!(page.items, [row("two"), row("one")]);
    let rest = rows.audit(&crate::Cut::new(2, page.next_cursor).unwrap()).unwrap();
    assert_eq!((rest.items, rest.next_cursor), (vec![row("one")], None));
}
