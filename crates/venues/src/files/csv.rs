//! Our own CSV: a header row that names the columns, in any order, then one event a row.
//!
//! | content | columns |
//! |---|---|
//! | trades | `time,price,quantity` and optionally `side` (`buy` or `sell`: who took liquidity) and `id` |
//! | quotes | `time,bid,bid_quantity,ask,ask_quantity` |
//! | bars | `time,open,high,low,close,volume`; the time is the bar's start |
//!
//! A time is RFC 3339 with an offset (`2024-08-08T23:54:14.5Z`) or a whole number since 1970 UTC, whose magnitude
//! tells the unit: below 10¹¹ seconds, below 10¹⁴ milliseconds, below 10¹⁷ microseconds, else nanoseconds.
//! Numbers are plain decimals of at most nine digits after the point. Fields are not quoted. The files may be
//! gzip.

mod columns;
mod time;
mod values;

use std::path::Path;

use domain::{Bar, BarPeriod, FeedMessage, InstrumentId, Level, Quote, Span, Timestamp, Trade};

use super::lines::LineReader;
use crate::{SourceError, SourceErrorKind};
use columns::{Column, Columns};
use values::Row;

pub use columns::CsvContent;

/// How many rows are looked at to find the period of bars.
const PERIOD_ROWS: usize = 1_000;

/// Events of one CSV file in file order. An error of one line (see [`SourceErrorKind::is_of_one_line`]) costs
/// that line alone. Receive times equal venue times.
pub struct CsvSource {
    lines: LineReader,
    columns: Columns,
    instrument: InstrumentId,
    /// For bars only.
    period: BarPeriod,
    latest: Option<Timestamp>,
    line: u64,
}

/// Why a row was refused.
pub(super) type Refusal = (SourceErrorKind, String);

impl CsvSource {
    /// Opens a file whose header says what it holds. For bars `period` is their length; without it the shortest
    /// distance between neighbours among the first 1,000 rows is taken.
    ///
    /// # Errors
    /// When the file cannot be read, has no such header, or holds bars of unknown period.
    pub fn open(
        path: &Path,
        instrument: InstrumentId,
        period: Option<BarPeriod>,
    ) -> Result<Self, SourceError> {
        let (lines, columns) = open(path)?;
        let period = match (columns.content(), period) {
            (CsvContent::Bars, None) => find_period(path)?,
            (_, period) => period.unwrap_or(BarPeriod::MINUTE),
        };
        Ok(Self { lines, columns, instrument, period, latest: None, line: 1 })
    }

    #[must_use]
    pub const fn content(&self) -> CsvContent {
        self.columns.content()
    }

    /// The length of the bars; without meaning for other contents.
    #[must_use]
    pub const fn period(&self) -> BarPeriod {
        self.period
    }

    /// The line of the latest event or error, counted from one.
    #[must_use]
    pub const fn line(&self) -> u64 {
        self.line
    }

    /// Bytes consumed and file size; see [`LineReader::progress`].
    #[must_use]
    pub fn progress(&self) -> (u64, u64) {
        self.lines.progress()
    }
}

impl Iterator for CsvSource {
    type Item = Result<FeedMessage<'static>, SourceError>;

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            let line = match self.lines.next()? {
                Ok(line) => line,
                Err(error) => return Some(Err(error)),
            };
            self.line = line.number;
            if line.bytes.trim_ascii().is_empty() {
                continue;
            }
            let read = self.columns.row(line.bytes).and_then(|row| {
                let time = row.time()?;
                check_order(self.columns.content(), self.latest, time)?;
                read_event(&row, time, self.instrument, self.period)
            });
            return Some(match read {
                Ok((time, message)) => {
                    self.latest = Some(time);
                    Ok(message)
                }
                Err((kind, what)) => Err(SourceError::of_line(self.lines.path(), self.line, kind, what)),
            });
        }
    }
}

/// What the header line of a CSV says it holds.
pub(crate) fn recognise(header: &[u8]) -> Result<CsvContent, String> {
    Columns::read(header).map(|columns| columns.content())
}

