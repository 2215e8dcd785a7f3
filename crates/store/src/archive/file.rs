//! A backup: one gzipped tar that any tool opens. `contents.json` says what is in it, `rows/<table>/<number>.tsv` are
//! the rows, `journals/<account>/<segment>` the accounts' journals, and `sums.json`, last, what all of it must add up to.

mod entry;
mod journals;
mod reading;
mod writing;

pub use reading::{Restored, read};
pub use writing::write;

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::{Sums, Table};

/// The form of the file.
const FORMAT: u32 = 1;

const CONTENTS: &str = "contents.json";
const SUMS: &str = "sums.json";
const ROWS: &str = "rows";
const JOURNALS: &str = "journals";

/// Rows are cut into pieces of about so many bytes; a larger one, or a row that large, was not written here.
const PIECE_BYTES: usize = 4 << 20;
const PIECE_BYTES_MAX: u64 = 256 << 20;

/// Of what is read whole beside the rows.
const TEXT_BYTES_MAX: u64 = 16 << 20;

/// What a backup holds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Contents {
    pub format: u32,
    /// Of the tables, see [`crate::Store::migrations`].
    pub tables_version: u32,
    /// The program that wrote it.
    pub program: String,
    /// Milliseconds since 1970.
    pub made_ms: i64,
    pub tables: Vec<Table>,
}

/// What a whole backup adds up to.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Totals {
    tables: Sums,
    /// SHA-256 of each file of a journal, by its path in the backup.
    journals: BTreeMap<String, String>,
}
