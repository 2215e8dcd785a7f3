use std::fs::{self, File, OpenOptions, TryLockError};
use std::io;
use std::path::{Path, PathBuf};

use engine::{Entry, Journal, JournalFault, codec};

use super::disk::{Disk, RealDisk, SegmentFile, sync_directory};
use super::opening::{self, OpenReport};
use super::segment::{self, HEADER_BYTES};
use super::snapshot;
use crate::{StoreError, StoreErrorKind};

/// How much may wait for a commit before it is written through, in bytes.
const BUFFER_BYTES_MAX: usize = 1024 * 1024;

/// When a commit is durable.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sync {
    /// Survives a power cut: the disk is waited for.
    EveryCommit,
    /// Survives the end of the process; the system decides when it reaches the disk.
    System,
}

/// How a journal is kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct JournalOptions {
    pub sync: Sync,
    /// A new segment is begun before one grows past this, in bytes.
    pub segment_bytes: u64,
}

impl JournalOptions {
    /// 64 MiB.
    pub const SEGMENT_BYTES: u64 = 64 * 1024 * 1024;

    #[must_use]
    pub const fn new(sync: Sync) -> Self {
        Self { sync, segment_bytes: Self::SEGMENT_BYTES }
    }
}

/// The journal of one account in a directory of its own. One commit is one write: it is there whole or not.
///
/// After a failed write what the commit had begun is cut away again and nothing more is taken until
/// [`FileJournal::recover`]; entries since the last commit are gone, as the port says.
#[derive(Debug)]
pub struct FileJournal {
    directory: PathBuf,
    options: JournalOptions,
    disk: Box<dyn Disk>,
    file: Box<dyn SegmentFile>,
    segment: u32,
    /// Bytes of the segment up to the last commit, and up to the last write.
    committed: u64,
    written: u64,
    buffer: Vec<u8>,
    committed_sequence: u64,
    sequence: u64,
    failed: Option<JournalFault>,
    /// Released when the journal is dropped, however the process ends.
    _lock: File,
}

impl FileJournal {
    /// Opens the directory, or makes it; checks every frame and cuts what an interrupted write left.
    ///
    /// # Errors
    /// `Conflict` when another process holds the directory, `Damaged` with file and byte, `Full`.
    pub fn open(directory: &Path, options: JournalOptions) -> Result<(Self, OpenReport), StoreError> {
        Self::open_on(Box::new(RealDisk), directory, options)
    }

    pub(crate) fn open_on(
        disk: Box<dyn Disk>,
        directory: &Path,
        options: JournalOptions,
    ) -> Result<(Self, OpenReport), StoreError> {
        fs::create_dir_all(directory)
            .map_err(|error| StoreError::io(&error, "making the journal's directory", directory))?;
        let lock = lock(directory)?;
        let found = opening::check(directory, &*disk)?;
        let (segment, file, length) = match &found.last {
            Some(last) => (last.number, reopen(&*disk, &last.path)?, found.length),
            None => (1, begin_segment(&*disk, directory, 1, 1)?, HEADER_BYTES),
        };
        let entries = found.report.entries;
        snapshot::discard_after(directory, entries)?;
        let journal = Self {
            directory: directory.to_owned(),
            options,
            disk,
            file,
            segment,
            committed: length,
            written: length,
            buffer: Vec::with_capacity(4096),
            committed_sequence: entries,
            sequence: entries,
            failed: None,
            _lock: lock,
        };
        Ok((journal, found.report))
    }

    #[must_use]
    pub fn directory(&self) -> &Path {
        &self.directory
    }

    /// The last committed entry; zero when there is none.
    #[must_use]
    pub const fn committed_sequence(&self) -> u64 {
        self.committed_sequence
    }

    /// Takes up work after a fault, once its cause is gone; entries that were not committed are let go. The next
    /// entry must follow the returned sequence, the last one that is durable.
    ///
    /// # Errors
    /// As writing does, while the cause persists.
    pub fn recover(&mut self) -> Result<u64, StoreError> {
        if self.failed.is_some() || self.written != self.committed {
            let path = self.path();
            let failed = |error: io::Error| StoreError::io(&error, "recovering the journal", &path);
            self.file.truncate(self.committed).and_then(|()| self.file.sync()).map_err(failed)?;
        }
        self.forget_uncommitted();
        self.failed = None;
        Ok(self.committed_sequence)
    }

    fn forget_uncommitted(&mut self) {
        self.buffer.clear();
        self.written = self.committed;
        self.sequence = self.committed_sequence;
    }

    fn path(&self) -> PathBuf {
        segment::path_of(&self.directory, self.segment)
    }

    fn check_ready(&self) -> Result<(), JournalFault> {
        self.failed.clone().map_or(Ok(()), Err)
    }

