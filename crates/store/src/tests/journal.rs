//! A journal comes back as it was committed, whatever happens to its last bytes.

use std::fs;

use engine::{Journal, JournalFault};
use proptest::prelude::*;

use super::world::{at, history, options, read, write, written};
use crate::{FileJournal, JournalOptions, OpenReport, StoreErrorKind, Sync, journal};

const SEGMENT: &str = "000001.journal";

#[test]
fn what_was_committed_is_read_again() {
    let directory = tempfile::tempdir().unwrap();
    let (entries, _) = history(3);
    let (mut journal, report) =
        FileJournal::open(directory.path(), JournalOptions::new(Sync::EveryCommit)).unwrap();
    assert_eq!(report, OpenReport { entries: 0, torn_bytes_cut: 0 });
    write(&mut journal, &entries);
    assert_eq!(read(directory.path()), entries, "while it is open");
    drop(journal);
    assert_eq!(read(directory.path()), entries);
    let (journal, report) = FileJournal::open(directory.path(), options()).unwrap();
    assert_eq!(report.entries, entries.len() as u64);
    assert_eq!(journal.committed_sequence(), entries.len() as u64);
}

#[test]
fn nothing_is_written_before_its_commit() {
    let directory = tempfile::tempdir().unwrap();
    let (entries, _) = history(1);
    let (mut journal, _) = FileJournal::open(directory.path(), options()).unwrap();
    write(&mut journal, &entries[..4]);
    journal.append(&entries[4]).unwrap();
    drop(journal);
    assert_eq!(read(directory.path()), entries[..4]);
}

#[test]
fn a_cut_anywhere_in_the_last_frame_costs_that_entry_alone() {
    let (entries, _) = history(1);
    let kept = &entries[..entries.len() - 1];
    let whole = tempfile::tempdir().unwrap();
    written(whole.path(), options(), &entries);
    let bytes = fs::read(whole.path().join(SEGMENT)).unwrap();
    written(&whole.path().join("short"), options(), kept);
    let start = fs::read(whole.path().join("short").join(SEGMENT)).unwrap().len();
    for length in start..bytes.len() {
        let directory = tempfile::tempdir().unwrap();
        let segment = directory.path().join(SEGMENT);
        fs::write(&segment, &bytes[..length]).unwrap();
        assert_eq!(read(directory.path()), kept, "read beside a writer, cut at {length}");
        let (mut journal, report) = FileJournal::open(directory.path(), options()).unwrap();
        let torn_bytes_cut = (length - start) as u64;
        assert_eq!(report, OpenReport { entries: kept.len() as u64, torn_bytes_cut });
        write(&mut journal, &entries[kept.len()..]);
        assert_eq!(fs::read(&segment).unwrap(), bytes, "written again after a cut at {length}");
    }
}

#[test]
fn zeros_and_rubbish_at_the_end_are_cut() {
    let (entries, _) = history(1);
    for tail in [&[0u8; 4096][..], &[0xA5; 100], &[1, 0, 0, 0, 0, 0, 0, 0, 7]] {
        let directory = tempfile::tempdir().unwrap();
        written(directory.path(), options(), &entries);
        let segment = directory.path().join(SEGMENT);
        let mut bytes = fs::read(&segment).unwrap();
        bytes.extend_from_slice(tail);
        fs::write(&segment, &bytes).unwrap();
        let (_, report) = FileJournal::open(directory.path(), options()).unwrap();
        assert_eq!(report.torn_bytes_cut, tail.len() as u64);
        assert_eq!(read(directory.path()), entries);
    }
}

