use domain::{Price, Quantity, Side, Timestamp};

use super::columns::{COLUMNS, Column, CsvContent};
use super::{Refusal, time};
use crate::SourceErrorKind;

/// One row's fields by column.
pub(super) struct Row<'l> {
    content: CsvContent,
    fields: [Option<&'l [u8]>; COLUMNS],
}

impl<'l> Row<'l> {
    pub(super) const fn new(content: CsvContent, fields: [Option<&'l [u8]>; COLUMNS]) -> Self {
        Self { content, fields }
    }

    pub(super) const fn content(&self) -> CsvContent {
        self.content
    }

    fn text(&self, column: Column) -> &'l [u8] {
        self.fields[column.index()].unwrap_or_default()
    }

    pub(super) fn time(&self) -> Result<Timestamp, Refusal> {
        time::parse(self.text(Column::Time)).ok_or_else(|| {
            self.refuse(
                Column::Time,
                "RFC 3339 with an offset (2024-08-08T23:54:14Z) or a whole number of s, ms, us or ns since 1970",
            )
        })
    }

    /// Any price: some instruments have traded below zero.
    pub(super) fn price(&self, column: Column) -> Result<Price, Refusal> {
        Price::parse(self.text(column))
            .map_err(|error| self.refuse(column, &format!("a decimal price, but it {error}")))
    }

    pub(super) fn quantity(&self, column: Column) -> Result<Quantity, Refusal> {
        let quantity = Quantity::parse(self.text(column))
            .map_err(|error| self.refuse(column, &format!("a decimal quantity, but it {error}")))?;
        if quantity.is_negative() {
            return Err(self.refuse(column, "a quantity of at least zero"));
        }
        Ok(quantity)
    }

    pub(super) fn positive_quantity(&self, column: Column) -> Result<Quantity, Refusal> {
        match self.quantity(column)? {
            quantity if quantity.is_positive() => Ok(quantity),
            _ => Err(self.refuse(column, "a quantity above zero")),
        }
    }

    /// `None` where the column is absent or empty.
    pub(super) fn side(&self) -> Result<Option<Side>, Refusal> {
        let text = self.text(Column::Side);
        if text.is_empty() {
            Ok(None)
        } else if text.eq_ignore_ascii_case(b"buy") {
            Ok(Some(Side::Buy))
        } else if text.eq_ignore_ascii_case(b"sell") {
            Ok(Some(Side::Sell))
        } else {
            Err(self.refuse(Column::Side, "`buy`, `sell` or nothing"))
        }
    }

    /// 0 where the column is absent or empty.
    pub(super) fn id(&self) -> Result<u64, Refusal> {
        let text = self.text(Column::Id);
        if text.is_empty() {
            return Ok(0);
        }
        let number = std::str::from_utf8(text).ok().and_then(|text| text.parse().ok());
        number.ok_or_else(|| self.refuse(Column::Id, "a whole number of at most 64 bits"))
    }

    fn refuse(&self, column: Column, expected: &str) -> Refusal {
        let text = self.text(column);
        let shown = String::from_utf8_lossy(&text[..text.len().min(40)]);
        let what =
            format!("column `{}` holds `{}`; expected {expected}", column.name(), shown.escape_debug());
        (SourceErrorKind::BadValue, what)
    }
}
