//! The database is locked, goes away, comes back: errors in bounded time, and all works again without reopening.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use resilience::ManualClock;
use rusqlite::Connection;

use crate::sqlite::Sqlite;
use crate::{Store, StoreConfig, StoreErrorKind};

const SHORT: Duration = Duration::from_millis(20);

struct World {
    directory: tempfile::TempDir,
    clock: ManualClock,
    path: PathBuf,
    sqlite: Arc<Sqlite>,
    store: Store,
}

fn world() -> World {
    world_with(5)
}

fn world_with(pool_min: usize) -> World {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("store.db");
    fs::write(directory.path().join("spare"), "").unwrap();
    let config =
        StoreConfig { pool_min, acquire_timeout: SHORT, statement_timeout: SHORT, ..StoreConfig::default() };
    let clock = ManualClock::default();
    clock.advance(SHORT);
    let sqlite = Arc::new(Sqlite::open(path.to_str().unwrap(), &config, Arc::new(clock.clone())).unwrap());
    let store = Store::on(sqlite.clone());
    store.migrate_to(store.newest_version()).unwrap();
    store.set_meta("key", "old").unwrap();
    World { directory, clock, path, sqlite, store }
}

impl World {
    fn beside(&self, name: &str) -> PathBuf {
        self.directory.path().join(name)
    }

    fn works(&self) {
        self.store.ping(SHORT).unwrap();
        self.store.set_meta("works", "again").unwrap();
        assert_eq!(self.store.meta("works").unwrap().as_deref(), Some("again"));
        self.store.check().unwrap();
    }

    /// Reads, writes and looks all fail as something that may pass, with such words.
    fn is_out(&self, words: &str) {
        self.time_passes();
        let (read, written) = (self.store.meta("key").unwrap_err(), self.store.set_meta("key", "lost"));
        for error in [read, written.unwrap_err(), self.store.ping(SHORT).unwrap_err()] {
            assert_eq!(error.kind, StoreErrorKind::Transient, "{error}");
            assert!(error.what.contains(words), "{error}");
        }
    }

    /// Enough for a read to look at the path again.
    fn time_passes(&self) {
        self.clock.advance(Duration::from_millis(100));
    }

    /// A whole store of its own, as of now.
    fn backup(&self, name: &str) -> PathBuf {
        let path = self.beside(name);
        copied(&self.path, &path);
        path
    }
}

fn copied(from: &Path, to: &Path) {
    let connection = rusqlite::Connection::open(from).unwrap();
    connection.execute("VACUUM INTO ?1", [to.to_str()]).unwrap();
}

/// What somebody else finds in the file.
fn found(path: &Path, key: &str) -> Option<String> {
    Store::open(path.to_str().unwrap()).unwrap().meta(key).unwrap()
}

#[test]
fn a_database_that_is_well_answers() {
    world().works();
    let memory = Store::open("sqlite::memory:").unwrap();
    memory.ping(SHORT).unwrap();
    memory.set_meta("key", "value").unwrap();
    memory.ping(SHORT).unwrap();
    assert_eq!(memory.meta("key").unwrap().as_deref(), Some("value"));
}

#[test]
fn looking_leaves_nothing_behind() {
    let world = world();
    let version = |connection: &Connection| connection.query_row("PRAGMA data_version", [], |row| row.get(0));
    let before: i64 = world.sqlite.on_reader(version).unwrap();
    for _ in 0..5 {
        world.store.ping(SHORT).unwrap();
    }
    assert_eq!(world.sqlite.on_reader(version), Ok(before), "nothing was committed");
}

#[test]
fn a_database_that_another_has_locked_works_when_it_is_let_go() {
    let world = world();
    let other = Connection::open(&world.path).unwrap();
    other.execute_batch("BEGIN IMMEDIATE").unwrap();
    let error = world.store.ping(SHORT).unwrap_err();
    assert_eq!(error.kind, StoreErrorKind::Transient);
    assert!(error.what.contains("busy while checking that the database can be written"), "{error}");
    assert_eq!(world.store.set_meta("key", "new").unwrap_err().kind, StoreErrorKind::Transient);
    assert_eq!(world.store.meta("key").unwrap().as_deref(), Some("old"), "reading goes on");
    other.execute_batch("ROLLBACK").unwrap();
    world.works();
}

