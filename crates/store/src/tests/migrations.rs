//! The tables go forward, back and forward again, and the record of it is believed only where it fits.

use super::contract::Fresh;
use crate::StoreErrorKind;
use crate::rows::Direction;

pub(super) fn forward_and_back_and_forward_is_the_same(fresh: &Fresh) {
    let raw = fresh.raw();
    let (store, schema) = (&raw.store, &raw.schema);
    let newest = store.newest_version();
    assert!(store.migrations().unwrap().iter().all(|row| row.applied_ms.is_none()));
    assert!(store.migration_history().unwrap().is_empty());
    let mut at_version = vec![schema()];
    for version in 1..=newest {
        store.migrate_to(version).unwrap();
        at_version.push(schema());
        let applied = store.migrations().unwrap().iter().filter(|row| row.applied_ms.is_some()).count();
        assert_eq!(applied, version as usize);
    }
    for version in (0..newest).rev() {
        store.migrate_to(version).unwrap();
        assert_eq!(schema(), at_version[version as usize], "back to {version}");
    }
    assert!(schema().is_empty());
    store.migrate_to(newest).unwrap();
    assert_eq!(schema(), at_version[newest as usize]);
    let history: Vec<_> =
        store.migration_history().unwrap().iter().map(|change| (change.version, change.direction)).collect();
    let up = (1..=newest).map(|version| (version, Direction::Up));
    let down = (1..=newest).rev().map(|version| (version, Direction::Down));
    assert_eq!(history, up.clone().chain(down).chain(up).collect::<Vec<_>>());
}

pub(super) fn a_version_that_is_not_known_is_refused(fresh: &Fresh) {
    let store = fresh.raw().store;
    let error = store.migrate_to(store.newest_version() + 1).unwrap_err();
    assert_eq!(error.kind, StoreErrorKind::Invalid);
}

pub(super) fn tables_of_a_newer_program_are_left_alone(fresh: &Fresh) {
    let raw = fresh.raw();
    let newest = raw.store.newest_version();
    raw.store.migrate_to(newest).unwrap();
    (raw.sql)("INSERT INTO migrations (version, name, checksum) VALUES (99, 'later', 'x')");
    let before = (raw.schema)();
    for target in [newest, 0] {
        let error = raw.store.migrate_to(target).unwrap_err();
        assert_eq!(error.kind, StoreErrorKind::Invalid);
        assert!(error.what.contains("newer program"), "{error}");
    }
    assert_eq!((raw.schema)(), before);
}

pub(super) fn a_changed_version_is_noticed(fresh: &Fresh) {
    let raw = fresh.raw();
    raw.store.migrate_to(2).unwrap();
    (raw.sql)("UPDATE migrations SET checksum = 'other' WHERE version = 2");
    assert_eq!(raw.store.migrate_to(3).unwrap_err().kind, StoreErrorKind::Damaged);
    assert_eq!(raw.store.migrations().unwrap_err().kind, StoreErrorKind::Damaged);
}

#[test]
fn every_database_has_the_same_versions() {
    let names = |fresh: &Fresh| -> Vec<(u32, String)> {
        let rows = fresh.raw().store.migrations().unwrap();
        rows.into_iter().map(|row| (row.version, row.name)).collect()
    };
    let Some(postgres) = Fresh::postgres() else { return };
    assert_eq!(names(&postgres), names(&Fresh::Memory));
}
