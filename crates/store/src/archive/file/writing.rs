use std::io::Write;
use std::path::Path;

use domain::Timestamp;
use flate2::Compression;
use flate2::write::GzEncoder;
use tar::Builder;

use super::entry::add;
use super::journals::add_journals;
use super::{CONTENTS, Contents, FORMAT, PIECE_BYTES, ROWS, SUMS, Totals};
use crate::archive::{Summing, Sums, Table};
use crate::{Store, StoreError};

/// Writes a backup of all rows, as of one moment, and of the journals below a folder, while work goes on. The
/// journals are read after the rows, so that they know at least what the rows know. `told` hears how many more rows
/// are written.
///
/// # Errors
/// [`StoreError`]; what was written until then is no backup. `Invalid` for tables of an older program.
pub fn write<W: Write>(
    store: &Store,
    journals: &Path,
    out: W,
    now: Timestamp,
    told: &mut dyn FnMut(u64),
) -> Result<(W, Sums), StoreError> {
    let made_ms = now.millis();
    store.check_newest()?;
    let contents = Contents {
        format: FORMAT,
        tables_version: store.newest_version(),
        program: format!("bellwether {}", env!("CARGO_PKG_VERSION")),
        made_ms,
        tables: crate::archive::tables(),
    };
    let mut tar = Builder::new(GzEncoder::new(out, Compression::fast()));
    let failed =
        |error: std::io::Error| StoreError::io(&error, "writing the backup", Path::new("the backup"));
    add(&mut tar, CONTENTS, &json(&contents)?, made_ms).map_err(failed)?;
    let mut rows = Rows {
        tar: &mut tar,
        tables: &contents.tables,
        made_ms,
        told,
        place: 0,
        part: 0,
        rows: 0,
        lines: Vec::new(),
    };
    let mut summing = Summing::of(&contents.tables);
    store.dump(&contents.tables, &mut |table, line| {
        summing.add(table, line);
        rows.push(table, line).map_err(failed)
    })?;
    rows.flush().map_err(failed)?;
    let journals = add_journals(&mut tar, journals, made_ms)?;
    let totals = Totals { tables: summing.finish(&contents.tables), journals };
    add(&mut tar, SUMS, &json(&totals)?, made_ms).map_err(failed)?;
    let out = tar.into_inner().and_then(GzEncoder::finish).map_err(failed)?;
    Ok((out, totals.tables))
}

fn json(value: &impl serde::Serialize) -> Result<Vec<u8>, StoreError> {
    serde_json::to_vec_pretty(value).map_err(|error| StoreError::invalid(error.to_string()))
}

/// Lines that become files of one table each.
struct Rows<'a, W: Write> {
    tar: &'a mut Builder<W>,
    tables: &'a [Table],
    made_ms: i64,
    told: &'a mut dyn FnMut(u64),
    place: usize,
    part: u32,
    /// In the piece that is being made.
    rows: u64,
    lines: Vec<u8>,
}

impl<W: Write> Rows<'_, W> {
    fn push(&mut self, table: usize, line: &[u8]) -> std::io::Result<()> {
        if table != self.place {
            self.flush()?;
            (self.place, self.part) = (table, 0);
        }
        self.lines.extend_from_slice(line);
        self.lines.push(b'\n');
        self.rows += 1;
        if self.lines.len() < PIECE_BYTES { Ok(()) } else { self.flush() }
    }

    fn flush(&mut self) -> std::io::Result<()> {
        if self.lines.is_empty() {
            return Ok(());
        }
        self.part += 1;
        let name = format!("{ROWS}/{}/{:06}.tsv", self.tables[self.place].name, self.part);
        add(self.tar, &name, &self.lines, self.made_ms)?;
        self.lines.clear();
        (self.told)(std::mem::take(&mut self.rows));
        Ok(())
    }
}
