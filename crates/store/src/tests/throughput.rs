//! How fast trades are stored, against SQLite with nothing of ours around it, and entries journalled. Run it in
//! a release build:
//! `cargo test --release -p store throughput -- --ignored --nocapture`.

use std::time::{Duration, Instant};

use domain::{InstrumentId, Price, Quantity, Side, Span, Timestamp, Trade};
use rusqlite::{Connection, params};

use engine::{Journal, Record};

use super::world::{at, history, instruments, options};
use crate::{Batch, FileJournal, JournalOptions, Store, Sync};

const ROWS: u64 = 1_000_000;
const ROWS_IN_BATCH: usize = 10_000;

/// Ten instruments, in the order of time.
fn trades() -> Vec<Trade> {
    let trade = |index: u64| {
        let signed = i64::try_from(index).unwrap();
        let time = at(0).plus(Span::from_nanos(signed * 1_000_000));
        Trade {
            instrument: InstrumentId(u32::try_from(index * 7919 % 10).unwrap()),
            id: 1_000_000_000 + index,
            price: Price::from_raw(61_837_630_000_000 + signed % 977 * 10_000_000),
            quantity: Quantity::from_raw(i128::from(20_000_000 + index % 1009)),
            aggressor: Some(if index.is_multiple_of(2) { Side::Buy } else { Side::Sell }),
            venue_time: time,
            receive_time: time.plus(Span::from_millis(3)),
        }
    };
    (0..ROWS).map(trade).collect()
}

#[expect(clippy::disallowed_methods, reason = "it measures")]
fn seconds(work: impl FnOnce()) -> Duration {
    let start = Instant::now();
    work();
    start.elapsed()
}

fn rate(elapsed: Duration) -> f64 {
    1e6 / elapsed.as_secs_f64()
}

fn ours(path: &std::path::Path, trades: &[Trade]) -> Duration {
    let store = Store::open(path.to_str().unwrap()).unwrap();
    let symbols = ["A", "B", "C", "D", "E", "F", "G", "H", "I", "J"];
    store.market().put_instruments(&instruments(&symbols)).unwrap();
    let market = store.market();
    seconds(|| {
        for trades in trades.chunks(ROWS_IN_BATCH) {
            market.insert_batch(&Batch { trades, ..Batch::default() }).unwrap();
        }
    })
}

/// The same rows into the same table by the shortest way; sorted or as they come.
fn bare(path: &std::path::Path, trades: &[Trade], is_sorted: bool) -> Duration {
    drop(Store::open(path.to_str().unwrap()).unwrap());
    let mut connection = Connection::open(path).unwrap();
    connection
        .execute_batch("PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA cache_size = -32768")
        .unwrap();
    let key = |row: &[i64; 7]| (row[0], row[1], row[2]);
    let rows: Vec<[i64; 7]> = trades.iter().map(raw).collect();
    seconds(|| {
        for rows in rows.chunks(ROWS_IN_BATCH) {
            let mut rows = rows.to_vec();
            if is_sorted {
                rows.sort_unstable_by_key(key);
            }
            let transaction = connection.transaction().unwrap();
            let sql = "INSERT INTO trades VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)";
            let mut statement = transaction.prepare(sql).unwrap();
            for [a, b, c, d, e, f, g] in rows {
                statement.execute(params![a, b, c, d, e, f, g]).unwrap();
            }
            drop(statement);
            transaction.commit().unwrap();
        }
    })
}

fn raw(trade: &Trade) -> [i64; 7] {
    let nanos = Timestamp::nanos;
    [
        i64::from(trade.instrument.0),
        nanos(trade.venue_time),
        i64::try_from(trade.id).unwrap(),
        trade.price.raw(),
        i64::try_from(trade.quantity.raw()).unwrap(),
        i64::from(trade.aggressor == Some(Side::Sell)),
        nanos(trade.receive_time),
    ]
}

#[test]
#[ignore = "it measures, and only a release build says something"]
fn trades_are_stored_at_seven_tenths_of_the_bare_rate_or_more() {
    let directory = tempfile::tempdir().unwrap();
    let trades = trades();
    for round in 0..3 {
        let path = |name: &str| directory.path().join(format!("{name}-{round}.db"));
        let ours = rate(ours(&path("ours"), &trades));
        let sorted = rate(bare(&path("sorted"), &trades, true));
        let unsorted = rate(bare(&path("unsorted"), &trades, false));
        println!("rows/s: ours {ours:.0}, bare sorted {sorted:.0}, bare as they come {unsorted:.0}");
        assert!(ours >= 0.7 * sorted, "ours {ours:.0}, bare {sorted:.0}");
    }
}

fn entries_per_second(options: JournalOptions, entries: u64) -> f64 {
    let directory = tempfile::tempdir().unwrap();
    let (history, _) = history(1);
    let mut entry =
        history.into_iter().rev().find(|entry| matches!(entry.record, Record::Reported(_))).unwrap();
    let (mut journal, _) = FileJournal::open(directory.path(), options).unwrap();
    let elapsed = seconds(|| {
        for sequence in 1..=entries {
            entry.sequence = sequence;
            journal.append(&entry).unwrap();
            journal.commit().unwrap();
        }
    });
    f64::from(u32::try_from(entries).unwrap()) / elapsed.as_secs_f64()
}

#[test]
#[ignore = "it measures, and only a release build says something"]
fn a_hundred_thousand_entries_a_second_are_journalled() {
    let system = entries_per_second(options(), 1_000_000);
    let synced = entries_per_second(JournalOptions::new(Sync::EveryCommit), 2_000);
    println!("entries/s, one a commit: system {system:.0}, synced {synced:.0}");
    assert!(system >= 100_000.0, "{system:.0}");
}