fn open(path: &Path) -> Result<(LineReader, Columns), SourceError> {
    let mut lines = LineReader::open(path)?;
    let columns = match lines.next() {
        Some(Ok(line)) => Columns::read(line.bytes),
        Some(Err(error)) => return Err(error),
        None => Err("it has no header row".to_owned()),
    };
    let columns =
        columns.map_err(|what| SourceError::of_line(path, 1, SourceErrorKind::Unsupported, what))?;
    Ok((lines, columns))
}

fn find_period(path: &Path) -> Result<BarPeriod, SourceError> {
    let (mut lines, columns) = open(path)?;
    let (mut latest, mut shortest): (Option<Timestamp>, Option<Span>) = (None, None);
    for _ in 0..PERIOD_ROWS {
        let Some(Ok(line)) = lines.next() else { break };
        let Ok(time) = columns.row(line.bytes).and_then(|row| row.time()) else { continue };
        let distance = latest.map(|latest| time.since(latest)).filter(|distance| *distance > Span::ZERO);
        shortest = [shortest, distance].into_iter().flatten().min();
        latest = Some(time);
    }
    shortest.and_then(BarPeriod::new).ok_or_else(|| {
        let what = "the length of its bars cannot be told from fewer than two rows; name it";
        SourceError::of_file(path, SourceErrorKind::Unsupported, what)
    })
}

fn check_order(content: CsvContent, latest: Option<Timestamp>, time: Timestamp) -> Result<(), Refusal> {
    match latest {
        Some(latest) if time < latest => Err((
            SourceErrorKind::TimeWentBack,
            "column `time` is before that of the row above; sort the file by time".to_owned(),
        )),
        Some(latest) if time == latest && content == CsvContent::Bars => Err((
            SourceErrorKind::TimeWentBack,
            "column `time` repeats that of the bar above; keep one bar a period".to_owned(),
        )),
        _ => Ok(()),
    }
}

fn read_event(
    row: &Row<'_>,
    time: Timestamp,
    instrument: InstrumentId,
    period: BarPeriod,
) -> Result<(Timestamp, FeedMessage<'static>), Refusal> {
    let message = match row.content() {
        CsvContent::Trades => FeedMessage::Trade(Trade {
            instrument,
            id: row.id()?,
            price: row.price(Column::Price)?,
            quantity: row.positive_quantity(Column::Quantity)?,
            aggressor: row.side()?,
            venue_time: time,
            receive_time: time,
        }),
        CsvContent::Quotes => {
            let level = |price, quantity| -> Result<Level, Refusal> {
                Ok(Level { price: row.price(price)?, quantity: row.quantity(quantity)? })
            };
            let quote = Quote {
                instrument,
                bid: level(Column::Bid, Column::BidQuantity)?,
                ask: level(Column::Ask, Column::AskQuantity)?,
                venue_time: time,
                receive_time: time,
            };
            FeedMessage::Quote { quote, update_id: None }
        }
        CsvContent::Bars => FeedMessage::Bar(read_bar(row, time, instrument, period)?),
    };
    Ok((time, message))
}

fn read_bar(
    row: &Row<'_>,
    open_time: Timestamp,
    instrument: InstrumentId,
    period: BarPeriod,
) -> Result<Bar, Refusal> {
    let bar = Bar {
        high: row.price(Column::High)?,
        low: row.price(Column::Low)?,
        close: row.price(Column::Close)?,
        volume: row.quantity(Column::Volume)?,
        ..Bar::of_period(instrument, period, open_time, row.price(Column::Open)?)
    };
    if bar.is_coherent() {
        return Ok(bar);
    }
    let what = format!(
        "columns `high` {} and `low` {} do not enclose `open` {} and `close` {}",
        bar.high, bar.low, bar.open, bar.close
    );
    Err((SourceErrorKind::BadValue, what))
}

#[cfg(test)]
mod tests;
