//! A spool on the disk: where the batches of one lane wait for a sink that is away for longer than the queue holds.
//!
//! Segments of a few megabytes lie in a folder, numbered in the order in which they are read. A segment is a mark
//! and frames; a frame is a batch with its length and checksum. What a killed program was in the middle of writing
//! is cut off when the folder is opened again; a segment is deleted when it has been read through, so that after a
//! kill a part of one is delivered twice, which every sink takes without harm. One thread appends, another takes.

mod folder;
mod frame;
mod segment;

use std::collections::VecDeque;
use std::fs::File;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};

use domain::InstrumentId;
use metrics::{Gauge, gauge};
use thiserror::Error;

use crate::ledger::Hold;
use crate::names;
use crate::sink::{Consignment, SinkItem};
pub(crate) use folder::open_all;
use frame::{Frame, FrameFault};
use segment::Segment;

/// A new segment is begun when one is so long.
const SEGMENT_BYTES: u64 = 4 << 20;

/// Whether a spool can be used.
#[derive(Debug, Error)]
#[error("the spool in {}: {what}: {source}", folder.display())]
pub struct SpoolError {
    pub folder: PathBuf,
    pub what: &'static str,
    pub source: std::io::Error,
}

/// How much of the disk a spool may take.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct SpoolLimits {
    pub(crate) bytes_max: u64,
    pub(crate) segment_bytes: u64,
}

impl SpoolLimits {
    /// An equal share of so many bytes.
    pub(crate) fn sharing(bytes_max: u64, count: usize) -> Self {
        let share = bytes_max / (count as u64).max(1);
        Self { bytes_max: share, segment_bytes: SEGMENT_BYTES.min(share / 4).max(1) }
    }
}

/// The first frame that was not read before.
pub(crate) struct Taken {
    pub(crate) items: Vec<SinkItem>,
    /// For each item that could not be read and is gone the stream of its segment's first: its own is not known.
    pub(crate) damaged: Vec<InstrumentId>,
    pub(crate) mark: Mark,
}

/// Where the next frame begins.
pub(crate) struct Mark {
    segment: u64,
    offset: u64,
    items: u64,
}

/// One lane's spool.
pub(crate) struct Spool {
    files: Mutex<Files>,
    folder: PathBuf,
    limits: SpoolLimits,
    gauges: Gauges,
}

struct Gauges {
    items: Gauge,
    bytes: Gauge,
}

struct Files {
    /// In the order in which they are read.
    segments: VecDeque<Segment>,
    /// The last segment, if it was begun by this run and is not full.
    writer: Option<File>,
    /// Written, and not yet on the disk to stay.
    unsynced: Vec<File>,
    holds: Vec<Hold>,
    items: u64,
    bytes: u64,
}

impl Spool {
    /// Opens or makes the folder; torn ends are cut off.
    pub(crate) fn open(folder: &Path, sink: &str, limits: SpoolLimits) -> Result<Self, SpoolError> {
        let segments = folder::segments(folder)?;
        let labelled = |name: &'static str| gauge!(name, "sink" => sink.to_owned());
        let gauges = Gauges { items: labelled(names::SPOOL_ITEMS), bytes: labelled(names::SPOOL_BYTES) };
        let items = segments.iter().map(|segment| segment.items).sum();
        let bytes = segments.iter().map(|segment| segment.bytes).sum();
        gauges.items.increment(items as f64);
        gauges.bytes.increment(bytes as f64);
        let files = Files {
            segments: segments.into(),
            writer: None,
            unsynced: Vec::new(),
            holds: Vec::new(),
            items,
            bytes,
        };
        Ok(Self { files: Mutex::new(files), folder: folder.to_owned(), limits, gauges })
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.lock().segments.is_empty()
    }

    /// Items that wait.
    pub(crate) fn items(&self) -> u64 {
        self.lock().items
    }

    /// The streams of everything that waits, for whoever keeps account of it.
    pub(crate) fn streams(&self) -> Vec<InstrumentId> {
        let files = self.lock();
        files
            .segments
            .iter()
            .flat_map(|segment| segment.read_all(&self.folder))
            .map(|item| item.stream())
            .collect()
    }

    /// Puts a batch behind all others. It comes back when there is no room for it.
    pub(crate) fn append(&self, consignment: Consignment) -> Result<(), Consignment> {
        let frame = frame::encode(&consignment.items);
        let mut files = self.lock();
        if files.bytes.saturating_add(frame.len() as u64) > self.limits.bytes_max {
            return Err(consignment);
        }
        let items = consignment.items.len() as u64;
        match files.append(&self.folder, &frame, items, self.limits.segment_bytes) {
            Ok(()) => {
                files.holds.extend(consignment.hold);
                self.count(&mut files, items.cast_signed(), (frame.len() as u64).cast_signed());
                Ok(())
            }
            Err(error) => {
                tracing::error!(%error, folder = %self.folder.display(), "the spool cannot be written");
                Err(consignment)
            }
        }
    }

    /// Puts a batch before all others, however full it is. It comes back when it cannot be written.
    pub(crate) fn put_first(&self, consignment: Consignment) -> Result<(), Consignment> {
        let frame = frame::encode(&consignment.items);
        let mut files = self.lock();
        let number = files.segments.front().map_or(segment::FIRST, |front| front.number - 1);
        let items = consignment.items.len() as u64;
        match Segment::whole(&self.folder, number, &frame, items) {
            Ok((segment, file)) => {
                files.segments.push_front(segment);
                files.unsynced.push(file);
                files.holds.extend(consignment.hold);
                self.count(&mut files, items.cast_signed(), (frame.len() as u64).cast_signed());
                Ok(())
            }
            Err(error) => {
                tracing::error!(%error, folder = %self.folder.display(), "the spool cannot be written");
                Err(consignment)
            }
        }
    }

