use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::Table;

/// How many rows a table has, and what they say.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TableSum {
    pub table: String,
    pub rows: u64,
    /// SHA-256 of the rows' lines in the order of the key, in hexadecimal. Equal rows have equal sums, whatever
    /// database they lie in.
    pub hash: String,
}

/// Of every table, in the tables' order.
pub type Sums = Vec<TableSum>;

/// Sums that are being made.
pub(crate) struct Summing(Vec<(u64, Sha256)>);

impl Summing {
    pub(crate) fn of(tables: &[Table]) -> Self {
        Self(tables.iter().map(|_| (0, Sha256::new())).collect())
    }

    /// A row's line without its end.
    pub(crate) fn add(&mut self, table: usize, line: &[u8]) {
        if let Some((rows, hash)) = self.0.get_mut(table) {
            *rows += 1;
            hash.update(line);
            hash.update(b"\n");
        }
    }

    pub(crate) fn finish(self, tables: &[Table]) -> Sums {
        let sum = |(table, (rows, hash)): (&Table, (u64, Sha256))| TableSum {
            table: table.name.clone(),
            rows,
            hash: hash.finalize().iter().map(|byte| format!("{byte:02x}")).collect(),
        };
        tables.iter().zip(self.0).map(sum).collect()
    }
}
