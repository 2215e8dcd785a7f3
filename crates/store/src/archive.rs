//! A whole database as text, the same whatever database it was: for backups, for moving from one kind of database to
//! another, and for saying whether two hold the same rows.
//!
//! A row is a line of columns with tabs between them, in the order of the table's key. A column that holds nothing is
//! `\N`; text has `\\`, `\b`, `\f`, `\n`, `\r`, `\t` and `\v` escaped: what PostgreSQL's COPY reads and writes. Numbers
//! are decimal and exact, without zeros that say nothing; ids are UUIDs; truths are `t` and `f`.

mod file;
mod line;
mod sums;
mod table;

pub use file::{Contents, Restored, read, write};
pub use sums::{Sums, TableSum};
pub use table::{Column, Kind, Table};

pub(crate) use line::{
    Field, Fields, NOTHING, is_decimal, push_decimal, push_text, trimmed, unescaped, unreadable,
};
pub(crate) use sums::Summing;
pub(crate) use table::{check_names, tables};

use crate::StoreError;

/// Rows of one table, as lines that each end with `\n`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Piece {
    /// Its place among the tables.
    pub(crate) table: usize,
    pub(crate) lines: Vec<u8>,
}

/// Is handed a table's place and a row's line, without its end.
pub(crate) type Take<'a> = &'a mut dyn FnMut(usize, &[u8]) -> Result<(), StoreError>;

/// Hands out what is to be stored. Its end may be a refusal: then nothing is stored.
pub(crate) type Pieces<'a> = &'a mut dyn FnMut() -> Result<Option<Piece>, StoreError>;

#[cfg(test)]
mod tests;
