//! A disk that is full or fails: nothing that was committed suffers, and work goes on when it can.

use std::fs::{File, OpenOptions};
use std::io;
use std::path::Path;
use std::sync::{Arc, Mutex};

use engine::{Journal, JournalFault};

use super::world::{history, options, read, write};
use crate::journal::{Disk, SegmentFile};
use crate::{FileJournal, JournalOptions, StoreErrorKind, Sync};

#[derive(Debug)]
struct Space {
    bytes: usize,
    sync_fails: bool,
}

/// A disk with so much space and no more.
#[derive(Debug, Clone)]
struct SmallDisk(Arc<Mutex<Space>>);

impl SmallDisk {
    fn of(bytes: usize) -> Self {
        Self(Arc::new(Mutex::new(Space { bytes, sync_fails: false })))
    }

    fn set(&self, bytes: usize, sync_fails: bool) {
        *self.0.lock().unwrap() = Space { bytes, sync_fails };
    }

    fn wrap(&self, file: File) -> Box<dyn SegmentFile> {
        Box::new(SmallFile { file, disk: self.clone() })
    }
}

impl Disk for SmallDisk {
    fn create(&self, path: &Path) -> io::Result<Box<dyn SegmentFile>> {
        Ok(self.wrap(File::create(path)?))
    }

    fn open(&self, path: &Path) -> io::Result<Box<dyn SegmentFile>> {
        Ok(self.wrap(OpenOptions::new().append(true).open(path)?))
    }
}

#[derive(Debug)]
struct SmallFile {
    file: File,
    disk: SmallDisk,
}

impl SegmentFile for SmallFile {
    /// As much as there is space for, and then the error: what a real disk does.
    fn write_all(&mut self, bytes: &[u8]) -> io::Result<()> {
        let mut space = self.disk.0.lock().unwrap();
        let fits = bytes.len().min(space.bytes);
        SegmentFile::write_all(&mut self.file, &bytes[..fits])?;
        space.bytes -= fits;
        if fits < bytes.len() { Err(io::ErrorKind::StorageFull.into()) } else { Ok(()) }
    }

    fn sync(&mut self) -> io::Result<()> {
        if self.disk.0.lock().unwrap().sync_fails {
            return Err(io::Error::other("the disk went away"));
        }
        SegmentFile::sync(&mut self.file)
    }

    fn truncate(&mut self, length: u64) -> io::Result<()> {
        SegmentFile::truncate(&mut self.file, length)
    }
}

#[test]
fn wherever_the_disk_is_full_the_committed_entries_stay_and_work_goes_on() {
    let (entries, _) = history(1);
    for bytes in (24..1400).step_by(7) {
        let directory = tempfile::tempdir().unwrap();
        let disk = SmallDisk::of(bytes);
        let (mut journal, _) =
            FileJournal::open_on(Box::new(disk.clone()), directory.path(), options()).unwrap();
        let mut fault = None;
        for entry in &entries {
            journal.append(entry).unwrap();
            fault = journal.commit().err();
            if fault.is_some() {
                break;
            }
        }
        let Some(fault) = fault else { continue };
        let JournalFault::Full(text) = &fault else { panic!("{fault}") };
        assert!(text.contains("disk full") && text.contains("000001.journal"), "{text}");
        let committed = usize::try_from(journal.committed_sequence()).unwrap();
        assert_eq!(read(directory.path()), entries[..committed]);
        assert_eq!(journal.append(&entries[committed]), Err(fault.clone()), "until it recovered");
        assert_eq!(journal.commit(), Err(fault));

        disk.set(1 << 20, false);
        assert_eq!(journal.recover(), Ok(committed as u64));
        write(&mut journal, &entries[committed..]);
        assert_eq!(read(directory.path()), entries);
        drop(journal);
        let (_, report) = FileJournal::open(directory.path(), options()).unwrap();
        assert_eq!((report.entries, report.torn_bytes_cut), (entries.len() as u64, 0));
    }
}

