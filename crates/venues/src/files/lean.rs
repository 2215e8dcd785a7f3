//! LEAN data archives: a zip with one CSV, whose path says what it holds, and the factor and map files beside
//! them. Formats, clocks and the rules for splits and dividends are in this folder's README.

mod archive;
mod clock;
mod consolidated;
mod corporate;
mod factors;
mod fields;
mod map_file;
mod name;
mod ratio;
mod row;
mod rows;

use std::path::{Path, PathBuf};

use domain::{BarPeriod, InstrumentId};
use jiff::civil::Date;

pub use archive::UNCOMPRESSED_BYTES_MAX;
pub use consolidated::LeanMessages;
pub use corporate::{corporate_actions, new_york_midnight};
pub use factors::{AdjustKind, DividendFound, FactorRow, Factors, SplitFound};
pub use map_file::{MapFile, MapRow};
pub use row::{LeanRow, QuoteRow, QuoteSide, QuoteTick, TickFlags, TradeTick, UNSIZED_QUANTITY};
pub use rows::LeanRows;

use crate::SourceError;
use crate::files::LineReader;

/// What is traded; decides the number format.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum SecurityClass {
    /// Prices in 1/10,000.
    Equity,
    /// Decimal prices, no sizes.
    Fx,
    /// Decimal prices and sizes.
    Crypto,
}

/// The clock that a file's times are in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum LeanClock {
    /// With daylight saving.
    NewYork,
    /// UTC-5 all year: FXCM.
    EasternStandard,
    Utc,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Resolution {
    Tick,
    Second,
    Minute,
    Hour,
    Daily,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum LeanContent {
    Trade,
    Quote,
}

/// What one archive holds, found out from its path and its member's name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LeanFile {
    pub path: PathBuf,
    pub class: SecurityClass,
    pub clock: LeanClock,
    pub resolution: Resolution,
    pub content: LeanContent,
    /// Upper case, as of the file's date: `AAPL`, `EURUSD`.
    pub symbol: String,
    /// The day of a tick, second or minute file.
    pub date: Option<Date>,
}

impl Resolution {
    /// The period of the bars; `None` for ticks.
    #[must_use]
    pub const fn period(self) -> Option<BarPeriod> {
        match self {
            Self::Tick => None,
            Self::Second => Some(BarPeriod::SECOND),
            Self::Minute => Some(BarPeriod::MINUTE),
            Self::Hour => Some(BarPeriod::HOUR),
            Self::Daily => Some(BarPeriod::DAY),
        }
    }

    /// Whether rows carry their date, because one file holds many days.
    #[must_use]
    pub const fn spans_days(self) -> bool {
        matches!(self, Self::Hour | Self::Daily)
    }
}

impl LeanFile {
    /// Finds out what the archive at `path` holds, without reading its rows.
    ///
    /// # Errors
    /// When it is no readable zip with one CSV, or when path and member name leave something open: the error
    /// says what is missing and how the path should look.
    pub fn open(path: &Path) -> Result<Self, SourceError> {
        let (member, _) = archive::open(path)?;
        name::describe(path, &member)
    }

    /// The rows, as `instrument`.
    ///
    /// # Errors
    /// When the archive cannot be opened any more.
    pub fn rows(&self, instrument: InstrumentId) -> Result<LeanRows, SourceError> {
        let (_, lines): (_, LineReader) = archive::open(&self.path)?;
        LeanRows::new(self, instrument, lines)
    }
}

#[cfg(test)]
mod tests;
