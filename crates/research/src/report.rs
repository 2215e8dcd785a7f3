//! Writes a run's trades, equity and statistics as CSV and JSON.

use std::fs;
use std::io;
use std::path::Path;

use domain::{Instruments, Timestamp};
use thiserror::Error;

use crate::{EquityPoint, Outcome, RoundTrip};

/// A file of the report could not be written.
#[derive(Debug, Error)]
#[error("{path}: {reason}")]
pub struct ReportError {
    pub path: String,
    pub reason: String,
}

/// Writes `trades.csv`, `equity.csv` and `report.json` into `folder`, which is made when absent.
///
/// # Errors
/// [`ReportError`] names the file and the reason.
pub fn write<J>(outcome: &Outcome<J>, folder: &Path) -> Result<(), ReportError> {
    let fault = |path: &Path, reason: String| ReportError { path: path.display().to_string(), reason };
    fs::create_dir_all(folder).map_err(|error| fault(folder, error.to_string()))?;
    let trades = folder.join("trades.csv");
    write_trades(&trades, outcome.ledger.trips(), outcome.state.instruments())
        .map_err(|error| fault(&trades, error.to_string()))?;
    let equity = folder.join("equity.csv");
    write_equity(&equity, outcome.curve.points()).map_err(|error| fault(&equity, error.to_string()))?;
    let report = folder.join("report.json");
    let document = serde_json::json!({
        "statistics": outcome.statistics(),
        "events": outcome.events,
        "orders": outcome.orders,
        "denials": outcome.denials,
        "fills": outcome.fills,
        "trades": outcome.ledger.trips(),
        "equity": outcome.curve.points(),
    });
    let text = serde_json::to_string_pretty(&document).map_err(|error| fault(&report, error.to_string()))?;
    fs::write(&report, text).map_err(|error| fault(&report, error.to_string()))
}

/// RFC 3339 in UTC; empty for a moment that no calendar holds.
#[must_use]
pub fn time_text(time: Timestamp) -> String {
    jiff::Timestamp::from_nanosecond(i128::from(time.nanos()))
        .map(|time| time.to_string())
        .unwrap_or_default()
}

fn write_trades(path: &Path, trips: &[RoundTrip], instruments: &Instruments) -> io::Result<()> {
    let mut writer = csv::Writer::from_path(path)?;
    writer.write_record([
        "opened",
        "closed",
        "venue",
        "symbol",
        "side",
        "quantity",
        "entry_price",
        "exit_price",
        "fees",
        "profit",
    ])?;
    for trip in trips {
        let instrument = instruments.get(trip.instrument);
        writer.write_record([
            time_text(trip.opened),
            time_text(trip.closed),
            instrument.map(|instrument| instrument.venue.to_string()).unwrap_or_default(),
            instrument.map(|instrument| instrument.symbol.clone()).unwrap_or_default(),
            if trip.side == domain::Side::Buy { "long".to_owned() } else { "short".to_owned() },
            trip.quantity.to_string(),
            trip.entry_price.to_string(),
            trip.exit_price.to_string(),
            trip.fees.to_string(),
            trip.profit.to_string(),
        ])?;
    }
    writer.flush()
}

fn write_equity(path: &Path, points: &[EquityPoint]) -> io::Result<()> {
    let mut writer = csv::Writer::from_path(path)?;
    writer.write_record(["time", "equity"])?;
    for point in points {
        writer.write_record([time_text(point.time), point.equity.to_string()])?;
    }
    writer.flush()
}
