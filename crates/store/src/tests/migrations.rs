//! The tables go forward, back and forward again, and the record of it is believed only where it fits.

use std::sync::Arc;

use crate::rows::Direction;
use crate::sqlite::Sqlite;
use crate::{Store, StoreErrorKind};

/// Everything but the record of migrations itself.
fn schema(sqlite: &Sqlite) -> Vec<String> {
    sqlite.on_writer(|connection| {
        let sql = "SELECT type || ' ' || name || ' ' || COALESCE(sql, '') FROM sqlite_schema
                   WHERE tbl_name NOT LIKE 'migration%' AND tbl_name NOT LIKE 'sqlite_%' ORDER BY 1";
        let mut statement = connection.prepare(sql).unwrap();
        statement.query_map([], |row| row.get(0)).unwrap().map(Result::unwrap).collect()
    })
}

fn unmigrated() -> (Arc<Sqlite>, Store) {
    let sqlite = Arc::new(Sqlite::plain(":memory:").unwrap());
    let backend: Arc<dyn crate::backend::Backend> = sqlite.clone();
    (sqlite, Store::on(backend))
}

#[test]
fn forward_and_back_and_forward_is_the_same() {
    let (sqlite, store) = unmigrated();
    let newest = store.newest_version();
    assert!(store.migrations().unwrap().iter().all(|row| row.applied_ms.is_none()));
    assert!(store.migration_history().unwrap().is_empty());
    let mut at_version = vec![schema(&sqlite)];
    for version in 1..=newest {
        store.migrate_to(version).unwrap();
        at_version.push(schema(&sqlite));
        let applied = store.migrations().unwrap().iter().filter(|row| row.applied_ms.is_some()).count();
        assert_eq!(applied, version as usize);
    }
    for version in (0..newest).rev() {
        store.migrate_to(version).unwrap();
        assert_eq!(schema(&sqlite), at_version[version as usize], "back to {version}");
    }
    assert!(schema(&sqlite).is_empty());
    store.migrate_to(newest).unwrap();
    assert_eq!(schema(&sqlite), at_version[newest as usize]);
    let history: Vec<_> =
        store.migration_history().unwrap().iter().map(|change| (change.version, change.direction)).collect();
    let up = (1..=newest).map(|version| (version, Direction::Up));
    let down = (1..=newest).rev().map(|version| (version, Direction::Down));
    assert_eq!(history, up.clone().chain(down).chain(up).collect::<Vec<_>>());
}

#[test]
fn a_version_that_is_not_known_is_refused() {
    let (_, store) = unmigrated();
    let error = store.migrate_to(store.newest_version() + 1).unwrap_err();
    assert_eq!(error.kind, StoreErrorKind::Invalid);
}

#[test]
fn tables_of_a_newer_program_are_left_alone() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("store.db");
    let url = format!("sqlite:{}", path.display());
    drop(Store::open(&url).unwrap());
    let sqlite = Sqlite::plain(path.to_str().unwrap()).unwrap();
    sqlite.on_writer(|connection| {
        let sql = "INSERT INTO migrations (version, name, checksum) VALUES (99, 'later', 'x')";
        connection.execute(sql, []).unwrap();
    });
    let error = Store::open(&url).unwrap_err();
    assert_eq!(error.kind, StoreErrorKind::Invalid);
    assert!(error.what.contains("newer program"), "{error}");
}

#[test]
fn a_changed_version_is_noticed() {
    let (sqlite, store) = unmigrated();
    store.migrate_to(2).unwrap();
    sqlite.on_writer(|connection| {
        connection.execute("UPDATE migrations SET checksum = 'other' WHERE version = 2", []).unwrap();
    });
    assert_eq!(store.migrate_to(3).unwrap_err().kind, StoreErrorKind::Damaged);
    assert_eq!(store.migrations().unwrap_err().kind, StoreErrorKind::Damaged);
}