#[test]
fn one_that_is_all_in_use_is_told() {
    let world = world();
    world.sqlite.on_writer(|_| {
        let error = world.store.ping(SHORT).unwrap_err();
        assert!(error.what.contains("the connection that writes is in use"), "{error}");
    });
    world.works();
}

#[test]
fn a_file_that_is_moved_away_and_back_lost_nothing() {
    let world = world();
    let away = world.beside("away.db");
    fs::rename(&world.path, &away).unwrap();
    assert!(world.store.set_meta("key", "lost").is_err(), "a write looks at once");
    world.is_out("deleted or moved");
    assert!(!world.path.exists(), "nothing was put in its place");
    assert_eq!(world.store.sums().unwrap_err().kind, StoreErrorKind::Transient);
    fs::rename(&away, &world.path).unwrap();
    world.works();
    assert_eq!(world.store.meta("key").unwrap().as_deref(), Some("old"));
}

#[test]
fn a_file_that_is_deleted_is_taken_up_when_a_backup_is_put_there() {
    let world = world();
    let backup = world.backup("backup.db");
    world.store.set_meta("later", "gone").unwrap();
    for name in ["store.db", "store.db-wal", "store.db-shm"] {
        fs::remove_file(world.beside(name)).unwrap();
    }
    world.is_out("deleted or moved");
    fs::rename(&backup, &world.path).unwrap();
    let told = world.store.ping(SHORT).unwrap_err();
    assert!(told.what.contains("was replaced while in use"), "{told}");
    world.works();
    assert_eq!(world.store.meta("later").unwrap(), None);
    drop(world.store);
    drop(world.sqlite);
    assert_eq!(found(&world.path, "works").as_deref(), Some("again"), "it was written to the new file");
}

#[test]
fn a_file_that_is_replaced_is_not_mixed_with_the_old_one() {
    let world = world();
    let backup = world.backup("backup.db");
    // In the old one's log alone.
    world.store.set_meta("later", "gone").unwrap();
    fs::rename(&backup, &world.path).unwrap();
    world.time_passes();
    assert_eq!(world.store.meta("key").unwrap().as_deref(), Some("old"), "reads go on with the new file");
    assert_eq!(world.store.meta("later").unwrap(), None);
    world.store.set_meta("new", "here").unwrap();
    let told = world.store.ping(SHORT).unwrap_err();
    assert!(told.what.contains("was replaced while in use"), "told although others noticed first: {told}");
    world.works();
    drop(world.store);
    drop(world.sqlite);
    assert_eq!(found(&world.path, "later"), None);
    assert_eq!(found(&world.path, "new").as_deref(), Some("here"));
}

#[test]
fn a_read_of_the_old_file_is_waited_for_but_not_for_ever() {
    let world = world();
    let backup = world.backup("backup.db");
    let held = world.sqlite.on_reader(|connection| {
        connection.query_row("SELECT count(*) FROM meta", [], |row| row.get::<_, i64>(0))?;
        fs::rename(&backup, &world.path).unwrap();
        world.is_out("reads of the old one still run");
        Ok(())
    });
    held.unwrap();
    world.store.ping(SHORT).unwrap_err();
    world.works();
}

#[test]
fn what_is_no_store_of_ours_is_not_taken_up() {
    let world = world();
    let backup = world.backup("backup.db");
    let older = world.backup("older.db");
    Store::open_unmigrated(older.to_str().unwrap(), &StoreConfig::default()).unwrap().migrate_to(1).unwrap();
    let letter = world.beside("letter.db");
    fs::write(&letter, "dear friend, ".repeat(1000)).unwrap();
    let empty = world.beside("empty.db");
    fs::write(&empty, "").unwrap();
    for (file, words) in [
        (letter, "another file was put in the database's place"),
        (empty, "its tables are of version 0"),
        (older, "its tables are of version 1"),
    ] {
        fs::rename(&file, &world.path).unwrap();
        world.is_out(words);
    }
    fs::rename(&backup, &world.path).unwrap();
    world.store.ping(SHORT).unwrap_err();
    world.works();
}

