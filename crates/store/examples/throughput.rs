//! How fast trades are stored, against SQLite with nothing of ours around it, and how fast entries are journalled.
//! `cargo run --release -p store --example throughput`; it fails below seven tenths of the bare rate.
#![expect(clippy::print_stdout, reason = "its output is what it is for")]

use std::error::Error;
use std::path::Path;
use std::time::{Duration, Instant};

use domain::{
    Contract, Currency, Instrument, InstrumentId, InstrumentKind, Instruments, Price, Quantity, Rate, Side,
    Span, Timestamp, Trade, Venue,
};
use engine::{Entry, Journal, Record};
use rusqlite::{Connection, params};
use store::{Batch, FileJournal, JournalOptions, Store, Sync};

type Outcome<T> = Result<T, Box<dyn Error>>;

const ROWS: u32 = 1_000_000;
const ROWS_IN_BATCH: usize = 10_000;
const INSTRUMENTS: u32 = 10;
const START: Timestamp = Timestamp::from_seconds(1_700_000_000);

fn main() -> Outcome<()> {
    let trades: Vec<Trade> = (0..ROWS).map(trade).collect();
    let mut shares = Vec::new();
    for _ in 0..3 {
        let ours = rate(ROWS, store_trades(&trades)?);
        let sorted = rate(ROWS, insert_bare(&trades, true)?);
        let unsorted = rate(ROWS, insert_bare(&trades, false)?);
        println!("trades/s: store {ours:.0}, bare sorted {sorted:.0}, bare as they come {unsorted:.0}");
        shares.push(ours / sorted);
    }
    let system = rate(1_000_000, append(JournalOptions::new(Sync::System), 1_000_000)?);
    let synced = rate(2_000, append(JournalOptions::new(Sync::EveryCommit), 2_000)?);
    println!("entries/s, one a commit: left to the system {system:.0}, synced {synced:.0}");
    let best = shares.into_iter().fold(0.0, f64::max);
    if best < 0.7 { Err(format!("trades are stored at {best:.2} of the bare rate").into()) } else { Ok(()) }
}

fn rate(count: u32, elapsed: Duration) -> f64 {
    f64::from(count) / elapsed.as_secs_f64()
}

#[expect(clippy::disallowed_methods, reason = "it measures")]
fn time(work: impl FnOnce() -> Outcome<()>) -> Outcome<Duration> {
    let start = Instant::now();
    work()?;
    Ok(start.elapsed())
}

/// Instruments by turns, in the order of time.
fn trade(index: u32) -> Trade {
    let signed = i64::from(index);
    let venue_time = START.plus(Span::from_millis(signed));
    Trade {
        instrument: InstrumentId(index % INSTRUMENTS),
        id: 1_000_000_000 + u64::from(index),
        price: Price::from_raw(61_837_630_000_000 + signed % 977 * 10_000_000),
        quantity: Quantity::from_raw(i128::from(20_000_000 + signed % 1009)),
        aggressor: Some(if index.is_multiple_of(2) { Side::Buy } else { Side::Sell }),
        venue_time,
        receive_time: venue_time.plus(Span::from_millis(3)),
    }
}

fn instruments() -> Outcome<Instruments> {
    let mut instruments = Instruments::default();
    for number in 0..INSTRUMENTS {
        instruments.list(Instrument {
            id: InstrumentId(number),
            symbol: format!("COIN{number}"),
            venue: Venue::new("PIER").ok_or("no venue")?,
            kind: InstrumentKind::Spot,
            contract: Contract::UNIT,
            base: Currency::BTC,
            quote: Currency::USD,
            settlement: Currency::USD,
            price_tick: Price::from_raw(10_000_000),
            quantity_step: Quantity::from_raw(1000),
            maker_fee: Rate::ZERO,
            taker_fee: Rate::ZERO,
        })?;
    }
    Ok(instruments)
}

fn open(path: &Path) -> Outcome<Store> {
    let store = Store::open(&format!("sqlite:{}", path.display()))?;
    store.market().put_instruments(&instruments()?)?;
    Ok(store)
}

fn store_trades(trades: &[Trade]) -> Outcome<Duration> {
    let directory = tempfile::tempdir()?;
    let market = open(&directory.path().join("store.db"))?.market();
    time(|| {
        for trades in trades.chunks(ROWS_IN_BATCH) {
            market.insert_batch(&Batch { trades, ..Batch::default() })?;
        }
        Ok(())
    })
}

/// The same rows into the same table by the shortest way.
fn insert_bare(trades: &[Trade], is_sorted: bool) -> Outcome<Duration> {
    let directory = tempfile::tempdir()?;
    let path = directory.path().join("bare.db");
    drop(open(&path)?);
    let mut connection = Connection::open(&path)?;
    connection.execute_batch("PRAGMA synchronous = NORMAL; PRAGMA cache_size = -32768")?;
    let rows = trades.iter().map(raw).collect::<Outcome<Vec<_>>>()?;
    time(|| {
        for rows in rows.chunks(ROWS_IN_BATCH) {
            let mut rows = rows.to_vec();
            if is_sorted {
                rows.sort_unstable_by_key(|row| (row[0], row[1], row[2]));
            }
            let transaction = connection.transaction()?;
            let mut statement =
                transaction.prepare("INSERT INTO trades VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)")?;
            for [a, b, c, d, e, f, g] in rows {
                statement.execute(params![a, b, c, d, e, f, g])?;
            }
            drop(statement);
            transaction.commit()?;
        }
        Ok(())
    })
}

fn raw(trade: &Trade) -> Outcome<[i64; 7]> {
    Ok([
        i64::from(trade.instrument.0),
        trade.venue_time.nanos(),
        i64::try_from(trade.id)?,
        trade.price.raw(),
        i64::try_from(trade.quantity.raw())?,
        i64::from(trade.aggressor == Some(Side::Sell)),
        trade.receive_time.nanos(),
    ])
}

fn append(options: JournalOptions, entries: u64) -> Outcome<Duration> {
    let directory = tempfile::tempdir()?;
    let (mut journal, _) = FileJournal::open(directory.path(), options)?;
    let note = "a note of about the length of a fill's entry, which is near eighty bytes".to_owned();
    let mut entry = Entry { sequence: 0, time: START, record: Record::Resumed { note } };
    time(|| {
        for sequence in 1..=entries {
            entry.sequence = sequence;
            journal.append(&entry)?;
            journal.commit()?;
        }
        Ok(())
    })
}
