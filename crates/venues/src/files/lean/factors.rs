//! Factor files: what turns raw prices into adjusted ones, and the splits and dividends that this implies.

use std::path::{Path, PathBuf};

use domain::{NumberError, Price, Rate, Split};
use jiff::civil::Date;

use super::fields::{BadField, Fields, parse_date};
use super::ratio;
use crate::files::LineReader;
use crate::{SourceError, SourceErrorKind};

/// Half of the last digit of a price factor, which is printed with seven decimals, in units of 10⁻⁹.
const PRICE_FACTOR_ROUNDING: i128 = 50;

const SCALE: i128 = Rate::SCALE as i128;

/// The factors for days after the row before, up to and including `date`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FactorRow {
    pub date: Date,
    /// What dividends after this row take from the price.
    pub price_factor: Rate,
    /// What splits after this row take from the price.
    pub split_factor: Rate,
    /// The raw close of `date`.
    pub reference_close: Price,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum AdjustKind {
    /// Splits only: prices that were paid, per today's share.
    Splits,
    /// Splits and dividends: a series whose changes are total returns.
    SplitsAndDividends,
}

/// A split found between two rows.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct SplitFound {
    /// The last day of the old shares; the split takes effect on the next trading day.
    pub last_day: Date,
    pub split: Split,
    /// How far the printed factors are from the ratio, relative; for judging the file.
    pub relative_error: f64,
}

/// A cash dividend found between two rows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DividendFound {
    /// The last day with the right to it; it is owed from the next trading day on, per share of `last_day`.
    pub last_day: Date,
    /// The amount with the fewest decimals (two at least) that the factors allow.
    pub per_share: Price,
    /// What the formula gives, truncated to nine decimals.
    pub implied: Price,
    /// How far `implied` may be off because the factors are rounded.
    pub uncertainty: Price,
}

/// A factor file, rows in ascending order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Factors {
    path: PathBuf,
    rows: Vec<FactorRow>,
}

impl Factors {
    /// Reads a factor file: `YYYYMMDD,price factor,split factor,reference close`.
    ///
    /// # Errors
    /// When the file cannot be read, or the first line that is refused: nothing is adjusted by half a file.
    pub fn load(path: &Path) -> Result<Self, SourceError> {
        let mut lines = LineReader::open(path)?;
        let mut rows: Vec<FactorRow> = Vec::new();
        while let Some(line) = lines.next() {
            let line = line?;
            if line.bytes.is_empty() {
                continue;
            }
            let refuse = |kind, what| SourceError::of_line(path, line.number, kind, what);
            let fields =
                Fields::split(line.bytes, 4).map_err(|what| refuse(SourceErrorKind::Malformed, what))?;
            let row = read_row(&fields).map_err(|BadField(what)| refuse(SourceErrorKind::BadValue, what))?;
            if rows.last().is_some_and(|last| last.date >= row.date) {
                let what = "its date is not after the one above".to_owned();
                return Err(refuse(SourceErrorKind::TimeWentBack, what));
            }
            rows.push(row);
        }
        if rows.is_empty() {
            let what = "it holds no row `YYYYMMDD,price factor,split factor,reference close`";
            return Err(SourceError::of_file(path, SourceErrorKind::Empty, what));
        }
        Ok(Self { path: path.to_path_buf(), rows })
    }

    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    #[must_use]
    pub fn rows(&self) -> &[FactorRow] {
        &self.rows
    }

    /// All splits, oldest first.
    #[must_use]
    pub fn splits(&self) -> Vec<SplitFound> {
        self.changes().filter_map(|(old, new)| split(old, new)).collect()
    }

    /// All cash dividends, oldest first. A spin-off appears as a dividend of the value spun off.
    #[must_use]
    pub fn dividends(&self) -> Vec<DividendFound> {
        self.changes().filter_map(|(old, new)| dividend(old, new)).collect()
    }