    /// Reads the first batch. It stays until it is [`Spool::done`].
    pub(crate) fn take(&self) -> Option<Taken> {
        let mut files = self.lock();
        let mut damaged = Vec::new();
        loop {
            let Some(front) = files.segments.front_mut() else {
                let mark = Mark { segment: 0, offset: 0, items: 0 };
                return (!damaged.is_empty()).then(|| Taken { items: Vec::new(), damaged, mark });
            };
            match front.next(&self.folder) {
                Ok(Frame { items, end }) => {
                    let mark = Mark { segment: front.number, offset: end, items: items.len() as u64 };
                    return Some(Taken { items, damaged, mark });
                }
                Err(fault) => {
                    let (number, all, whole) = (front.number, front.items, front.bytes);
                    let (lost, end) = match fault {
                        FrameFault::Damaged { end, items } => (items.min(all), end),
                        FrameFault::Torn(_) | FrameFault::Unreadable(_) => (all, whole),
                    };
                    tracing::error!(%fault, segment = number, items = lost, "the spool is damaged");
                    damaged.extend(std::iter::repeat_n(front.stream, usize::try_from(lost).unwrap_or(0)));
                    front.pass(end, lost);
                    let is_read = front.is_read();
                    self.count(&mut files, -lost.cast_signed(), 0);
                    if is_read {
                        self.remove_front(&mut files);
                    }
                }
            }
        }
    }

    /// The batch that was taken is safe elsewhere.
    pub(crate) fn done(&self, mark: Mark) {
        let mut files = self.lock();
        let Some(front) = files.segments.iter_mut().find(|segment| segment.number == mark.segment) else {
            return;
        };
        front.pass(mark.offset, mark.items);
        let is_read = front.is_read();
        self.count(&mut files, -mark.items.cast_signed(), 0);
        if is_read {
            self.remove_front(&mut files);
        }
    }

    /// Lets the oldest segment go, for newer ones. What was in it; `None` when there is nothing.
    pub(crate) fn drop_oldest(&self) -> Option<Vec<SinkItem>> {
        let mut files = self.lock();
        let front = files.segments.front()?;
        let gone = front.read_all(&self.folder);
        self.remove_front(&mut files);
        Some(gone)
    }

    /// Makes sure that what was appended stays. What it was held for may be released then.
    pub(crate) fn sync(&self) -> Vec<Hold> {
        let (written, holds) = {
            let mut files = self.lock();
            if files.holds.is_empty() && files.unsynced.is_empty() {
                return Vec::new();
            }
            let mut written = std::mem::take(&mut files.unsynced);
            written.extend(files.writer.as_ref().and_then(|file| file.try_clone().ok()));
            (written, std::mem::take(&mut files.holds))
        };
        let folder = File::open(&self.folder);
        let synced = written.iter().chain(folder.as_ref().ok()).try_for_each(File::sync_data);
        if let Err(error) = synced {
            tracing::error!(%error, folder = %self.folder.display(), "the spool may not be on the disk");
            let mut files = self.lock();
            files.unsynced.extend(written);
            files.holds.extend(holds);
            return Vec::new();
        }
        holds
    }

    fn remove_front(&self, files: &mut Files) {
        let Some(front) = files.segments.pop_front() else { return };
        if files.segments.is_empty() {
            files.writer = None;
        }
        self.count(files, -front.items.cast_signed(), -front.bytes.cast_signed());
        if let Err(error) = front.remove(&self.folder) {
            tracing::error!(%error, segment = front.number, "a segment that was read cannot be deleted");
        }
    }

    fn count(&self, files: &mut Files, items: i64, bytes: i64) {
        files.items = files.items.saturating_add_signed(items);
        files.bytes = files.bytes.saturating_add_signed(bytes);
        self.gauges.items.increment(items as f64);
        self.gauges.bytes.increment(bytes as f64);
    }

    /// No code that can panic runs under the lock.
    fn lock(&self) -> MutexGuard<'_, Files> {
        self.files.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Files {
    fn append(&mut self, folder: &Path, frame: &[u8], items: u64, segment_bytes: u64) -> std::io::Result<()> {
        let is_full = self.segments.back().is_none_or(|last| last.bytes >= segment_bytes);
        if is_full && let Some(full) = self.writer.take() {
            self.unsynced.push(full);
        }
        match (&mut self.writer, self.segments.back_mut()) {
            (Some(writer), Some(last)) => last.append(writer, frame, items),
            _ => {
                let number = self.segments.back().map_or(segment::FIRST, |last| last.number + 1);
                let (segment, file) = Segment::whole(folder, number, frame, items)?;
                self.segments.push_back(segment);
                self.writer = Some(file);
                Ok(())
            }
        }
    }
}

impl Drop for Spool {
    /// The gauges show what open spools hold.
    fn drop(&mut self) {
        let files = self.lock();
        self.gauges.items.decrement(files.items as f64);
        self.gauges.bytes.decrement(files.bytes as f64);
    }
}

#[cfg(test)]
mod tests;
