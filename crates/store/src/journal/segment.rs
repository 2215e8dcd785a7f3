//! Segments: their names, their headers and their order.

use std::fs::{self, File};
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use crate::StoreError;

const MAGIC: [u8; 8] = *b"BWJOURNL";
const FORMAT: u32 = 1;

/// Magic, format `u32 LE`, sequence of the first entry `u64 LE`, crc32 of all before `u32 LE`.
pub(super) const HEADER_BYTES: u64 = 24;
const HEADER_LENGTH: usize = 24;

/// A segment's file and the number of the first entry in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Segment {
    pub(super) number: u32,
    pub(super) path: PathBuf,
    /// `None` when the header was never written whole.
    pub(super) first_sequence: Option<u64>,
}

pub(super) fn path_of(directory: &Path, number: u32) -> PathBuf {
    directory.join(format!("{number:06}.journal"))
}

pub(super) fn header(first_sequence: u64) -> [u8; HEADER_LENGTH] {
    let mut bytes = [0; HEADER_LENGTH];
    bytes[..8].copy_from_slice(&MAGIC);
    bytes[8..12].copy_from_slice(&FORMAT.to_le_bytes());
    bytes[12..20].copy_from_slice(&first_sequence.to_le_bytes());
    let checksum = crc32fast::hash(&bytes[..20]);
    bytes[20..].copy_from_slice(&checksum.to_le_bytes());
    bytes
}

/// The segments of a directory in order. Only the last may lack its header.
///
/// # Errors
/// `Damaged` when one is missing or has a header of something else; `NotFound` without the directory.
pub(super) fn list(directory: &Path) -> Result<Vec<Segment>, StoreError> {
    let mut numbers = numbers(directory)?;
    numbers.sort_unstable();
    for (index, &number) in numbers.iter().enumerate() {
        if usize::try_from(number) != Ok(index + 1) {
            let what = format!("segment {:06} is missing; restore it from a backup", index + 1);
            return Err(StoreError::damaged(what).at(directory));
        }
    }
    let last = numbers.len();
    let segments = numbers.iter().map(|&number| {
        let path = path_of(directory, number);
        let first_sequence = read_header(&path)?;
        if first_sequence.is_none() && usize::try_from(number) != Ok(last) {
            return Err(not_ours(&path));
        }
        Ok(Segment { number, path, first_sequence })
    });
    segments.collect()
}

fn numbers(directory: &Path) -> Result<Vec<u32>, StoreError> {
    let failed = |error: io::Error| StoreError::io(&error, "listing the journal's segments", directory);
    let mut numbers = Vec::new();
    for entry in fs::read_dir(directory).map_err(failed)? {
        let name = entry.map_err(failed)?.file_name();
        let number = name.to_str().and_then(|name| name.strip_suffix(".journal"));
        numbers.extend(number.and_then(|number| number.parse::<u32>().ok()));
    }
    Ok(numbers)
}

/// The first sequence, or `None` when the file ends before the header does or the header was never written.
fn read_header(path: &Path) -> Result<Option<u64>, StoreError> {
    let failed = |error: io::Error| StoreError::io(&error, "reading a segment's header", path);
    let mut bytes = Vec::with_capacity(HEADER_LENGTH);
    File::open(path).map_err(failed)?.take(HEADER_BYTES).read_to_end(&mut bytes).map_err(failed)?;
    if bytes.len() < HEADER_LENGTH || bytes.iter().all(|&byte| byte == 0) {
        return Ok(None);
    }
    let first_sequence = bytes[12..20].iter().rev().fold(0, |value, &byte| (value << 8) | u64::from(byte));
    if bytes == header(first_sequence) {
        return Ok(Some(first_sequence));
    }
    Err(not_ours(path))
}

fn not_ours(path: &Path) -> StoreError {
    let what = format!(
        "byte 0: no header of a journal of format {FORMAT}; it is damaged or was written by another version. \
         Nothing was changed: restore the file from a backup"
    );
    StoreError::damaged(what).at(path)
}
