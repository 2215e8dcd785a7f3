//! Opening, filling up, backing up, checking.

use std::fs;
use std::sync::Arc;

use domain::{Price, Quantity, Trade};

use super::world::{FIRST, at, instruments};
use crate::sqlite::Sqlite;
use crate::{Batch, Store, StoreErrorKind};

fn trades(from: u64, count: u64) -> Vec<Trade> {
    let trade = |id: u64| Trade {
        instrument: FIRST,
        id,
        price: Price::from_units(1),
        quantity: Quantity::from_units(1),
        aggressor: None,
        venue_time: at(i64::try_from(id).unwrap()),
        receive_time: at(0),
    };
    (from..from + count).map(trade).collect()
}

fn count(store: &Store) -> usize {
    let mut count = 0;
    let take = |_| {
        count += 1;
        true
    };
    store.market().read_trades(FIRST, at(-1), at(1 << 30), take).unwrap();
    count
}

#[test]
fn a_url_names_the_file() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("deep/er/bellwether.db");
    for url in [
        format!("sqlite:{}", path.display()),
        path.display().to_string(),
        format!("sqlite://{}", path.display()),
    ] {
        let store = Store::open(&url).unwrap();
        store.set_meta("opened", &url).unwrap();
        assert_eq!(store.meta("opened").unwrap(), Some(url));
    }
    assert!(path.exists());
    for url in ["mysql://host/name", "postgres://", "kafka:x", "sqlite:", ""] {
        assert_eq!(Store::open(url).unwrap_err().kind, StoreErrorKind::Invalid, "{url}");
    }
}

#[test]
fn a_file_of_something_else_is_damaged() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("letter.db");
    fs::write(&path, "dear friend, ".repeat(1000)).unwrap();
    let error = Store::open(path.to_str().unwrap()).unwrap_err();
    assert_eq!(error.kind, StoreErrorKind::Damaged, "{error}");
    assert_eq!(error.path.as_deref(), Some(&*path));
}

#[test]
fn a_full_disk_stores_nothing_by_halves_and_recovers() {
    let directory = tempfile::tempdir().unwrap();
    let sqlite = Arc::new(Sqlite::plain(directory.path().join("small.db").to_str().unwrap()).unwrap());
    let store = Store::on(sqlite.clone());
    store.migrate_to(store.newest_version()).unwrap();
    store.market().put_instruments(&instruments(&["ONE"])).unwrap();
    let small = trades(1, 100);
    store.market().insert_batch(&Batch { trades: &small, ..Batch::default() }).unwrap();
    let limit = |pages: i64| {
        sqlite.on_writer(|connection| connection.pragma_update(None, "max_page_count", pages).unwrap());
    };
    limit(1);
    let large = trades(101, 20_000);
    let error = store.market().insert_batch(&Batch { trades: &large, ..Batch::default() }).unwrap_err();
    assert_eq!(error.kind, StoreErrorKind::Full);
    assert!(error.what.contains("disk full"), "{error}");
    assert_eq!(count(&store), 100);
    store.check().unwrap();
    limit(1 << 30);
    store.market().insert_batch(&Batch { trades: &large, ..Batch::default() }).unwrap();
    assert_eq!(count(&store), 20_100);
    store.check().unwrap();
}

#[test]
fn damage_is_found() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("store.db");
    let store = Store::open(path.to_str().unwrap()).unwrap();
    store.market().put_instruments(&instruments(&["ONE"])).unwrap();
    store.market().insert_batch(&Batch { trades: &trades(1, 5000), ..Batch::default() }).unwrap();
    drop(store);
    let mut bytes = fs::read(&path).unwrap();
    let end = bytes.len();
    bytes[end - 3 * 8192..].fill(0xA5);
    fs::write(&path, bytes).unwrap();
    let store = Store::open(path.to_str().unwrap()).unwrap();
    assert_eq!(store.check().unwrap_err().kind, StoreErrorKind::Damaged);
}
