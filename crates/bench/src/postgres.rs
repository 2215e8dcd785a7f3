//! How fast trades are stored in PostgreSQL by way of a sink's thread, against the server's own client that copies the
//! same rows in their binary form into the same table.

use std::fs;
use std::process::Command;

use anyhow::{Context, Result, ensure};
use domain::Trade;
use servers::{Postgres, Setup};
use store::{Batch, Store};

use crate::harness::{ROUNDS, Side, Table};
use crate::sink::{deliver_to, instruments, succeed, trade};

const ROWS: u32 = 500_000;

/// With the tables, the instruments and a place for the day, and without rows.
const TEMPLATE: &str = "bench_template";

/// As somebody would run it who wants his rows kept.
const SETTINGS: [(&str, &str); 2] = [("shared_buffers", "512MB"), ("max_wal_size", "8GB")];

pub(crate) fn run(table: &mut Table) -> Result<()> {
    let settings: Vec<String> = SETTINGS.iter().map(|(name, value)| format!("{name}={value}")).collect();
    let settings: Vec<&str> = settings.iter().map(String::as_str).collect();
    let Some(server) = Postgres::start(&Setup { tcp: true, is_durable: true, settings: &settings }) else {
        return Ok(());
    };
    let trades: Vec<Trade> = (0..ROWS).map(trade).collect();
    let file = prepare(&server, &trades)?;
    let mut ours = fresh(&server, "ours");
    let mut bare = fresh(&server, "bare");
    let copy = format!("\\copy trades from '{}' (format binary)", file.path().display());
    table.compare(
        "trades → PostgreSQL, durable, keyed",
        (Side { name: "sink worker, store", units: trades.len() }, &mut || {
            succeed(ours.pop().context("a database for each round").and_then(|url| store(&url, &trades)));
        }),
        (Side { name: "psql \\copy, binary", units: trades.len() }, &mut || {
            succeed(bare.pop().context("a database for each round").and_then(|url| psql(&url, &copy)));
        }),
        "floor 0.80",
    );
    Ok(())
}

/// Makes the template, and the file with its rows.
fn prepare(server: &Postgres, trades: &[Trade]) -> Result<tempfile::NamedTempFile> {
    let url = server.create(TEMPLATE);
    let store = Store::open(&url)?;
    store.market().put_instruments(&instruments()?)?;
    store.market().insert_batch(&Batch { trades, ..Batch::default() })?;
    drop(store);
    let file = tempfile::NamedTempFile::new()?;
    let out = format!(
        "\\copy (select * from trades order by venue_time) to '{}' (format binary)",
        file.path().display()
    );
    psql(&url, &out)?;
    ensure!(fs::metadata(file.path())?.len() > 0, "no rows were written");
    psql(&url, "truncate trades")?;
    Ok(file)
}

/// As many as there are measurements, made before: that is not what is measured.
fn fresh(server: &Postgres, name: &str) -> Vec<String> {
    (0..=ROUNDS).map(|round| server.copy(TEMPLATE, &format!("{name}_{round}"))).collect()
}

fn store(url: &str, trades: &[Trade]) -> Result<()> {
    deliver_to(Store::open(url)?.market(), trades)
}

fn psql(url: &str, command: &str) -> Result<()> {
    let ran =
        Command::new("psql").args(["-X", "-q", "-v", "ON_ERROR_STOP=1", "-c", command, url]).output()?;
    ensure!(ran.status.success(), "psql: {}", String::from_utf8_lossy(&ran.stderr));
    Ok(())
}
