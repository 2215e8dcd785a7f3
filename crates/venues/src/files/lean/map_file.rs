//! Map files: which ticker a company traded under, and until when.

use std::path::Path;

use jiff::civil::Date;

use super::fields::parse_date;
use crate::files::LineReader;
use crate::{SourceError, SourceErrorKind};

/// The ticker of the days after the row before, up to and including `until`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MapRow {
    pub until: Date,
    /// Upper case.
    pub ticker: String,
    /// The primary exchange's letter, where the file has it.
    pub exchange: Option<char>,
}

/// A map file, rows in ascending order. The first row names the first trading day.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MapFile {
    rows: Vec<MapRow>,
}

impl MapFile {
    /// Reads a map file: `YYYYMMDD,ticker[,exchange]`.
    ///
    /// # Errors
    /// When the file cannot be read, or the first line that is refused.
    pub fn load(path: &Path) -> Result<Self, SourceError> {
        let mut lines = LineReader::open(path)?;
        let mut rows: Vec<MapRow> = Vec::new();
        while let Some(line) = lines.next() {
            let line = line?;
            if line.bytes.is_empty() {
                continue;
            }
            let refuse = |kind, what: &str| Err(SourceError::of_line(path, line.number, kind, what));
            let Some(row) = read_row(line.bytes) else {
                return refuse(
                    SourceErrorKind::Malformed,
                    "expected `YYYYMMDD,ticker` or `YYYYMMDD,ticker,exchange`",
                );
            };
            if rows.last().is_some_and(|last| last.until >= row.until) {
                return refuse(SourceErrorKind::TimeWentBack, "its date is not after the one above");
            }
            rows.push(row);
        }
        if rows.is_empty() {
            let what = "it holds no row `YYYYMMDD,ticker,exchange`";
            return Err(SourceError::of_file(path, SourceErrorKind::Empty, what));
        }
        Ok(Self { rows })
    }

    #[must_use]
    pub fn rows(&self) -> &[MapRow] {
        &self.rows
    }

    /// The ticker of `date`; `None` before the first trading day and after the last.
    #[must_use]
    pub fn ticker_on(&self, date: Date) -> Option<&str> {
        let first = self.rows.first()?;
        if date < first.until {
            return None;
        }
        self.rows.iter().find(|row| row.until >= date).map(|row| row.ticker.as_str())
    }
}

fn read_row(line: &[u8]) -> Option<MapRow> {
    let text = std::str::from_utf8(line).ok()?;
    let mut fields = text.split(',');
    let until = parse_date(fields.next()?.as_bytes())?;
    let ticker = fields.next().filter(|ticker| !ticker.is_empty())?.to_uppercase();
    let mut letters = fields.next().unwrap_or_default().chars();
    let exchange = letters.next();
    let is_whole = letters.next().is_none() && fields.next().is_none();
    is_whole.then_some(MapRow { until, ticker, exchange })
}
