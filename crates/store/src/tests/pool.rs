//! Connections: how many, for how long, in what shape.

use std::sync::Arc;
use std::sync::mpsc::sync_channel;
use std::time::Duration;

use resilience::ManualClock;
use rusqlite::hooks::{AuthContext, Authorization};

use crate::sqlite::Sqlite;
use crate::{Store, StoreConfig, StoreErrorKind};

struct Pool {
    _directory: tempfile::TempDir,
    clock: ManualClock,
    sqlite: Arc<Sqlite>,
    store: Store,
}

fn pool(config: &StoreConfig) -> Pool {
    let directory = tempfile::tempdir().unwrap();
    let clock = ManualClock::default();
    let path = directory.path().join("store.db");
    let sqlite = Arc::new(Sqlite::open(path.to_str().unwrap(), config, Arc::new(clock.clone())).unwrap());
    let store = Store::on(sqlite.clone());
    store.migrate_to(store.newest_version()).unwrap();
    Pool { _directory: directory, clock, sqlite, store }
}

fn sized(pool_min: usize, pool_max: usize) -> StoreConfig {
    let acquire_timeout = Duration::from_millis(1);
    StoreConfig { pool_min, pool_max, pool_overflow: 0, acquire_timeout, ..StoreConfig::default() }
}

/// Holds so many readers at once and then does that.
fn holding(pool: &Pool, readers: usize, work: &mut dyn FnMut()) {
    if readers == 0 {
        return work();
    }
    let held = pool.sqlite.on_reader(|_| {
        holding(pool, readers - 1, work);
        Ok(())
    });
    held.unwrap();
}

#[test]
fn readers_grow_on_demand_and_no_further_than_the_most() {
    let pool = pool(&sized(2, 4));
    let state = |pool: &Pool| (pool.store.pool().open, pool.store.pool().in_use);
    assert_eq!(state(&pool), (2, 0));
    holding(&pool, 1, &mut || assert_eq!(state(&pool), (2, 1)));
    holding(&pool, 3, &mut || assert_eq!(state(&pool), (3, 3)));
    holding(&pool, 4, &mut || {
        assert_eq!(state(&pool), (4, 4));
        let error = pool.store.meta("key").unwrap_err();
        assert_eq!(error.kind, StoreErrorKind::Transient);
        assert!(error.what.contains("all 4 connections are in use"), "{error}");
    });
    assert_eq!(state(&pool), (4, 0));
    pool.store.meta("key").unwrap();
}

#[test]
fn those_beyond_the_least_are_closed_when_nobody_needs_them() {
    let pool = pool(&sized(2, 6));
    holding(&pool, 5, &mut || {});
    pool.clock.advance(Duration::from_secs(29));
    pool.store.meta("key").unwrap();
    assert_eq!(pool.store.pool().open, 5);
    pool.clock.advance(Duration::from_secs(2));
    pool.store.meta("key").unwrap();
    assert_eq!(pool.store.pool().open, 2, "one was used lately, one more is the least");
    pool.clock.advance(Duration::from_secs(60));
    pool.store.meta("key").unwrap();
    assert_eq!(pool.store.pool().open, 2);
}

/// A setting of one connection, by which it is known again.
fn mark(pool: &Pool) {
    pool.sqlite.on_reader(|connection| connection.pragma_update(None, "cache_size", 777)).unwrap();
}

fn is_marked(pool: &Pool) -> bool {
    let size = |connection: &rusqlite::Connection| {
        connection.query_row("PRAGMA cache_size", [], |row| row.get::<_, i64>(0))
    };
    pool.sqlite.on_reader(size).unwrap() == 777
}

#[test]
fn a_connection_is_replaced_when_it_is_old() {
    let pool = pool(&sized(1, 1));
    mark(&pool);
    pool.clock.advance(Duration::from_secs(3599));
    assert!(is_marked(&pool));
    pool.clock.advance(Duration::from_secs(2));
    assert!(!is_marked(&pool));
    assert_eq!(pool.store.pool().open, 1);
}

/// From now on the connection refuses everything.
fn spoil(pool: &Pool) {
    let deny = |_: AuthContext<'_>| Authorization::Deny;
    pool.sqlite.on_reader(|connection| connection.authorizer(Some(deny))).unwrap();
}

#[test]
fn a_connection_that_was_idle_is_tried_first() {
    let pool = pool(&sized(1, 1));
    spoil(&pool);
    pool.clock.advance(Duration::from_millis(999));
    assert!(pool.store.meta("key").is_err(), "it was used a moment ago");
    pool.clock.advance(Duration::from_secs(1));
    assert_eq!(pool.store.meta("key").unwrap(), None);
}

#[test]
fn without_the_setting_it_is_not() {
    let pool = pool(&StoreConfig { pre_ping: false, ..sized(1, 1) });
    spoil(&pool);
    pool.clock.advance(Duration::from_secs(60));
    assert!(pool.store.meta("key").is_err());
}

#[test]
fn who_waits_gets_the_next_that_comes_free() {
    let pool = pool(&StoreConfig { acquire_timeout: Duration::from_secs(60), ..sized(1, 1) });
    let (held, is_held) = sync_channel(0);
    let (release, is_released) = sync_channel::<()>(0);
    std::thread::scope(|scope| {
        let sqlite = &pool.sqlite;
        scope.spawn(move || {
            let hold = |_: &rusqlite::Connection| {
                held.send(()).unwrap();
                is_released.recv().unwrap();
                Ok(())
            };
            sqlite.on_reader(hold).unwrap();
        });
        is_held.recv().unwrap();
        let readers: Vec<_> = (0..3).map(|_| scope.spawn(|| pool.store.meta("key").unwrap())).collect();
        (0..1000).for_each(|_| std::thread::yield_now());
        assert!(readers.iter().all(|reader| !reader.is_finished()));
        release.send(()).unwrap();
        readers.into_iter().for_each(|reader| assert_eq!(reader.join().unwrap(), None));
    });
}

#[test]
fn who_writes_waits_no_longer_than_is_set() {
    let pool = pool(&sized(1, 1));
    pool.sqlite.on_writer(|_| {
        let error = pool.store.set_meta("key", "value").unwrap_err();
        assert_eq!(error.kind, StoreErrorKind::Transient);
        assert!(error.what.contains("the connection that writes is in use"), "{error}");
        assert!(pool.store.pool().is_writing);
        pool.store.meta("key").unwrap();
    });
    pool.store.set_meta("key", "value").unwrap();
    assert!(!pool.store.pool().is_writing);
}
