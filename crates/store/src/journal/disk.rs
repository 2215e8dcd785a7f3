//! The few things a journal asks of a disk, so that tests can put a full or failing one in its place.

use std::fmt::Debug;
use std::fs::{File, OpenOptions};
use std::io::{self, Seek, SeekFrom, Write};
use std::path::Path;

/// One open segment. Writes go to the end.
pub(crate) trait SegmentFile: Debug + Send {
    fn write_all(&mut self, bytes: &[u8]) -> io::Result<()>;

    fn sync(&mut self) -> io::Result<()>;

    /// Cuts the file; the next write follows the cut.
    fn truncate(&mut self, length: u64) -> io::Result<()>;
}

pub(crate) trait Disk: Debug + Send {
    /// A new, empty file in the place of any other.
    fn create(&self, path: &Path) -> io::Result<Box<dyn SegmentFile>>;

    /// An existing file, to be written from its end.
    fn open(&self, path: &Path) -> io::Result<Box<dyn SegmentFile>>;
}

/// The disk itself.
#[derive(Debug)]
pub(super) struct RealDisk;

impl Disk for RealDisk {
    fn create(&self, path: &Path) -> io::Result<Box<dyn SegmentFile>> {
        Ok(Box::new(File::create(path)?))
    }

    fn open(&self, path: &Path) -> io::Result<Box<dyn SegmentFile>> {
        let mut file = OpenOptions::new().write(true).open(path)?;
        file.seek(SeekFrom::End(0))?;
        Ok(Box::new(file))
    }
}

impl SegmentFile for File {
    fn write_all(&mut self, bytes: &[u8]) -> io::Result<()> {
        Write::write_all(self, bytes)
    }

    fn sync(&mut self) -> io::Result<()> {
        self.sync_data()
    }

    fn truncate(&mut self, length: u64) -> io::Result<()> {
        self.set_len(length)?;
        self.seek(SeekFrom::Start(length)).map(drop)
    }
}

/// Makes the names in a directory durable, where the system can.
pub(super) fn sync_directory(directory: &Path) -> io::Result<()> {
    if cfg!(unix) { File::open(directory)?.sync_all() } else { Ok(()) }
}
