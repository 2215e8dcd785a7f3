//! How fast trades are stored by way of the sinks' threads, and entries in the journal's files, against the same
//! bytes written with nothing of ours around them.

use std::fs::File;
use std::io::Write;
use std::path::Path;
use std::sync::Arc;

use anyhow::{Context, Result};
use domain::{
    Contract, Currency, Instrument, InstrumentId, InstrumentKind, Instruments, Price, Quantity, Rate, Side,
    Span, Timestamp, Trade, Venue,
};
use engine::{Entry, Journal, Record, codec};
use pipeline::{
    Account, BatchLimits, Delivery, Ledger, MemoryDeadLetters, Sink, SinkConfig, SinkError, SinkItem,
    SinkLanes,
};
use rusqlite::{Connection, params};
use store::{Batch, FileJournal, JournalOptions, MarketStore, Store, Sync};

use crate::harness::{Side as Part, Table};

const ROWS: u32 = 400_000;
const ROWS_IN_BATCH: usize = 10_000;
const INSTRUMENTS: u32 = 10;
const ENTRIES: u64 = 200_000;
const START: Timestamp = Timestamp::from_seconds(1_700_000_000);

pub(crate) fn run(table: &mut Table) -> Result<()> {
    let trades: Vec<Trade> = (0..ROWS).map(trade).collect();
    let rows = trades.iter().map(raw).collect::<Result<Vec<_>>>()?;
    table.compare(
        "trades → SQLite, sorted batches",
        (Part { name: "sink worker, store", units: trades.len() }, &mut || succeed(deliver(&trades))),
        (Part { name: "bare prepared inserts", units: rows.len() }, &mut || succeed(insert_bare(&rows))),
        "floor 0.70",
    );
    let entries = usize::try_from(ENTRIES)?;
    table.compare(
        "entries → journal file, one a commit",
        (Part { name: "file journal, left to the system", units: entries }, &mut || succeed(journal())),
        (Part { name: "the same bytes, one write each", units: entries }, &mut || succeed(write_bare())),
        "",
    );
    Ok(())
}

pub(crate) fn succeed(result: Result<()>) {
    result.unwrap_or_else(|error| panic!("the benchmark's own run failed: {error:#}"));
}

/// Instruments by turns, in the order of time.
pub(crate) fn trade(index: u32) -> Trade {
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

fn raw(trade: &Trade) -> Result<[i64; 7]> {
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

pub(crate) fn instruments() -> Result<Instruments> {
    let mut instruments = Instruments::default();
    for number in 0..INSTRUMENTS {
        instruments.list(Instrument {
            id: InstrumentId(number),
            symbol: format!("COIN{number}"),
            venue: Venue::new("BENCH").context("a good name")?,
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

fn open(path: &Path) -> Result<Store> {
    let store = Store::open(&format!("sqlite:{}", path.display()))?;
    store.market().put_instruments(&instruments()?)?;
    Ok(store)
}

/// Hands the trades of a batch to the store.
struct StoreSink {
    market: MarketStore,
    trades: Vec<Trade>,
}

impl Sink for StoreSink {
    fn commit(&mut self, batch: &[SinkItem]) -> Result<(), SinkError> {
        self.trades.clear();
        self.trades.extend(batch.iter().filter_map(|item| match item {
            SinkItem::Trade(trade) => Some(*trade),
            _ => None,
        }));
        let stored = self.market.insert_batch(&Batch { trades: &self.trades, ..Batch::default() });
        stored.map(drop).map_err(|error| SinkError::refused(error.to_string()))
    }
}

fn deliver(trades: &[Trade]) -> Result<()> {
    let directory = tempfile::tempdir()?;
    deliver_to(open(&directory.path().join("store.db"))?.market(), trades)
}

/// By way of a sink's thread, until all of them are stored.
pub(crate) fn deliver_to(market: MarketStore, trades: &[Trade]) -> Result<()> {
    let sink = Box::new(StoreSink { market, trades: Vec::new() });
    let (ledger, account) = (Ledger::new(1), Account::new("bench"));
    let delivery = Delivery::new(Arc::new(MemoryDeadLetters::new(1)), Arc::new(|| START), ledger, account);
    let limits = BatchLimits { items_max: ROWS_IN_BATCH, bytes_max: usize::MAX, ..BatchLimits::default() };
    let config = SinkConfig { limits, ..SinkConfig::new("bench") };
    let mut lanes = SinkLanes::start(&config, vec![sink], delivery)?;
    for trade in trades {
        lanes.take(SinkItem::Trade(*trade), None, START);
    }
    let report = lanes.drain();
    anyhow::ensure!(report.items.delivered == trades.len() as u64, "not all was stored: {report:?}");
    Ok(())
}

/// The same rows into the same table by the shortest way.
fn insert_bare(rows: &[[i64; 7]]) -> Result<()> {
    let directory = tempfile::tempdir()?;
    let path = directory.path().join("bare.db");
    drop(open(&path)?);
    let mut connection = Connection::open(&path)?;
    connection.execute_batch(
        "PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA cache_size = -32768",
    )?;
    for rows in rows.chunks(ROWS_IN_BATCH) {
        let mut rows = rows.to_vec();
        rows.sort_unstable_by_key(|row| (row[0], row[1], row[2]));
        let transaction = connection.transaction()?;
        let mut statement = transaction.prepare("INSERT INTO trades VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)")?;
        for [a, b, c, d, e, f, g] in rows {
            statement.execute(params![a, b, c, d, e, f, g])?;
        }
        drop(statement);
        transaction.commit()?;
    }
    Ok(())
}

/// About as long as the entry of a fill.
fn entry(sequence: u64) -> Entry {
    let note = "a note of about the length of a fill's entry, which is near eighty bytes".to_owned();
    Entry { sequence, time: START, record: Record::Resumed { note } }
}

fn journal() -> Result<()> {
    let directory = tempfile::tempdir()?;
    let (mut journal, _) = FileJournal::open(directory.path(), JournalOptions::new(Sync::System))?;
    let mut entry = entry(0);
    for sequence in 1..=ENTRIES {
        entry.sequence = sequence;
        journal.append(&entry)?;
        journal.commit()?;
    }
    Ok(())
}

fn write_bare() -> Result<()> {
    let mut bytes = Vec::new();
    codec::encode(&entry(1), &mut bytes).map_err(anyhow::Error::msg)?;
    let directory = tempfile::tempdir()?;
    let mut file = File::create(directory.path().join("bare"))?;
    for _ in 0..ENTRIES {
        file.write_all(&bytes)?;
    }
    Ok(())
}
