//! Columns to domain values. A value that cannot be read says which column it stood in.

use std::fmt::Display;
use std::str::FromStr;

use domain::{InstrumentId, Money, Price, Quantity, Rate, Timestamp};
use tokio_postgres::Row;
use tokio_postgres::types::FromSql;
use uuid::Uuid;

use super::failure::Failure;
use super::numeric::Exact;

/// Columns of one row, read one after the other in the order of the SELECT.
pub(super) struct Columns<'a> {
    row: &'a Row,
    next: usize,
}

impl<'a> Columns<'a> {
    pub(super) const fn of(row: &'a Row) -> Self {
        Self { row, next: 0 }
    }

    pub(super) fn get<T: FromSql<'a>>(&mut self) -> Result<T, Failure> {
        let column = self.next;
        self.next += 1;
        self.row.try_get(column).map_err(|error| {
            let cause = std::error::Error::source(&error).map(ToString::to_string).unwrap_or_default();
            self.unreadable(column, cause)
        })
    }

    pub(super) fn time(&mut self) -> Result<Timestamp, Failure> {
        self.get().map(Timestamp::from_nanos)
    }

    pub(super) fn price(&mut self) -> Result<Price, Failure> {
        self.get().map(Price::from_raw)
    }

    pub(super) fn rate(&mut self) -> Result<Rate, Failure> {
        self.get().map(Rate::from_raw)
    }

    pub(super) fn quantity(&mut self) -> Result<Quantity, Failure> {
        self.get::<Exact<9>>().map(|exact| Quantity::from_raw(exact.0))
    }

    pub(super) fn money(&mut self) -> Result<Money, Failure> {
        self.get::<Exact<18>>().map(|exact| Money::from_raw(exact.0))
    }

    pub(super) fn instrument(&mut self) -> Result<InstrumentId, Failure> {
        self.get().map(i32::cast_unsigned).map(InstrumentId)
    }

    pub(super) fn unsigned(&mut self) -> Result<u64, Failure> {
        self.get().map(i64::cast_unsigned)
    }

    /// A bigint that holds a smaller number.
    pub(super) fn small<T: TryFrom<i64, Error: Display>>(&mut self) -> Result<T, Failure> {
        let column = self.next;
        T::try_from(self.get()?).map_err(|error| self.unreadable(column, error))
    }

    /// See [`Columns::small`].
    pub(super) fn small_or_none<T: TryFrom<i64, Error: Display>>(&mut self) -> Result<Option<T>, Failure> {
        let column = self.next;
        let number: Option<i64> = self.get()?;
        number.map(T::try_from).transpose().map_err(|error| self.unreadable(column, error))
    }

    pub(super) fn uuid(&mut self) -> Result<Uuid, Failure> {
        self.get()
    }

    /// What was written with `Display`.
    pub(super) fn text<T: FromStr<Err: Display>>(&mut self) -> Result<T, Failure> {
        let column = self.next;
        let text: &str = self.get()?;
        text.parse().map_err(|error| self.unreadable(column, format!("`{text}` {error}")))
    }

    /// Text that `read` knows.
    pub(super) fn named<T>(&mut self, read: impl FnOnce(&str) -> Option<T>) -> Result<T, Failure> {
        let column = self.next;
        let text: &str = self.get()?;
        read(text).ok_or_else(|| self.unreadable(column, format!("`{text}` is not known")))
    }

    /// See [`Columns::named`].
    pub(super) fn named_or_none<T>(
        &mut self,
        read: impl FnOnce(&str) -> Option<T>,
    ) -> Result<Option<T>, Failure> {
        let column = self.next;
        let text: Option<&str> = self.get()?;
        let known =
            |text: &str| read(text).ok_or_else(|| self.unreadable(column, format!("`{text}` is not known")));
        text.map(known).transpose()
    }

    pub(super) fn unreadable(&self, column: usize, why: impl Display) -> Failure {
        let name = self.row.columns().get(column).map_or("?", |column| column.name());
        Failure::Unreadable(format!("the column {name} cannot be read: {why}"))
    }
}

/// What free text may hold, a text of PostgreSQL's may not: the sign for "nothing" takes the place of a zero byte.
pub(super) fn storable(text: &str) -> std::borrow::Cow<'_, str> {
    if text.contains('\0') { text.replace('\0', "\u{2400}").into() } else { text.into() }
}