#[test]
fn a_flipped_bit_before_the_last_frame_is_an_error_that_changes_nothing() {
    let (entries, _) = history(1);
    let directory = tempfile::tempdir().unwrap();
    written(directory.path(), options(), &entries[..6]);
    let segment = directory.path().join(SEGMENT);
    let before_last = fs::read(&segment).unwrap().len();
    let (mut journal, _) = FileJournal::open(directory.path(), options()).unwrap();
    write(&mut journal, &entries[6..7]);
    drop(journal);
    let whole = fs::read(&segment).unwrap();
    for place in 0..before_last {
        let mut bytes = whole.clone();
        bytes[place] ^= 1 << (place % 8);
        fs::write(&segment, &bytes).unwrap();
        let error = FileJournal::open(directory.path(), options()).unwrap_err();
        assert_eq!(error.kind, StoreErrorKind::Damaged, "byte {place}");
        assert_eq!(error.path.as_deref(), Some(&*segment));
        assert!(error.what.contains("byte "), "{error}");
        assert_eq!(fs::read(&segment).unwrap(), bytes);
        let read = crate::entries(directory.path()).map(|entries| entries.filter(Result::is_err).count());
        assert!(matches!(read, Err(_) | Ok(1)), "byte {place} is not noticed by reading");
    }
}

#[test]
fn a_frame_of_an_unknown_form_is_not_cut() {
    let directory = tempfile::tempdir().unwrap();
    let (entries, _) = history(1);
    written(directory.path(), options(), &entries[..2]);
    let segment = directory.path().join(SEGMENT);
    let payload = [3u8, 0, 0xFF];
    let mut bytes = fs::read(&segment).unwrap();
    let end = bytes.len();
    bytes.extend_from_slice(&3u32.to_le_bytes());
    bytes.extend_from_slice(&crc32fast::hash(&payload).to_le_bytes());
    bytes.extend_from_slice(&payload);
    fs::write(&segment, &bytes).unwrap();
    let (journal, report) = FileJournal::open(directory.path(), options()).unwrap();
    assert_eq!((report.entries, report.torn_bytes_cut), (3, 0));
    drop(journal);
    let last = crate::entries(directory.path()).unwrap().last().unwrap().unwrap_err();
    assert!(last.what.contains(&format!("byte {end}")), "{last}");
}

#[test]
fn a_whole_frame_without_a_number_is_not_cut() {
    let directory = tempfile::tempdir().unwrap();
    let (entries, _) = history(1);
    written(directory.path(), options(), &entries[..2]);
    let segment = directory.path().join(SEGMENT);
    let payload = [0xFF; 12];
    let mut bytes = fs::read(&segment).unwrap();
    bytes.extend_from_slice(&12u32.to_le_bytes());
    bytes.extend_from_slice(&crc32fast::hash(&payload).to_le_bytes());
    bytes.extend_from_slice(&payload);
    fs::write(&segment, &bytes).unwrap();
    let error = FileJournal::open(directory.path(), options()).unwrap_err();
    assert_eq!(error.kind, StoreErrorKind::Damaged);
    assert_eq!(fs::read(&segment).unwrap(), bytes);
}

#[test]
fn segments_are_begun_before_they_grow_too_long() {
    let directory = tempfile::tempdir().unwrap();
    let (entries, _) = history(8);
    let options = JournalOptions { segment_bytes: 2000, ..options() };
    let half = entries.len() / 2;
    written(directory.path(), options, &entries[..half]);
    let (mut journal, report) = FileJournal::open(directory.path(), options).unwrap();
    assert_eq!(report.entries, half as u64);
    write(&mut journal, &entries[half..]);
    drop(journal);
    let lengths: Vec<u64> = (1..)
        .map_while(|number| fs::metadata(directory.path().join(format!("{number:06}.journal"))).ok())
        .map(|metadata| metadata.len())
        .collect();
    assert!(lengths.len() > 3, "{lengths:?}");
    assert!(lengths.iter().all(|length| *length <= 2000), "{lengths:?}");
    assert_eq!(read(directory.path()), entries);
    for sequence in [1, 2, half as u64, entries.len() as u64, entries.len() as u64 + 1] {
        let rest: Vec<_> =
            journal::entries_from(directory.path(), sequence).unwrap().map(Result::unwrap).collect();
        assert_eq!(rest, entries[usize::try_from(sequence).unwrap() - 1..]);
    }
}

