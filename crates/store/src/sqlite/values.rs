//! Domain values to columns and back. A value that cannot be read says which column it stood in.

use std::fmt::Display;
use std::str::FromStr;

use domain::{InstrumentId, Price, Quantity, Rate, Timestamp};
use rusqlite::types::{FromSqlError, Type, Value, ValueRef};
use rusqlite::{Error, Result, Row};
use uuid::Uuid;

/// Quantities of ticks: units of 10⁻⁹ where they fit 64 bits, exact decimal text where not.
#[inline]
pub(super) fn scaled(quantity: Quantity) -> Value {
    match i64::try_from(quantity.raw()) {
        Ok(raw) => Value::Integer(raw),
        Err(_) => Value::Text(quantity.to_string()),
    }
}

pub(super) fn bytes(id: &Uuid) -> &[u8] {
    id.as_bytes()
}

/// Columns of one row, read one after the other in the order of the SELECT.
pub(super) struct Columns<'a, 'b> {
    row: &'a Row<'b>,
    next: usize,
}

impl<'a, 'b> Columns<'a, 'b> {
    pub(super) const fn of(row: &'a Row<'b>) -> Self {
        Self { row, next: 0 }
    }

    fn column(&mut self) -> usize {
        self.next += 1;
        self.next - 1
    }

    pub(super) fn get<T: rusqlite::types::FromSql>(&mut self) -> Result<T> {
        let column = self.column();
        self.row.get(column)
    }

    pub(super) fn time(&mut self) -> Result<Timestamp> {
        self.get().map(Timestamp::from_nanos)
    }

    pub(super) fn price(&mut self) -> Result<Price> {
        self.get().map(Price::from_raw)
    }

    pub(super) fn rate(&mut self) -> Result<Rate> {
        self.get().map(Rate::from_raw)
    }

    pub(super) fn instrument(&mut self) -> Result<InstrumentId> {
        self.get().map(InstrumentId)
    }

    pub(super) fn unsigned(&mut self) -> Result<u64> {
        self.get().map(i64::cast_unsigned)
    }

    pub(super) fn uuid(&mut self) -> Result<Uuid> {
        self.get().map(Uuid::from_bytes)
    }

    /// What was written with `Display`.
    pub(super) fn text<T: FromStr>(&mut self) -> Result<T>
    where
        T::Err: Display,
    {
        self.convert(|text| text.parse().map_err(|error: T::Err| error.to_string()))
    }

    /// Text that `read` knows.
    pub(super) fn named<T>(&mut self, read: impl FnOnce(&str) -> Option<T>) -> Result<T> {
        self.convert(|text| read(text).ok_or_else(|| format!("`{text}` is not known")))
    }

    /// See [`Columns::named`].
    pub(super) fn named_or_none<T>(&mut self, read: impl FnOnce(&str) -> Option<T>) -> Result<Option<T>> {
        if self.row.get_ref(self.next)? == ValueRef::Null {
            self.next += 1;
            return Ok(None);
        }
        self.named(read).map(Some)
    }

    /// See [`scaled`].
    pub(super) fn scaled(&mut self) -> Result<Quantity> {
        match self.row.get_ref(self.next)? {
            ValueRef::Integer(raw) => {
                self.next += 1;
                Ok(Quantity::from_raw(i128::from(raw)))
            }
            _ => self.text(),
        }
    }

    pub(super) fn convert<T>(
        &mut self,
        read: impl FnOnce(&str) -> std::result::Result<T, String>,
    ) -> Result<T> {
        let column = self.column();
        let text =
            self.row.get_ref(column)?.as_str().map_err(|error: FromSqlError| unreadable(column, error))?;
        read(text).map_err(|reason| unreadable(column, reason))
    }
}

fn unreadable(column: usize, reason: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Error {
    Error::FromSqlConversionFailure(column, Type::Text, reason.into())
}
