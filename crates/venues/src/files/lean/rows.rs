//! Rows of an archive, typed.

use domain::{Bar, BarPeriod, InstrumentId, Level, Quote, Timestamp, Trade};
use jiff::civil::Date;

use super::clock::Converter;
use super::fields::{BadField, Fields, parse_date_time, parse_digits};
use super::row::{LeanRow, QuoteRow, QuoteSide, QuoteTick, TickFlags, TradeTick, UNSIZED_QUANTITY};
use super::{LeanContent, LeanFile, SecurityClass};
use crate::files::LineReader;
use crate::{SourceError, SourceErrorKind};

/// Iterates over an archive's rows in file order. An error of one line (see
/// [`SourceErrorKind::is_of_one_line`]) costs that line alone.
pub struct LeanRows {
    lines: LineReader,
    form: Form,
    latest: Timestamp,
}

/// All that a row's meaning depends on besides its text.
struct Form {
    class: SecurityClass,
    content: LeanContent,
    /// `None` for ticks.
    period: Option<BarPeriod>,
    /// The day of the rows, where they do not carry it.
    date: Option<Date>,
    instrument: InstrumentId,
    converter: Converter,
}

/// Why a row was refused.
enum Refusal {
    Shape(String),
    Field(BadField),
}

impl From<BadField> for Refusal {
    fn from(bad: BadField) -> Self {
        Self::Field(bad)
    }
}

impl LeanRows {
    pub(super) fn new(
        file: &LeanFile,
        instrument: InstrumentId,
        lines: LineReader,
    ) -> Result<Self, SourceError> {
        let zone = file.clock.zone().ok_or_else(|| {
            let what = "the built-in time zone table lacks America/New_York";
            SourceError::of_file(&file.path, SourceErrorKind::Unsupported, what)
        })?;
        let form = Form {
            class: file.class,
            content: file.content,
            period: file.resolution.period(),
            date: if file.resolution.spans_days() { None } else { file.date },
            instrument,
            converter: Converter::new(zone),
        };
        Ok(Self { lines, form, latest: Timestamp::MIN })
    }

    /// Packed bytes consumed and in all, for showing progress.
    #[must_use]
    pub fn progress(&self) -> (u64, u64) {
        self.lines.progress()
    }
}

impl Iterator for LeanRows {
    type Item = Result<LeanRow, SourceError>;

    fn next(&mut self) -> Option<Self::Item> {
        let (number, row) = match self.lines.next()? {
            Ok(line) => (line.number, self.form.read(line.bytes)),
            Err(error) => return Some(Err(error)),
        };
        let path = self.lines.path();
        let refuse = |kind, what| Some(Err(SourceError::of_line(path, number, kind, what)));
        match row {
            Ok(row) if row.time() < self.latest => {
                refuse(SourceErrorKind::TimeWentBack, "its time is before that of the row above".to_owned())
            }
            Ok(row) => {
                self.latest = row.time();
                Some(Ok(row))
            }
            Err(Refusal::Shape(what)) => refuse(SourceErrorKind::Malformed, what),
            Err(Refusal::Field(BadField(what))) => refuse(SourceErrorKind::BadValue, what),
        }
    }
}

impl Form {
    fn read(&mut self, line: &[u8]) -> Result<LeanRow, Refusal> {
        match (self.content, self.period) {
            (LeanContent::Trade, Some(period)) => self.bar(line, period).map(LeanRow::Bar),
            (LeanContent::Quote, Some(period)) => self.quote_bar(line, period).map(LeanRow::QuoteBar),
            (LeanContent::Trade, None) => self.trade(line).map(LeanRow::Trade),
            (LeanContent::Quote, None) if self.class == SecurityClass::Fx => {
                self.fx_quote(line).map(LeanRow::Quote)
            }
            (LeanContent::Quote, None) => self.quote(line).map(LeanRow::Quote),
        }
    }

    fn time(&mut self, text: &[u8]) -> Result<Timestamp, BadField> {
        let local = match self.date {
            Some(date) => parse_digits(text).map(|millis| (date, millis)),
            None => parse_date_time(text),
        };
        let moment = local.and_then(|(date, millis)| self.converter.moment(date, millis));
        moment.ok_or_else(|| {
            let expected = match self.date {
                Some(_) => "milliseconds since midnight, 0 to 86399999",
                None => "`YYYYMMDD HH:MM`",
            };
            BadField::new("time", text, expected)
        })
    }

