//! What takes too long is stopped; what takes long is told.

use std::io;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use resilience::{Clock, ManualClock};

use super::market::quote;
use super::world::instruments;
use crate::sqlite::Sqlite;
use crate::{Store, StoreConfig, StoreErrorKind};

/// Every look at it takes that many seconds.
struct Hurried(AtomicU64, u64);

impl Hurried {
    fn by(seconds: u64) -> Arc<Self> {
        Arc::new(Self(AtomicU64::new(0), seconds * 1_000_000_000))
    }
}

impl Clock for Hurried {
    fn now(&self) -> u64 {
        self.0.fetch_add(self.1, Ordering::SeqCst)
    }
}

const WITHOUT_END: &str = "WITH RECURSIVE number(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM number)
                           SELECT count(*) FROM number";

#[test]
fn a_read_that_takes_too_long_is_stopped() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("store.db");
    for path in [path.to_str().unwrap(), ":memory:"] {
        let sqlite = Sqlite::open(path, &StoreConfig::default(), Hurried::by(1)).unwrap();
        let endless =
            |connection: &rusqlite::Connection| connection.query_row(WITHOUT_END, [], |row| row.get(0));
        let error = sqlite.on_reader::<i64>(endless).unwrap_err();
        assert_eq!(error.kind, StoreErrorKind::TimedOut);
        assert!(error.what.contains("took longer than 30 s and was stopped"), "{error}");
        let short = sqlite.on_reader(|connection| connection.query_row("SELECT 7", [], |row| row.get(0)));
        assert_eq!(short, Ok(7));
    }
}

#[test]
fn a_transaction_that_takes_too_long_is_undone() {
    let sqlite = Arc::new(Sqlite::open(":memory:", &StoreConfig::default(), Hurried::by(1)).unwrap());
    let store = Store::on(sqlite.clone());
    store.migrate_to(store.newest_version()).unwrap();
    let error = sqlite.in_transaction(|transaction| {
        transaction.execute("INSERT INTO meta (key, value) VALUES ('half', 'done')", [])?;
        transaction.query_row(WITHOUT_END, [], |row| row.get::<_, i64>(0))
    });
    assert_eq!(error.unwrap_err().kind, StoreErrorKind::TimedOut);
    assert_eq!(store.meta("half").unwrap(), None);
    store.set_meta("half", "whole").unwrap();
}

#[test]
fn upkeep_may_take_as_long_as_it_needs() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("store.db");
    let open = |clock| Store::open_by(path.to_str().unwrap(), &StoreConfig::default(), clock).unwrap();
    let store = open(Arc::new(ManualClock::default()));
    store.market().put_instruments(&instruments(&["ONE"])).unwrap();
    let quotes: Vec<_> = (0..20_000).map(quote).collect();
    store.market().insert_batch(&crate::Batch { quotes: &quotes, ..Default::default() }).unwrap();
    drop(store);
    let store = open(Hurried::by(20));
    store.check().unwrap();
    store.sums().unwrap();
}

#[derive(Clone, Default)]
struct Lines(Arc<Mutex<Vec<u8>>>);

impl io::Write for Lines {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// What is logged while a value is written and read under that clock.
fn logged(clock: Arc<dyn Clock>) -> String {
    let lines = Lines::default();
    let writer = lines.clone();
    let subscriber = tracing_subscriber::fmt().with_ansi(false).with_writer(move || writer.clone()).finish();
    tracing::subscriber::with_default(subscriber, || {
        let store = Store::open_by("sqlite::memory:", &StoreConfig::default(), clock).unwrap();
        store.set_meta("hidden key", "hidden value").unwrap();
        store.meta("hidden key").unwrap();
    });
    let text = lines.0.lock().unwrap().clone();
    String::from_utf8(text).unwrap()
}

#[test]
fn what_takes_long_is_told_without_values() {
    let slow = logged(Hurried::by(1));
    for doing in ["keeping a value", "reading a value"] {
        let line = slow.lines().find(|line| line.contains(doing)).unwrap();
        assert!(line.contains("slow") && line.contains("milliseconds=1000"), "{line}");
        assert!(line.contains("threshold_milliseconds=1000"), "{line}");
    }
    assert!(!slow.contains("hidden"), "{slow}");
    assert!(!logged(Arc::new(ManualClock::default())).contains("took long"));
}

#[test]
fn the_threshold_is_a_setting() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("store.db");
    let config = StoreConfig { slow_query: Duration::from_secs(5), ..StoreConfig::default() };
    let lines = Lines::default();
    let writer = lines.clone();
    let subscriber = tracing_subscriber::fmt().with_writer(move || writer.clone()).finish();
    tracing::subscriber::with_default(subscriber, || {
        let store = Store::open_by(path.to_str().unwrap(), &config, Hurried::by(1)).unwrap();
        store.meta("key").unwrap();
    });
    assert!(lines.0.lock().unwrap().is_empty());
}
