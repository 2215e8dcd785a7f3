//! The tables go forward, back and forward again, and the record of it is believed only where it fits.

use domain::{Bar, BarPeriod, InstrumentId, Price, Span, Timestamp};

use super::contract::Fresh;
use crate::rows::Direction;
use crate::{Cut, StoreErrorKind};

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

pub(super) fn bars_of_an_older_program_are_kept(fresh: &Fresh) {
    let raw = fresh.raw();
    raw.store.migrate_to(4).unwrap();
    (raw.sql)(
        "INSERT INTO bars (instrument, period, open_time, open, high, low, close, volume, trades)
         VALUES (7, 90000000000, 180000000000, 2, 4, 1, 3, 0, 5), (7, 500, 1000, 2, 2, 2, 2, 0, 1)",
    );
    let of = |nanos, open_time| {
        let period = BarPeriod::new(Span::from_nanos(nanos)).unwrap();
        Bar::of_period(InstrumentId(7), period, Timestamp::from_nanos(open_time), Price::from_raw(2))
    };
    let long = Bar {
        high: Price::from_raw(4),
        low: Price::from_raw(1),
        close: Price::from_raw(3),
        ..of(90_000_000_000, 180_000_000_000)
    };
    let expected = [Bar { trades: 5, ..long }, Bar { trades: 1, ..of(500, 1_000) }];
    let cut = Cut::new(9, None).unwrap();
    let newest = raw.store.newest_version();
    for version in [newest, 4, newest] {
        raw.store.migrate_to(version).unwrap();
        if version == newest {
            let read =
                expected.map(|bar| raw.store.market().bars(bar.instrument, bar.rule, &cut).unwrap().items);
            assert_eq!(read, expected.map(|bar| vec![bar]));
        }
    }
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