#[test]
fn a_disk_that_is_full_at_a_new_segment_leaves_the_old_one() {
    let (entries, _) = history(3);
    let directory = tempfile::tempdir().unwrap();
    let disk = SmallDisk::of(1 << 20);
    let options = JournalOptions { segment_bytes: 1500, ..options() };
    let (mut journal, _) = FileJournal::open_on(Box::new(disk.clone()), directory.path(), options).unwrap();
    let mut at = 0;
    while !directory.path().join("000002.journal").exists() {
        write(&mut journal, &entries[at..=at]);
        at += 1;
    }
    drop(journal);
    std::fs::remove_file(directory.path().join("000002.journal")).unwrap();

    let (mut journal, report) =
        FileJournal::open_on(Box::new(disk.clone()), directory.path(), options).unwrap();
    disk.set(10, false);
    let committed = usize::try_from(report.entries).unwrap();
    journal.append(&entries[committed]).unwrap();
    assert!(matches!(journal.commit(), Err(JournalFault::Full(_))));
    assert!(!directory.path().join("000002.journal").exists());
    disk.set(1 << 20, false);
    journal.recover().unwrap();
    write(&mut journal, &entries[committed..]);
    assert_eq!(read(directory.path()), entries);
}

#[test]
fn an_entry_whose_sync_failed_is_not_there() {
    let (entries, _) = history(1);
    let directory = tempfile::tempdir().unwrap();
    let disk = SmallDisk::of(1 << 20);
    let options = JournalOptions::new(Sync::EveryCommit);
    let (mut journal, _) = FileJournal::open_on(Box::new(disk.clone()), directory.path(), options).unwrap();
    write(&mut journal, &entries[..3]);
    disk.set(1 << 20, true);
    journal.append(&entries[3]).unwrap();
    assert!(matches!(journal.commit(), Err(JournalFault::Unwritable(_))));
    assert_eq!(read(directory.path()), entries[..3]);
    assert_eq!(journal.recover().unwrap_err().kind, StoreErrorKind::Transient);
    disk.set(1 << 20, false);
    assert_eq!(journal.recover(), Ok(3));
    write(&mut journal, &entries[3..]);
    assert_eq!(read(directory.path()), entries);
}

#[test]
fn a_commit_larger_than_the_buffer_is_whole_or_not_there() {
    let (entries, _) = history(1);
    let directory = tempfile::tempdir().unwrap();
    let disk = SmallDisk::of(1 << 30);
    let (mut journal, _) = FileJournal::open_on(Box::new(disk.clone()), directory.path(), options()).unwrap();
    write(&mut journal, &entries[..1]);
    let note = "x".repeat(300_000);
    let long = |sequence| engine::Entry {
        sequence,
        time: entries[0].time,
        record: engine::Record::Resumed { note: note.clone() },
    };
    (2..8).for_each(|sequence| journal.append(&long(sequence)).unwrap());
    disk.set(100, false);
    assert!(matches!(journal.commit(), Err(JournalFault::Full(_))));
    assert_eq!(read(directory.path()), entries[..1]);
    disk.set(1 << 30, false);
    journal.recover().unwrap();
    (2..8).for_each(|sequence| journal.append(&long(sequence)).unwrap());
    journal.commit().unwrap();
    assert_eq!(read(directory.path()).len(), 7);
}

#[test]
fn recovering_lets_go_of_what_was_not_committed() {
    let (entries, _) = history(1);
    let directory = tempfile::tempdir().unwrap();
    let (mut journal, _) = FileJournal::open(directory.path(), options()).unwrap();
    write(&mut journal, &entries[..3]);
    journal.append(&entries[3]).unwrap();
    assert_eq!(journal.recover(), Ok(3));
    write(&mut journal, &entries[3..]);
    assert_eq!(read(directory.path()), entries);
}