    /// The raw price of `date` in terms of the last row, to the nearest 10⁻⁹. A day after the last row is left
    /// as it is.
    ///
    /// # Errors
    /// `Overflow` outside the range of prices.
    pub fn adjust(&self, price: Price, date: Date, kind: AdjustKind) -> Result<Price, NumberError> {
        let index = self.rows.partition_point(|row| row.date < date);
        let Some(row) = self.rows.get(index) else { return Ok(price) };
        let price_factor = match kind {
            AdjustKind::Splits => SCALE,
            AdjustKind::SplitsAndDividends => i128::from(row.price_factor.raw()),
        };
        let scaled = i128::from(price.raw())
            .checked_mul(price_factor)
            .and_then(|scaled| scaled.checked_mul(i128::from(row.split_factor.raw())))
            .ok_or(NumberError::Overflow)?;
        let half = SCALE * SCALE / 2 * scaled.signum();
        let rounded = scaled.checked_add(half).ok_or(NumberError::Overflow)? / (SCALE * SCALE);
        i64::try_from(rounded).map(Price::from_raw).map_err(|_| NumberError::Overflow)
    }

    fn changes(&self) -> impl Iterator<Item = (&FactorRow, &FactorRow)> {
        self.rows.iter().zip(self.rows.iter().skip(1))
    }
}

fn read_row(fields: &Fields<'_>) -> Result<FactorRow, BadField> {
    let factor = |index: usize, column: &str| {
        let text = fields.get(index);
        Rate::parse(text)
            .ok()
            .filter(|factor| *factor > Rate::ZERO)
            .ok_or_else(|| BadField::new(column, text, "a factor above zero of at most nine decimals"))
    };
    let close = fields.get(3);
    Ok(FactorRow {
        date: parse_date(fields.get(0)).ok_or_else(|| BadField::new("date", fields.get(0), "YYYYMMDD"))?,
        price_factor: factor(1, "price factor")?,
        split_factor: factor(2, "split factor")?,
        reference_close: Price::parse(close)
            .ok()
            .filter(|price| *price >= Price::ZERO)
            .ok_or_else(|| BadField::new("reference close", close, "a price of at least zero"))?,
    })
}

fn split(old: &FactorRow, new: &FactorRow) -> Option<SplitFound> {
    if old.split_factor == new.split_factor {
        return None;
    }
    let split = ratio::split_between(old.split_factor, new.split_factor)?;
    let relative_error = ratio::relative_error(old.split_factor, new.split_factor, split);
    let is_change = split.numerator != split.denominator;
    is_change.then_some(SplitFound { last_day: old.date, split, relative_error })
}

/// Reference close × (1 − old factor / new factor).
fn dividend(old: &FactorRow, new: &FactorRow) -> Option<DividendFound> {
    let close = i128::from(old.reference_close.raw());
    let (before, after) = (i128::from(old.price_factor.raw()), i128::from(new.price_factor.raw()));
    let implied = close.checked_mul(after - before)?.checked_div(after)?;
    // Each factor may be off by half a digit; the older one is the smaller, so twice that bounds both effects.
    let uncertainty = close.checked_mul(2 * PRICE_FACTOR_ROUNDING)?.checked_div(after)?;
    if implied <= 0 {
        return None;
    }
    let price = |raw: i128| i64::try_from(raw).ok().map(Price::from_raw);
    Some(DividendFound {
        last_day: old.date,
        per_share: price(plainest(implied, uncertainty))?,
        implied: price(implied)?,
        uncertainty: price(uncertainty)?,
    })
}

/// The number of fewest decimals, two at least, within `uncertainty` of `raw` (units of 10⁻⁹).
fn plainest(raw: i128, uncertainty: i128) -> i128 {
    (2..Price::DECIMALS)
        .map(|decimals| {
            let unit = 10i128.pow(Price::DECIMALS - decimals);
            (raw + unit / 2) / unit * unit
        })
        .find(|rounded| *rounded > 0 && (rounded - raw).abs() <= uncertainty)
        .unwrap_or(raw)
}
