use std::fs::{File, OpenOptions};
use std::io::{self, Write};
use std::os::unix::fs::FileExt;
use std::path::{Path, PathBuf};

use domain::InstrumentId;

use super::frame::{self, Frame, FrameFault, HEAD_BYTES};
use crate::sink::SinkItem;

/// A number in the middle: segments come before it as well as after it.
pub(super) const FIRST: u64 = 1 << 32;

/// What a file begins with: the name and the version of the form.
const MARK: &[u8; 8] = b"bwspool1";

/// One file of a spool.
#[derive(Debug)]
pub(super) struct Segment {
    pub(super) number: u64,
    /// Whole frames, and the mark before them.
    pub(super) bytes: u64,
    /// Those that were not passed.
    pub(super) items: u64,
    /// Of its first item.
    pub(super) stream: InstrumentId,
    /// Where the next frame to be read begins.
    offset: u64,
    reader: Option<File>,
}

impl Segment {
    pub(super) fn path(folder: &Path, number: u64) -> PathBuf {
        folder.join(format!("{number:020}.spool"))
    }

    /// A new file with one frame.
    pub(super) fn whole(folder: &Path, number: u64, frame: &[u8], items: u64) -> io::Result<(Self, File)> {
        let path = Self::path(folder, number);
        let mut file = OpenOptions::new().append(true).create_new(true).open(&path)?;
        let mut segment = Self::empty(number);
        let written = file.write_all(MARK).and_then(|()| segment.append(&mut file, frame, items));
        if let Err(error) = written {
            // An unfinished file would be taken for one at the next start.
            std::fs::remove_file(&path)?;
            return Err(error);
        }
        Ok((segment, file))
    }

    const fn empty(number: u64) -> Self {
        let start = MARK.len() as u64;
        Self { number, bytes: start, items: 0, stream: InstrumentId(0), offset: start, reader: None }
    }

    /// Reads a file of an earlier run through. A torn end is cut off.
    pub(super) fn known(folder: &Path, number: u64) -> io::Result<Self> {
        let path = Self::path(folder, number);
        let file = OpenOptions::new().read(true).write(true).open(&path)?;
        let length = file.metadata()?.len();
        let mut segment = Self::empty(number);
        segment.bytes = length;
        loop {
            match read(&file, segment.offset, length) {
                Ok(Some(Frame { items, end })) => {
                    if segment.items == 0 {
                        segment.stream = items.first().map_or(InstrumentId(0), SinkItem::stream);
                    }
                    segment.items += items.len() as u64;
                    segment.offset = end;
                }
                Ok(None) => break,
                // What follows is whole, perhaps; what is damaged is told when it would be delivered.
                Err(FrameFault::Damaged { end, items }) if end < length => {
                    segment.items += items;
                    segment.offset = end;
                }
                Err(fault) => {
                    let cut = length - segment.offset.min(length);
                    tracing::warn!(%fault, bytes = cut, file = %path.display(), "cut an unfinished end off the spool");
                    segment.bytes = segment.offset.max(MARK.len() as u64);
                    file.set_len(segment.bytes)?;
                    break;
                }
            }
        }
        segment.offset = MARK.len() as u64;
        Ok(segment)
    }

    /// Adds a frame. What could be written of one that failed is taken back.
    pub(super) fn append(&mut self, file: &mut File, frame: &[u8], items: u64) -> io::Result<()> {
        if let Err(error) = file.write_all(frame) {
            file.set_len(self.bytes)?;
            return Err(error);
        }
        if self.items == 0 {
            let first = frame.get(8..).and_then(|bytes| frame::decode(bytes, crc32fast::hash(bytes)));
            self.stream = first.and_then(|items| items.first().map(SinkItem::stream)).unwrap_or(self.stream);
        }
        self.bytes += frame.len() as u64;
        self.items += items;
        Ok(())
    }

    /// The next frame that was not passed.
    pub(super) fn next(&mut self, folder: &Path) -> Result<Frame, FrameFault> {
        if self.reader.is_none() {
            self.reader = Some(File::open(Self::path(folder, self.number))?);
        }
        let Some(reader) = &self.reader else { return Err(FrameFault::Torn(self.offset)) };
        read(reader, self.offset, self.bytes)?.ok_or(FrameFault::Torn(self.offset))
    }

    pub(super) const fn pass(&mut self, offset: u64, items: u64) {
        self.offset = offset;
        self.items = self.items.saturating_sub(items);
    }

    pub(super) const fn is_read(&self) -> bool {
        self.offset >= self.bytes
    }

    /// Every item that was not passed and can be read.
    pub(super) fn read_all(&self, folder: &Path) -> Vec<SinkItem> {
        let (mut all, mut offset) = (Vec::new(), self.offset);
        let Ok(file) = File::open(Self::path(folder, self.number)) else { return all };
        while let Ok(Some(Frame { items, end })) = read(&file, offset, self.bytes) {
            all.extend(items);
            offset = end;
        }
        all
    }

    pub(super) fn remove(&self, folder: &Path) -> io::Result<()> {
        std::fs::remove_file(Self::path(folder, self.number))
    }
}

/// The frame at `offset` of a file whose whole frames end at `end`; `None` there.
fn read(file: &File, offset: u64, end: u64) -> Result<Option<Frame>, FrameFault> {
    if offset >= end {
        return Ok(None);
    }
    let left = usize::try_from(end - offset).unwrap_or(usize::MAX);
    let mut head = [0; HEAD_BYTES];
    if left < HEAD_BYTES {
        return Err(FrameFault::Torn(offset));
    }
    file.read_exact_at(&mut head, offset)?;
    let (length, checksum, count) = frame::head(&head).ok_or(FrameFault::Torn(offset))?;
    if left - HEAD_BYTES < length {
        return Err(FrameFault::Torn(offset));
    }
    let mut bytes = vec![0; 4 + length];
    file.read_exact_at(&mut bytes, offset + 8)?;
    let end = offset + (HEAD_BYTES + length) as u64;
    let damaged = FrameFault::Damaged { end, items: u64::from(count) };
    frame::decode(&bytes, checksum).map(|items| Some(Frame { items, end })).ok_or(damaged)
}
