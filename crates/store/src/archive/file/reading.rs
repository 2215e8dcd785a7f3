use std::collections::BTreeMap;
use std::io::{self, Read};
use std::path::Path;

use flate2::read::GzDecoder;
use tar::{Archive, Entry, EntryType};

use super::entry::parts;
use super::journals::Arriving;
use super::{CONTENTS, Contents, FORMAT, JOURNALS, PIECE_BYTES_MAX, ROWS, SUMS, TEXT_BYTES_MAX, Totals};
use crate::archive::{Piece, Summing, Sums, Table, check_names};
use crate::{Store, StoreError};

/// What was restored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Restored {
    pub contents: Contents,
    pub sums: Sums,
    pub journal_files: usize,
}

/// Restores a backup into a database whose tables are empty or not there, and the journals into a folder that is
/// empty or not there; all of it, or nothing. An older backup's rows are brought to this program's version. `told`
/// hears how many more rows are read.
///
/// # Errors
/// `Conflict` when something is there already; `Damaged` for a file that is not whole or no backup; `Invalid` for one
/// of a newer program.
pub fn read(
    store: &Store,
    input: impl Read,
    journals: &Path,
    told: &mut dyn FnMut(u64),
) -> Result<Restored, StoreError> {
    let mut archive = Archive::new(GzDecoder::new(input));
    let mut entries = archive.entries().map_err(|error| broken(&error))?;
    let contents = contents(entries.next())?;
    store.make_room(contents.tables_version)?;
    let mut reading = Reading {
        tables: &contents.tables,
        summing: Some(Summing::of(&contents.tables)),
        journals: Arriving::towards(journals)?,
        hashes: BTreeMap::new(),
        sums: None,
    };
    let loaded = store.load(&contents.tables, &mut || {
        for entry in entries.by_ref() {
            if let Some(piece) = reading.entry(entry.map_err(|error| broken(&error))?, told)? {
                return Ok(Some(piece));
            }
        }
        reading.finish().map(|()| None)
    });
    if loaded.is_err() {
        reading.journals.take_back();
    }
    loaded?;
    let (sums, journal_files) = (reading.sums.take().unwrap_or_default(), reading.hashes.len());
    drop(reading);
    store.migrate_to(store.newest_version())?;
    Ok(Restored { contents, sums, journal_files })
}

fn contents<R: Read>(first: Option<io::Result<Entry<'_, R>>>) -> Result<Contents, StoreError> {
    let mut first = first.ok_or_else(|| not_one("it is empty"))?.map_err(|error| broken(&error))?;
    if parts(&first.path().map_err(|error| broken(&error))?).as_deref() != Some(&[CONTENTS.to_owned()]) {
        return Err(not_one("it does not begin with contents.json"));
    }
    let text = whole(&mut first, TEXT_BYTES_MAX)?;
    let contents: Contents = serde_json::from_slice(&text).map_err(|error| not_one(&error.to_string()))?;
    if contents.format != FORMAT {
        let what = format!(
            "the backup is of form {}, made by a newer program; this one reads {FORMAT}",
            contents.format
        );
        return Err(StoreError::invalid(what));
    }
    check_names(&contents.tables)?;
    Ok(contents)
}

/// What has come of a backup until now.
struct Reading<'a> {
    tables: &'a [Table],
    summing: Option<Summing>,
    journals: Arriving,
    hashes: BTreeMap<String, String>,
    /// None: the end has not come yet.
    sums: Option<Sums>,
}

impl Reading<'_> {
    fn entry<R: Read>(
        &mut self,
        mut entry: Entry<'_, R>,
        told: &mut dyn FnMut(u64),
    ) -> Result<Option<Piece>, StoreError> {
        let path = entry.path().map_err(|error| broken(&error))?.into_owned();
        let unknown = || not_one(&format!("`{}` does not belong into one", path.display()));
        if entry.header().entry_type() != EntryType::Regular || self.sums.is_some() {
            return Err(unknown());
        }
        let names = parts(&path).ok_or_else(unknown)?;
        match names.iter().map(String::as_str).collect::<Vec<_>>()[..] {
            [ROWS, table, _] => {
                let table = self.tables.iter().position(|known| known.name == table).ok_or_else(unknown)?;
                let lines = whole(&mut entry, PIECE_BYTES_MAX)?;
                told(self.add_lines(table, &lines)?);
                Ok(Some(Piece { table, lines }))
            }
            [JOURNALS, account, segment] => {
                let length = entry.size();
                let hash = self.journals.put(account, segment, entry, length)?;
                self.hashes.insert(format!("{JOURNALS}/{account}/{segment}"), hash);
                Ok(None)
            }
            [SUMS] => self.check(&whole(&mut entry, TEXT_BYTES_MAX)?).map(|()| None),
            _ => Err(unknown()),
        }
    }

    /// How many they are.
    fn add_lines(&mut self, table: usize, lines: &[u8]) -> Result<u64, StoreError> {
        let lines = lines.strip_suffix(b"\n").ok_or_else(|| not_one("a line has no end"))?;
        let mut rows = 0;
        for line in lines.split(|byte| *byte == b'\n') {
            rows += 1;
            if let Some(summing) = &mut self.summing {
                summing.add(table, line);
            }
        }
        Ok(rows)
    }

    fn check(&mut self, text: &[u8]) -> Result<(), StoreError> {
        let said: Totals = serde_json::from_slice(text).map_err(|error| not_one(&error.to_string()))?;
        let sums = self.summing.take().map(|summing| summing.finish(self.tables)).unwrap_or_default();
        let differs = sums.iter().zip(&said.tables).find(|(is, said)| is != said);
        if let Some((is, said)) = differs {
            let what =
                format!("{} has {} rows, {} were written, or they differ", is.table, is.rows, said.rows);
            return Err(not_one(&what));
        }
        if sums.len() != said.tables.len() || self.hashes != said.journals {
            return Err(not_one("what it holds is not what was written"));
        }
        self.sums = Some(sums);
        Ok(())
    }

    fn finish(&mut self) -> Result<(), StoreError> {
        if self.sums.is_none() {
            return Err(not_one("its end is missing"));
        }
        self.journals.bring_home()
    }
}

fn whole(entry: &mut impl Read, most: u64) -> Result<Vec<u8>, StoreError> {
    let mut bytes = Vec::new();
    entry.take(most + 1).read_to_end(&mut bytes).map_err(|error| broken(&error))?;
    if u64::try_from(bytes.len()).is_ok_and(|length| length > most) {
        return Err(not_one("a part of it is too large"));
    }
    Ok(bytes)
}

fn broken(error: &io::Error) -> StoreError {
    not_one(&format!("it cannot be read: {error}"))
}

fn not_one(why: &str) -> StoreError {
    StoreError::damaged(format!("this is no whole backup: {why}; use another one"))
}