#[test]
fn a_missing_segment_is_an_error() {
    let directory = tempfile::tempdir().unwrap();
    let (entries, _) = history(8);
    written(directory.path(), JournalOptions { segment_bytes: 1000, ..options() }, &entries);
    fs::remove_file(directory.path().join("000002.journal")).unwrap();
    let error = FileJournal::open(directory.path(), options()).unwrap_err();
    assert_eq!(error.kind, StoreErrorKind::Damaged);
    assert!(error.what.contains("000002 is missing"), "{error}");
}

#[test]
fn a_cut_at_the_end_of_an_earlier_segment_is_an_error() {
    let directory = tempfile::tempdir().unwrap();
    let (entries, _) = history(8);
    written(directory.path(), JournalOptions { segment_bytes: 1000, ..options() }, &entries);
    let segment = directory.path().join(SEGMENT);
    let bytes = fs::read(&segment).unwrap();
    fs::write(&segment, &bytes[..bytes.len() - 1]).unwrap();
    let error = FileJournal::open(directory.path(), options()).unwrap_err();
    assert_eq!(error.kind, StoreErrorKind::Damaged);
    assert_eq!(error.path.as_deref(), Some(&*segment));
}

#[test]
fn a_segment_whose_header_was_never_written_is_begun_again() {
    let (entries, _) = history(1);
    for header in [&[][..], &[0; 24], b"BWJOU"] {
        let directory = tempfile::tempdir().unwrap();
        written(directory.path(), options(), &entries[..5]);
        fs::write(directory.path().join("000002.journal"), header).unwrap();
        let (mut journal, report) = FileJournal::open(directory.path(), options()).unwrap();
        assert_eq!(report, OpenReport { entries: 5, torn_bytes_cut: header.len() as u64 });
        write(&mut journal, &entries[5..]);
        assert_eq!(read(directory.path()), entries);
    }
}

#[test]
fn a_file_of_something_else_is_refused() {
    let directory = tempfile::tempdir().unwrap();
    fs::write(directory.path().join(SEGMENT), "this is a letter to a friend, not a journal").unwrap();
    let error = FileJournal::open(directory.path(), options()).unwrap_err();
    assert_eq!(error.kind, StoreErrorKind::Damaged);
}

#[test]
fn one_writer_at_a_time() {
    let directory = tempfile::tempdir().unwrap();
    let (journal, _) = FileJournal::open(directory.path(), options()).unwrap();
    let error = FileJournal::open(directory.path(), options()).unwrap_err();
    assert_eq!(error.kind, StoreErrorKind::Conflict);
    assert!(error.what.contains("in use by another process"), "{error}");
    drop(journal);
    FileJournal::open(directory.path(), options()).unwrap();
}

#[test]
fn entries_come_one_after_the_other() {
    let directory = tempfile::tempdir().unwrap();
    let (mut entries, _) = history(1);
    let (mut journal, _) = FileJournal::open(directory.path(), options()).unwrap();
    write(&mut journal, &entries[..3]);
    assert_eq!(journal.append(&entries[2]), Err(JournalFault::Diverged { sequence: 3 }));
    assert!(matches!(journal.append(&entries[4]), Err(JournalFault::Unwritable(_))));
    entries[3].time = at(77);
    write(&mut journal, &entries[3..]);
    assert_eq!(read(directory.path()), entries);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(32))]

    #[test]
    fn any_commits_over_any_segments_read_back(
        commits in prop::collection::vec(1usize..9, 1..30),
        segment_bytes in 100u64..6000,
    ) {
        let directory = tempfile::tempdir().unwrap();
        let (entries, _) = history(6);
        let options = JournalOptions { segment_bytes, ..options() };
        let mut rest = &entries[..];
        for commit in commits {
            let (mut journal, report) = FileJournal::open(directory.path(), options).unwrap();
            prop_assert_eq!(report.entries, (entries.len() - rest.len()) as u64);
            let (now, later) = rest.split_at(commit.min(rest.len()));
            now.iter().for_each(|entry| journal.append(entry).unwrap());
            journal.commit().unwrap();
            rest = later;
        }
        prop_assert_eq!(read(directory.path()), &entries[..entries.len() - rest.len()]);
    }
}
