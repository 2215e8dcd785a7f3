//! Reading frames off a segment with the memory of one frame, and telling an interrupted write from damage.

use std::fs::File;
use std::io::{self, BufReader, Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};

use engine::codec::{self, Damage};

use super::segment::{HEADER_BYTES, Segment};
use crate::StoreError;

/// Length and checksum before each payload, as `engine::codec` frames them.
const FRAME_HEADER_BYTES: usize = 8;

/// What comes next in a segment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Next {
    /// A whole frame with this entry's sequence; its bytes are in [`SegmentReader::frame`].
    Frame(u64),
    End,
    Damaged(Damage),
}

/// Frames of one segment, one after the other.
#[derive(Debug)]
pub(super) struct SegmentReader {
    file: BufReader<File>,
    path: PathBuf,
    /// Where the next frame begins, in bytes from the start of the file.
    offset: u64,
    frame: Vec<u8>,
}

impl SegmentReader {
    pub(super) fn open(segment: &Segment) -> Result<Self, StoreError> {
        let failed = |error: io::Error| StoreError::io(&error, "opening a segment", &segment.path);
        let mut file = BufReader::with_capacity(256 * 1024, File::open(&segment.path).map_err(failed)?);
        file.seek(SeekFrom::Start(HEADER_BYTES)).map_err(failed)?;
        Ok(Self { file, path: segment.path.clone(), offset: HEADER_BYTES, frame: Vec::new() })
    }

    pub(super) fn frame(&self) -> &[u8] {
        &self.frame
    }

    pub(super) const fn offset(&self) -> u64 {
        self.offset
    }

    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    pub(super) fn next(&mut self) -> Result<Next, StoreError> {
        self.fill_frame().map_err(|error| StoreError::io(&error, "reading a segment", &self.path))?;
        let next = match codec::split_frame(&self.frame) {
            Ok(None) => Next::End,
            Err(damage) => Next::Damaged(damage),
            Ok(Some(_)) => sequence_of(&self.frame).map_or(Next::Damaged(Damage::Form), Next::Frame),
        };
        if let Next::Frame(_) = next {
            self.offset = self.offset.saturating_add(u64::try_from(self.frame.len()).unwrap_or(u64::MAX));
        }
        Ok(next)
    }

    /// Reads the frame that was damaged once more: whoever writes may have been in the middle of it.
    pub(super) fn next_again(&mut self) -> Result<Next, StoreError> {
        let sought = self.file.seek(SeekFrom::Start(self.offset));
        sought.map_err(|error| StoreError::io(&error, "reading a segment", &self.path))?;
        self.next()
    }

    /// Reads the next frame, or as much of it as there is. A length past the limit is not followed.
    fn fill_frame(&mut self) -> io::Result<()> {
        self.frame.clear();
        let header = FRAME_HEADER_BYTES as u64;
        self.file.by_ref().take(header).read_to_end(&mut self.frame)?;
        match payload_length(&self.frame) {
            Some(length) if length <= codec::PAYLOAD_BYTES_MAX => {
                let length = u64::try_from(length).unwrap_or(u64::MAX);
                self.file.by_ref().take(length).read_to_end(&mut self.frame).map(drop)
            }
            _ => Ok(()),
        }
    }

    /// Whether a whole entry past `sequence` stands anywhere behind the damage at [`Self::offset`]. If so, the
    /// damage is no interrupted write, for nothing is written after one.
    pub(super) fn entries_follow(&self, sequence: u64) -> Result<bool, StoreError> {
        let failed = |error: io::Error| StoreError::io(&error, "looking behind damage", &self.path);
        let mut file = File::open(&self.path).map_err(failed)?;
        file.seek(SeekFrom::Start(self.offset)).map_err(failed)?;
        let mut rest = Vec::new();
        file.read_to_end(&mut rest).map_err(failed)?;
        let farthest = sequence.saturating_add(u64::try_from(rest.len()).unwrap_or(u64::MAX));
        let expected = sequence.saturating_add(1)..=farthest;
        Ok((1..rest.len()).any(|start| {
            let bytes = &rest[start..];
            // The cheap test comes first: few places read as a sequence that could come here.
            sequence_of(bytes).is_some_and(|found| expected.contains(&found)) && is_entry(bytes)
        }))
    }
}

fn is_entry(bytes: &[u8]) -> bool {
    let frame = codec::split_frame(bytes).ok().flatten();
    frame.is_some_and(|(frame, _)| codec::decode_frame(frame).is_ok())
}

fn payload_length(frame: &[u8]) -> Option<usize> {
    let length = frame.first_chunk::<4>()?;
    usize::try_from(u32::from_le_bytes(*length)).ok()
}

/// The sequence is the first thing in a payload.
fn sequence_of(frame: &[u8]) -> Option<u64> {
    let payload = frame.get(FRAME_HEADER_BYTES..)?;
    postcard::take_from_bytes::<u64>(payload).ok().map(|(sequence, _)| sequence)
}