    /// Writes the buffer out; a new segment is begun only between commits, so a commit never spans two.
    fn write_out(&mut self) -> Result<(), JournalFault> {
        let length = u64::try_from(self.buffer.len()).unwrap_or(u64::MAX);
        let would_be = self.written.saturating_add(length);
        let is_between_commits = self.written == self.committed && self.written > HEADER_BYTES;
        if is_between_commits && would_be > self.options.segment_bytes {
            self.rotate()?;
        }
        if let Err(error) = self.file.write_all(&self.buffer) {
            return Err(self.fail("writing", &error));
        }
        self.written = self.written.saturating_add(length);
        self.buffer.clear();
        Ok(())
    }

    fn rotate(&mut self) -> Result<(), JournalFault> {
        if let Err(error) = self.file.sync() {
            return Err(self.fail("closing a segment", &error));
        }
        let number = self.segment + 1;
        match begin_segment(&*self.disk, &self.directory, number, self.committed_sequence + 1) {
            Ok(file) => {
                self.file = file;
                self.segment = number;
                self.committed = HEADER_BYTES;
                self.written = HEADER_BYTES;
                Ok(())
            }
            Err(error) => Err(self.enter_fault(error.into_fault())),
        }
    }

    #[cold]
    fn fail(&mut self, doing: &str, error: &io::Error) -> JournalFault {
        let doing = format!("{doing} entry {} after byte {}", self.committed_sequence + 1, self.committed);
        let mut failure = StoreError::io(error, &doing, &self.path());
        if self.file.truncate(self.committed).is_err() {
            failure.what.push_str("; the half-written entry could not be cut away yet");
        }
        self.enter_fault(failure.into_fault())
    }

    fn enter_fault(&mut self, fault: JournalFault) -> JournalFault {
        self.forget_uncommitted();
        self.failed = Some(fault.clone());
        fault
    }
}

impl Journal for FileJournal {
    fn append(&mut self, entry: &Entry) -> Result<(), JournalFault> {
        self.check_ready()?;
        if entry.sequence <= self.sequence {
            return Err(JournalFault::Diverged { sequence: entry.sequence });
        }
        if entry.sequence != self.sequence + 1 {
            let what = format!("entry {} does not follow entry {}", entry.sequence, self.sequence);
            return Err(JournalFault::Unwritable(what));
        }
        codec::encode(entry, &mut self.buffer)
            .map_err(|reason| JournalFault::Unencodable { sequence: entry.sequence, reason })?;
        self.sequence = entry.sequence;
        if self.buffer.len() >= BUFFER_BYTES_MAX { self.write_out() } else { Ok(()) }
    }

    fn commit(&mut self) -> Result<(), JournalFault> {
        self.check_ready()?;
        if self.sequence == self.committed_sequence {
            return Ok(());
        }
        self.write_out()?;
        if self.options.sync == Sync::EveryCommit
            && let Err(error) = self.file.sync()
        {
            return Err(self.fail("syncing", &error));
        }
        self.committed = self.written;
        self.committed_sequence = self.sequence;
        Ok(())
    }
}

fn lock(directory: &Path) -> Result<File, StoreError> {
    let path = directory.join("lock");
    let failed = |error: io::Error| StoreError::io(&error, "locking the journal", &path);
    let file = OpenOptions::new().create(true).truncate(false).write(true).open(&path).map_err(failed)?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(TryLockError::WouldBlock) => {
            let what = "the journal is in use by another process; stop that one first";
            Err(StoreError::new(StoreErrorKind::Conflict, what).at(directory))
        }
        Err(TryLockError::Error(error)) => Err(failed(error)),
    }
}

fn reopen(disk: &dyn Disk, path: &Path) -> Result<Box<dyn SegmentFile>, StoreError> {
    disk.open(path).map_err(|error| StoreError::io(&error, "opening a segment", path))
}

/// A new segment with its header durable; nothing is left of one that could not be begun.
fn begin_segment(
    disk: &dyn Disk,
    directory: &Path,
    number: u32,
    first_sequence: u64,
) -> Result<Box<dyn SegmentFile>, StoreError> {
    let path = segment::path_of(directory, number);
    let begin = || {
        let mut file = disk.create(&path)?;
        file.write_all(&segment::header(first_sequence))?;
        file.sync()?;
        sync_directory(directory)?;
        Ok(file)
    };
    begin().map_err(|error: io::Error| {
        if let Err(left) = fs::remove_file(&path)
            && left.kind() != io::ErrorKind::NotFound
        {
            tracing::warn!(path = %path.display(), error = %left, "an unfinished segment stays behind");
        }
        StoreError::io(&error, "beginning a segment", &path)
    })
}