#[test]
fn a_log_that_is_deleted_loses_nothing() {
    let world = world();
    fs::remove_file(world.beside("store.db-wal")).unwrap();
    world.store.set_meta("later", "kept").unwrap();
    let told = world.store.ping(SHORT).unwrap_err();
    assert!(told.what.contains("or its log was replaced"), "{told}");
    world.works();
    drop(world.store);
    drop(world.sqlite);
    for (key, value) in [("key", "old"), ("later", "kept"), ("works", "again")] {
        assert_eq!(found(&world.path, key).as_deref(), Some(value));
    }
}

#[test]
fn a_connection_that_met_a_fault_is_not_used_again() {
    let world = world();
    world.sqlite.on_writer(|connection| connection.pragma_update(None, "query_only", true).unwrap());
    let error = world.store.set_meta("key", "new").unwrap_err();
    assert_eq!(error.kind, StoreErrorKind::Transient);
    assert!(error.what.contains("read-only"), "{error}");
    world.works();
}

#[test]
fn a_log_that_could_not_be_emptied_is_not_taken_for_the_new_ones() {
    let world = world();
    let backup = world.backup("backup.db");
    world.store.set_meta("later", "gone").unwrap();
    world.sqlite.on_writer(|connection| connection.pragma_update(None, "query_only", true).unwrap());
    // The connection that could have emptied it is closed.
    world.store.set_meta("key", "new").unwrap_err();
    fs::rename(&backup, &world.path).unwrap();
    world.is_out("the log of the old one still lies beside it");
    fs::remove_file(world.beside("store.db-wal")).unwrap();
    world.store.ping(SHORT).unwrap_err();
    world.works();
    assert_eq!(world.store.meta("later").unwrap(), None);
}

#[test]
fn a_log_that_was_made_anew_is_no_alarm() {
    let world = world_with(0);
    // Its number is free for the log to come.
    fs::remove_file(world.beside("spare")).unwrap();
    for value in ["closes idle readers", "replaces the only connection"] {
        world.clock.advance(Duration::from_secs(3601));
        world.store.set_meta("key", value).unwrap();
    }
    world.works();
}

#[test]
fn a_read_that_needs_a_new_connection_takes_up_a_new_file() {
    let world = world_with(0);
    let backup = world.backup("backup.db");
    fs::rename(&backup, &world.path).unwrap();
    assert_eq!(world.store.meta("key").unwrap().as_deref(), Some("old"));
    assert!(world.store.ping(SHORT).unwrap_err().what.contains("was replaced"));
    world.works();
}

#[test]
fn under_load_a_replaced_file_stays_whole() {
    let directory = tempfile::tempdir().unwrap();
    let [path, backup, next] = ["store.db", "backup.db", "next.db"].map(|name| directory.path().join(name));
    let store = Store::open(path.to_str().unwrap()).unwrap();
    copied(&path, &backup);
    let may_fail = |result: Result<(), crate::StoreError>| {
        if let Err(error) = result {
            assert_eq!(error.kind, StoreErrorKind::Transient, "{error}");
        }
    };
    let is_over = std::sync::atomic::AtomicBool::new(false);
    std::thread::scope(|scope| {
        for thread in 0..4 {
            let (store, is_over) = (store.clone(), &is_over);
            scope.spawn(move || {
                let (key, value) = (format!("key {thread}"), "x".repeat(20_000));
                while !is_over.load(std::sync::atomic::Ordering::Relaxed) {
                    may_fail(store.set_meta(&key, &value));
                    may_fail(store.meta(&key).map(|found| assert!(found.is_none_or(|found| found == value))));
                }
            });
        }
        // Each time it is told once, and before that perhaps that it is under way.
        let pings = || (0..10).map(|_| store.ping(Duration::from_secs(10)));
        let replaced = (0..15).try_for_each(|_| {
            fs::copy(&backup, &next).unwrap();
            fs::rename(&next, &path).unwrap();
            let errors: Vec<_> = pings().map_while(Result::err).map(|error| error.what).collect();
            if errors.len() < 10 { Ok(()) } else { Err(errors) }
        });
        is_over.store(true, std::sync::atomic::Ordering::Relaxed);
        assert_eq!(replaced, Ok(()));
    });
    store.check().unwrap();
    drop(store);
    Store::open(path.to_str().unwrap()).unwrap().check().unwrap();
}
