//! An interrupted run that starts over: the same is verified, another is refused.

use std::fs;

use engine::{Journal, JournalFault};

use super::world::{at, history, options, read, write, written};
use crate::{JournalOptions, ReplayJournal};

#[test]
fn a_run_resumes_where_it_was_interrupted() {
    let (entries, _) = history(4);
    let options = JournalOptions { segment_bytes: 900, ..options() };
    for done in [0, 1, 7, entries.len() / 2, entries.len() - 1, entries.len()] {
        let directory = tempfile::tempdir().unwrap();
        written(directory.path(), options, &entries[..done]);
        let (mut journal, report) = ReplayJournal::open(directory.path(), options).unwrap();
        assert_eq!(report.entries, done as u64);
        assert_eq!(journal.remaining(), done as u64);
        write(&mut journal, &entries);
        assert_eq!((journal.verified(), journal.remaining()), (done as u64, 0));
        drop(journal);
        assert_eq!(read(directory.path()), entries);
    }
}

#[test]
fn verifying_writes_nothing() {
    let (entries, _) = history(2);
    let directory = tempfile::tempdir().unwrap();
    written(directory.path(), options(), &entries);
    let segment = directory.path().join("000001.journal");
    let before = fs::read(&segment).unwrap();
    let (mut journal, _) = ReplayJournal::open(directory.path(), options()).unwrap();
    write(&mut journal, &entries[..entries.len() - 2]);
    assert_eq!(journal.remaining(), 2);
    drop(journal);
    assert_eq!(fs::read(&segment).unwrap(), before);
}

#[test]
fn a_run_with_other_inputs_is_refused_at_the_first_difference() {
    let (entries, _) = history(2);
    let directory = tempfile::tempdir().unwrap();
    written(directory.path(), options(), &entries);
    let (mut journal, _) = ReplayJournal::open(directory.path(), options()).unwrap();
    write(&mut journal, &entries[..9]);
    let mut other = entries[9].clone();
    other.time = at(999);
    assert_eq!(journal.append(&other), Err(JournalFault::Diverged { sequence: 10 }));
    drop(journal);
    assert_eq!(read(directory.path()), entries);
}
