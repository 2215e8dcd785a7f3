//! Disks that are full or read-only. They are made for the test, which takes an administrator; who is none skips it,
//! loudly. A binary of its own, and one test at a time: a program that starts others lends them its files for a
//! moment, with their locks and their room on the disk.
#![expect(clippy::unwrap_used, reason = "a test may stop at what it did not expect")]

use std::fs;
use std::io::Write;
use std::path::Path;
use std::process::Command;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use resilience::ManualClock;
use store::{Store, StoreConfig, StoreError, StoreErrorKind};

const SHORT: Duration = Duration::from_millis(50);

static ALONE: Mutex<()> = Mutex::new(());

fn alone() -> MutexGuard<'static, ()> {
    ALONE.lock().unwrap_or_else(PoisonError::into_inner)
}

fn succeeds(command: &str, arguments: &[&str]) -> bool {
    Command::new(command).args(arguments).output().is_ok_and(|output| output.status.success())
}

/// Past what the harness holds back of a test that succeeds.
fn skip(why: &str) {
    let line = format!("SKIPPED: {why}; run the test as root\n");
    std::io::stderr().write_all(line.as_bytes()).unwrap();
}

/// A small disk of its own, which goes when the test ends however it ends.
struct Disk(tempfile::TempDir);

impl Disk {
    /// `None`, loudly, where none can be made.
    fn new(size: &str) -> Option<Self> {
        let directory = tempfile::tempdir().unwrap();
        let options = format!("size={size}");
        let place = directory.path().to_str().unwrap();
        if succeeds("mount", &["-t", "tmpfs", "-o", &options, "none", place]) {
            return Some(Self(directory));
        }
        skip("a disk for this test cannot be mounted here");
        None
    }

    fn path(&self) -> &Path {
        self.0.path()
    }

    fn remount(&self, how: &str) {
        assert!(succeeds("mount", &["-o", &format!("remount,{how}"), self.path().to_str().unwrap()]));
    }
}

impl Drop for Disk {
    fn drop(&mut self) {
        succeeds("umount", &["-l", self.0.path().to_str().unwrap()]);
    }
}

fn open(directory: &Path) -> Result<Store, StoreError> {
    let path = directory.join("store.db");
    let config = StoreConfig { acquire_timeout: SHORT, ..StoreConfig::default() };
    Store::open_by(path.to_str().unwrap(), &config, Arc::new(ManualClock::default()))
}

/// Values of two pages each.
fn fill(store: &Store, keys: std::ops::Range<u32>) -> Result<(), StoreError> {
    let value = "x".repeat(10_000);
    keys.into_iter().try_for_each(|key| store.set_meta(&format!("key {key}"), &value))
}

#[test]
fn a_full_disk_is_told_and_works_again_when_there_is_room() {
    let _alone = alone();
    let Some(disk) = Disk::new("16m") else { return };
    let store = open(disk.path()).unwrap();
    fill(&store, 0..1).unwrap();
    store.ping(SHORT).unwrap();
    let filler = disk.path().join("filler");
    fs::write(&filler, vec![0; 32 << 20]).unwrap_err();
    let error = fill(&store, 1..100).unwrap_err();
    assert_eq!(error.kind, StoreErrorKind::Full, "{error}");
    for _ in 0..3 {
        let error = store.ping(SHORT).unwrap_err();
        assert_eq!(error.kind, StoreErrorKind::Full, "{error}");
    }
    assert!(store.meta("key 0").unwrap().is_some(), "reading goes on");
    fs::remove_file(&filler).unwrap();
    store.ping(SHORT).unwrap();
    fill(&store, 1..100).unwrap();
    store.check().unwrap();
    assert!(store.meta("key 99").unwrap().is_some());
}

#[test]
fn a_read_only_disk_is_told_at_the_start() {
    let _alone = alone();
    let Some(disk) = Disk::new("16m") else { return };
    drop(open(disk.path()).unwrap());
    disk.remount("ro");
    let error = open(disk.path()).unwrap_err();
    assert_eq!(error.kind, StoreErrorKind::Transient, "{error}");
    disk.remount("rw");
    open(disk.path()).unwrap().ping(SHORT).unwrap();
}

/// Files that nobody may change, an administrator neither, until the test ends.
struct Frozen<'a>(Vec<&'a Path>);

impl Drop for Frozen<'_> {
    fn drop(&mut self) {
        for path in &self.0 {
            succeeds("chattr", &["-i", path.to_str().unwrap()]);
        }
    }
}

#[test]
fn a_file_that_turns_read_only_while_it_is_open_works_again_when_it_is_writable() {
    let _alone = alone();
    let directory = tempfile::tempdir().unwrap();
    let store = open(directory.path()).unwrap();
    store.set_meta("key", "old").unwrap();
    let [database, log] = ["store.db", "store.db-wal"].map(|name| directory.path().join(name));
    let frozen = Frozen(vec![&database, &log]);
    for path in &frozen.0 {
        if !succeeds("chattr", &["+i", path.to_str().unwrap()]) {
            skip("files cannot be frozen on this disk");
            return;
        }
    }
    for _ in 0..3 {
        assert_eq!(store.ping(SHORT).unwrap_err().kind, StoreErrorKind::Transient);
        assert_eq!(store.set_meta("key", "new").unwrap_err().kind, StoreErrorKind::Transient);
    }
    drop(frozen);
    store.ping(SHORT).unwrap();
    assert_eq!(store.meta("key").unwrap().as_deref(), Some("old"));
    store.set_meta("key", "new").unwrap();
}
