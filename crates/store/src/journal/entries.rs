//! A journal read from disk, entry by entry, beside whoever writes it.

use std::collections::VecDeque;
use std::path::Path;

use engine::{Entry, codec};

use super::frames::{Next, SegmentReader};
use super::opening::{damaged, is_torn};
use super::segment::{self, Segment};
use crate::StoreError;

/// Frames across segments. An interrupted write at the very end is the end.
#[derive(Debug)]
pub(super) struct Frames {
    segments: VecDeque<Segment>,
    reader: Option<SegmentReader>,
    last: u64,
}

impl Frames {
    /// From the segment that holds `sequence` on, so the first frames may lie before it.
    pub(super) fn from(directory: &Path, sequence: u64) -> Result<Self, StoreError> {
        let mut segments: VecDeque<Segment> = segment::list(directory)?.into();
        segments.retain(|segment| segment.first_sequence.is_some());
        while segments.get(1).and_then(|next| next.first_sequence).is_some_and(|first| first <= sequence) {
            segments.pop_front();
        }
        let last = segments.front().and_then(|segment| segment.first_sequence).unwrap_or(1).saturating_sub(1);
        Ok(Self { segments, reader: None, last })
    }

    /// The next frame and its entry's sequence.
    pub(super) fn next(&mut self) -> Result<Option<(u64, &[u8])>, StoreError> {
        loop {
            let reader = match &mut self.reader {
                Some(reader) => reader,
                None => match self.segments.pop_front() {
                    Some(segment) => self.reader.insert(SegmentReader::open(&segment)?),
                    None => return Ok(None),
                },
            };
            let mut next = reader.next()?;
            if let Next::Damaged(damage) = next {
                if self.segments.is_empty() && is_torn(reader, damage, self.last)? {
                    return Ok(None);
                }
                next = reader.next_again()?;
            }
            match next {
                Next::Frame(sequence) => {
                    self.last = sequence;
                    break;
                }
                Next::End => self.reader = None,
                Next::Damaged(damage) => {
                    return Err(damaged(reader.path(), reader.offset(), damage, self.last));
                }
            }
        }
        Ok(self.reader.as_ref().map(|reader| (self.last, reader.frame())))
    }

    fn next_entry(&mut self, from: u64) -> Result<Option<Entry>, StoreError> {
        while let Some((sequence, frame)) = self.next()? {
            if sequence < from {
                continue;
            }
            let entry = codec::decode_frame(frame);
            let Some(reader) = &self.reader else { return Ok(None) };
            let start = reader.offset().saturating_sub(u64::try_from(reader.frame().len()).unwrap_or(0));
            return entry.map(Some).map_err(|damage| damaged(reader.path(), start, damage, sequence - 1));
        }
        Ok(None)
    }
}

/// The entries of a journal in order, with the memory of one. After an error there are no more.
#[derive(Debug)]
pub struct Entries {
    frames: Option<Frames>,
    from: u64,
}

impl Iterator for Entries {
    type Item = Result<Entry, StoreError>;

    fn next(&mut self) -> Option<Self::Item> {
        let next = self.frames.as_mut()?.next_entry(self.from).transpose();
        if !matches!(next, Some(Ok(_))) {
            self.frames = None;
        }
        next
    }
}

/// Reads a journal from its first entry. It may be read while it is written: an entry that is not written
/// whole yet is the end.
///
/// # Errors
/// `NotFound` without the directory; `Damaged` when a segment is missing. Items fail as damage is met.
pub fn entries(directory: &Path) -> Result<Entries, StoreError> {
    entries_from(directory, 1)
}

/// As [`entries`], from the entry with that sequence on; whole segments before it are not read.
///
/// # Errors
/// See [`entries`].
pub fn entries_from(directory: &Path, sequence: u64) -> Result<Entries, StoreError> {
    Ok(Entries { frames: Some(Frames::from(directory, sequence)?), from: sequence })
}
