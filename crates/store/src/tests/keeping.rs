//! Values, connections and starts that everything else stands on.

use std::time::Duration;

use super::contract::Fresh;
use super::world::{at, first, new_account, new_tenant};
use crate::{AuditRow, Store, StoreErrorKind};

pub(super) fn values_are_kept_and_replaced(fresh: &Fresh) {
    let store = fresh.store();
    assert_eq!(store.meta("key").unwrap(), None);
    store.set_meta("key", "one").unwrap();
    store.set_meta("key", "two").unwrap();
    assert_eq!(store.meta("key").unwrap().as_deref(), Some("two"));
}

pub(super) fn readers_share_a_few_connections(fresh: &Fresh) {
    let store = fresh.store();
    let rows = new_tenant(&store, "ours");
    let account = rows.create_account(new_account("main"), at(0)).unwrap();
    std::thread::scope(|scope| {
        for reader in 0..12 {
            let (rows, store, id) = (rows.clone(), store.clone(), account.id);
            scope.spawn(move || {
                for _ in 0..50 {
                    assert!(rows.fills(id, &first(10)).unwrap().items.is_empty());
                    store.set_meta("reader", &reader.to_string()).unwrap();
                }
            });
        }
    });
    assert!(store.meta("reader").unwrap().is_some());
    assert_eq!(store.pool().in_use, 0);
}

pub(super) fn programs_that_start_at_once_agree(fresh: &Fresh) {
    let url = fresh.empty();
    if matches!(fresh, Fresh::Memory) {
        return;
    }
    let open = || Store::open_with(&url, &super::contract::few()).unwrap();
    let stores: Vec<Store> = std::thread::scope(|scope| {
        let threads: Vec<_> = (0..4).map(|_| scope.spawn(open)).collect();
        threads.into_iter().map(|thread| thread.join().unwrap()).collect()
    });
    stores[0].set_meta("key", "value").unwrap();
    assert_eq!(stores[3].meta("key").unwrap().as_deref(), Some("value"));
    assert_eq!(stores[1].migration_history().unwrap().len(), stores[1].newest_version() as usize);
}

pub(super) fn looking_leaves_nothing_behind(fresh: &Fresh) {
    let store = fresh.store();
    for key in ["ping", "key"] {
        store.ping(Duration::from_secs(5)).unwrap();
        assert_eq!(store.meta(key).unwrap(), None);
    }
    store.check().unwrap();
    let raw = fresh.raw();
    raw.store.ping(Duration::from_secs(5)).unwrap();
    raw.store.check().unwrap();
}

pub(super) fn free_text_may_hold_anything(fresh: &Fresh) {
    let store = fresh.store();
    let rows = new_tenant(&store, "Zoë 株式会社 \u{1F6A2}");
    let mut account = new_account("é");
    account.parameters = serde_json::json!({ "a": "\0", "b": 1e300, "c": 1.0, "d": "\u{1F6A2}", "e": null });
    let made = rows.create_account(account, at(0)).unwrap();
    assert_eq!(rows.account(made.id).unwrap(), made);
    let detail = "a\0b".to_owned();
    let (actor, action) = ("x".to_owned(), "y".to_owned());
    rows.append_audit(&AuditRow { time: at(1), account: None, sequence: None, actor, action, detail })
        .unwrap();
    let kept = rows.audit(&first(1)).unwrap().items.remove(0).detail;
    assert!(kept == "a\0b" || kept == "a\u{2400}b", "{kept:?}");
    let login = store.identity().login("a\0b", &crate::Secret::new("a long enough one".to_owned()));
    assert_eq!(login.unwrap_err().kind, StoreErrorKind::Unauthorised);
}

pub(super) fn what_is_on_record_cannot_be_changed(fresh: &Fresh) {
    let raw = fresh.raw();
    raw.store.migrate_to(raw.store.newest_version()).unwrap();
    let rows = new_tenant(&raw.store, "ours");
    let row = AuditRow {
        time: at(1),
        account: None,
        sequence: None,
        actor: "ada".to_owned(),
        action: "signed_in".to_owned(),
        detail: String::new(),
    };
    rows.append_audit(&row).unwrap();
    for statement in ["UPDATE audit SET actor = 'eve'", "DELETE FROM audit"] {
        let done = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| (raw.sql)(statement)));
        assert!(done.is_err(), "{statement}");
    }
    assert_eq!(rows.audit(&first(9)).unwrap().items, [row]);
}
