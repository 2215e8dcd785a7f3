//! Opening a journal: every frame is checked, and what an interrupted write left at the very end is cut.

use std::fs;
use std::io;
use std::path::Path;

use engine::codec::Damage;

use super::disk::Disk;
use super::frames::{Next, SegmentReader};
use super::segment::{self, Segment};
use crate::StoreError;

/// What opening found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OpenReport {
    /// Whole entries, which is also the sequence of the last one.
    pub entries: u64,
    /// Bytes of an interrupted write that were cut from the end; zero after a clean stop.
    pub torn_bytes_cut: u64,
}

/// Where writing goes on.
#[derive(Debug)]
pub(super) struct Found {
    /// `None` when there is no segment yet.
    pub(super) last: Option<Segment>,
    /// Bytes of the last segment that hold.
    pub(super) length: u64,
    pub(super) report: OpenReport,
}

/// Checks all segments and cuts the torn end.
///
/// # Errors
/// `Damaged` names the file and the byte; nothing has been changed then.
pub(super) fn check(directory: &Path, disk: &dyn Disk) -> Result<Found, StoreError> {
    let mut segments = segment::list(directory)?;
    let mut report = OpenReport { entries: 0, torn_bytes_cut: 0 };
    if let Some(headless) = segments.pop_if(|segment| segment.first_sequence.is_none()) {
        report.torn_bytes_cut = length_of(&headless.path)?;
        fs::remove_file(&headless.path)
            .map_err(|error| StoreError::io(&error, "removing a segment without a header", &headless.path))?;
    }
    let mut length = 0;
    for (index, segment) in segments.iter().enumerate() {
        let end = scan(segment, &mut report.entries, index + 1 == segments.len())?;
        length = end;
    }
    let last = segments.pop();
    if let Some(last) = &last {
        report.torn_bytes_cut += cut(disk, &last.path, length)?;
    }
    Ok(Found { last, length, report })
}

/// The end of the last whole frame; counts the entries on.
fn scan(segment: &Segment, entries: &mut u64, is_last: bool) -> Result<u64, StoreError> {
    if segment.first_sequence != Some(*entries + 1) {
        return Err(out_of_order(&segment.path, 0, *entries));
    }
    let mut reader = SegmentReader::open(segment)?;
    loop {
        let offset = reader.offset();
        match reader.next()? {
            Next::Frame(sequence) if sequence == *entries + 1 => *entries = sequence,
            Next::Frame(_) => return Err(out_of_order(&segment.path, offset, *entries)),
            Next::End => return Ok(offset),
            Next::Damaged(damage) if is_last && is_torn(&reader, damage, *entries)? => return Ok(offset),
            Next::Damaged(damage) => return Err(damaged(&segment.path, offset, damage, *entries)),
        }
    }
}

/// Whether damage at the reader's place is an interrupted write: the last thing in the file, and no whole
/// frame whose entry this program merely does not know.
pub(super) fn is_torn(reader: &SegmentReader, damage: Damage, entries: u64) -> Result<bool, StoreError> {
    let is_empty_frame = reader.frame().iter().all(|&byte| byte == 0);
    if damage == Damage::Form && !is_empty_frame {
        return Ok(false);
    }
    reader.entries_follow(entries).map(|follow| !follow)
}

pub(super) fn damaged(path: &Path, offset: u64, damage: Damage, entries: u64) -> StoreError {
    let what = format!(
        "byte {offset}: {damage}, and this is no interrupted write. Nothing was changed and entries 1 to \
         {entries} are whole: restore the file from a backup, or move the directory aside to begin anew"
    );
    StoreError::damaged(what).at(path)
}

fn out_of_order(path: &Path, offset: u64, entries: u64) -> StoreError {
    let what = format!(
        "byte {offset}: the next entry is not number {}; a segment was replaced or removed. Nothing was \
         changed: restore the directory from a backup",
        entries + 1
    );
    StoreError::damaged(what).at(path)
}

fn length_of(path: &Path) -> Result<u64, StoreError> {
    fs::metadata(path)
        .map(|metadata| metadata.len())
        .map_err(|error| StoreError::io(&error, "measuring a segment", path))
}

fn cut(disk: &dyn Disk, path: &Path, length: u64) -> Result<u64, StoreError> {
    let torn = length_of(path)?.saturating_sub(length);
    if torn > 0 {
        let failed = |error: io::Error| StoreError::io(&error, "cutting an interrupted write", path);
        let mut file = disk.open(path).map_err(failed)?;
        file.truncate(length).and_then(|()| file.sync()).map_err(failed)?;
        tracing::warn!(path = %path.display(), bytes = torn, "cut an interrupted write off the journal");
    }
    Ok(torn)
}