    fn bar(&mut self, line: &[u8], period: BarPeriod) -> Result<Bar, Refusal> {
        let fields = split(line, 6)?;
        let class = self.class;
        let open_time = self.time(fields.get(0))?;
        let open = fields.price(1, "open", class)?;
        let bar = Bar {
            high: fields.price(2, "high", class)?,
            low: fields.price(3, "low", class)?,
            close: fields.price(4, "close", class)?,
            volume: fields.quantity(5, "volume", class)?,
            ..Bar::of_period(self.instrument, period, open_time, open)
        };
        if bar.is_coherent() {
            return Ok(bar);
        }
        Err(Refusal::Shape("high and low do not enclose open and close".to_owned()))
    }

    fn quote_bar(&mut self, line: &[u8], period: BarPeriod) -> Result<QuoteRow, Refusal> {
        let fields = split(line, 11)?;
        Ok(QuoteRow {
            instrument: self.instrument,
            period,
            open_time: self.time(fields.get(0))?,
            bid: self.side(&fields, 1, ["bid open", "bid high", "bid low", "bid close", "bid size"])?,
            ask: self.side(&fields, 6, ["ask open", "ask high", "ask low", "ask close", "ask size"])?,
        })
    }

    fn side(
        &self,
        fields: &Fields<'_>,
        first: usize,
        columns: [&str; 5],
    ) -> Result<Option<QuoteSide>, BadField> {
        if fields.are_empty(first, 4) {
            return Ok(None);
        }
        let [open, high, low, close, size] = columns;
        let printed = fields.quantity(first + 4, size, self.class)?;
        Ok(Some(QuoteSide {
            open: fields.price(first, open, self.class)?,
            high: fields.price(first + 1, high, self.class)?,
            low: fields.price(first + 2, low, self.class)?,
            close: fields.price(first + 3, close, self.class)?,
            quantity: if self.class == SecurityClass::Fx { UNSIZED_QUANTITY } else { printed },
        }))
    }

    fn trade(&mut self, line: &[u8]) -> Result<TradeTick, Refusal> {
        let fields = split(line, 6)?;
        let time = self.time(fields.get(0))?;
        let quantity = fields.quantity(2, "quantity", self.class)?;
        if quantity.is_zero() {
            return Err(BadField::new("quantity", fields.get(2), "a quantity above zero").into());
        }
        let trade = Trade {
            instrument: self.instrument,
            id: 0,
            price: fields.price(1, "price", self.class)?,
            quantity,
            aggressor: None,
            venue_time: time,
            receive_time: time,
        };
        Ok(TradeTick { trade, flags: read_flags(&fields, 3)? })
    }

    fn quote(&mut self, line: &[u8]) -> Result<QuoteTick, Refusal> {
        let fields = split(line, 8)?;
        let time = self.time(fields.get(0))?;
        let quote = Quote {
            instrument: self.instrument,
            bid: self.level(&fields, 1, ["bid", "bid size"])?,
            ask: self.level(&fields, 3, ["ask", "ask size"])?,
            venue_time: time,
            receive_time: time,
        };
        Ok(QuoteTick { quote, flags: read_flags(&fields, 5)? })
    }

    /// A zero price marks the side that the row says nothing about.
    fn level(&self, fields: &Fields<'_>, first: usize, columns: [&str; 2]) -> Result<Level, BadField> {
        if fields.get(first) == b"0" {
            return Ok(Level::default());
        }
        Ok(Level {
            price: fields.price(first, columns[0], self.class)?,
            quantity: fields.quantity(first + 1, columns[1], self.class)?,
        })
    }

    fn fx_quote(&mut self, line: &[u8]) -> Result<QuoteTick, Refusal> {
        let fields = split(line, 3)?;
        let time = self.time(fields.get(0))?;
        let level = |price| Level { price, quantity: UNSIZED_QUANTITY };
        let quote = Quote {
            instrument: self.instrument,
            bid: level(fields.price(1, "bid", self.class)?),
            ask: level(fields.price(2, "ask", self.class)?),
            venue_time: time,
            receive_time: time,
        };
        Ok(QuoteTick { quote, flags: TickFlags::default() })
    }
}

fn split(line: &[u8], expected: usize) -> Result<Fields<'_>, Refusal> {
    Fields::split(line, expected).map_err(Refusal::Shape)
}

fn read_flags(fields: &Fields<'_>, first: usize) -> Result<TickFlags, BadField> {
    let [exchange, condition, suspicious] = [first, first + 1, first + 2].map(|index| fields.get(index));
    let bits = std::str::from_utf8(condition).ok().and_then(|text| u32::from_str_radix(text, 16).ok());
    Ok(TickFlags {
        exchange: match exchange {
            [] => 0,
            [letter] => *letter,
            _ => return Err(BadField::new("exchange", exchange, "one letter")),
        },
        condition: bits.ok_or_else(|| BadField::new("condition", condition, "a hexadecimal number"))?,
        suspicious: match suspicious {
            b"0" => false,
            b"1" => true,
            _ => return Err(BadField::new("suspicious", suspicious, "0 or 1")),
        },
    })
}
