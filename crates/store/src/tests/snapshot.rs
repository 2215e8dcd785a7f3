//! A state comes back the same from a snapshot or without one, and a bad snapshot is no harm.

use std::fs;
use std::path::Path;

use domain::{AccountId, TenantId};
use engine::{Cell, Entry, Record, State};
use uuid::Uuid;

use super::world::{Idle, Pier, cell, essence, history, opening, options, read, trade, written};
use crate::journal::{SNAPSHOTS_KEPT, load_latest, save};
use crate::{FileJournal, StoreErrorKind, recover};

/// The state after the first `count` entries.
fn state_at(entries: &[Entry], count: usize) -> State {
    engine::recover(entries[..count].iter().cloned()).unwrap()
}

fn snapshots(directory: &Path) -> Vec<String> {
    let names =
        fs::read_dir(directory).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap());
    let mut names: Vec<_> = names.filter(|name| name.starts_with("snapshot-")).collect();
    names.sort();
    names
}

#[test]
fn nothing_makes_nothing() {
    let directory = tempfile::tempdir().unwrap();
    assert!(recover(&directory.path().join("nowhere")).unwrap().is_none());
    assert!(recover(directory.path()).unwrap().is_none());
    FileJournal::open(directory.path(), options()).unwrap();
    assert!(recover(directory.path()).unwrap().is_none());
}

#[test]
fn a_snapshot_shortens_recovery_and_changes_nothing() {
    let (entries, state) = history(3);
    let directory = tempfile::tempdir().unwrap();
    written(directory.path(), options(), &entries);
    let whole = recover(directory.path()).unwrap().unwrap();
    assert_eq!((whole.from_snapshot, whole.entries_folded), (None, entries.len() as u64));
    assert_eq!(essence(&whole.state), essence(&state_at(&entries, entries.len())));
    assert_eq!(whole.state.sequence(), state.sequence());
    for count in [1, entries.len() / 2, entries.len()] {
        save(directory.path(), &state_at(&entries, count)).unwrap();
        let short = recover(directory.path()).unwrap().unwrap();
        assert_eq!(short.from_snapshot, Some(count as u64));
        assert_eq!(short.entries_folded, (entries.len() - count) as u64);
        assert_eq!(essence(&short.state), essence(&whole.state));
    }
}

#[test]
fn the_last_two_snapshots_stay() {
    let (entries, _) = history(2);
    let directory = tempfile::tempdir().unwrap();
    for count in [3, 9, 10, 12] {
        save(directory.path(), &state_at(&entries, count)).unwrap();
    }
    assert_eq!(snapshots(directory.path()), ["snapshot-10.state", "snapshot-12.state"]);
    assert_eq!(SNAPSHOTS_KEPT, 2);
    assert_eq!(load_latest(directory.path()).unwrap().unwrap().sequence(), 12);
}

#[test]
fn damage_at_any_byte_falls_back() {
    let (entries, _) = history(1);
    let directory = tempfile::tempdir().unwrap();
    written(directory.path(), options(), &entries);
    save(directory.path(), &state_at(&entries, 4)).unwrap();
    let newest = save(directory.path(), &state_at(&entries, 8)).unwrap();
    let whole = fs::read(&newest).unwrap();
    for place in 0..whole.len() {
        let mut bytes = whole.clone();
        bytes[place] ^= 0x10;
        fs::write(&newest, &bytes).unwrap();
        assert_eq!(load_latest(directory.path()).unwrap().unwrap().sequence(), 4, "byte {place}");
    }
    fs::write(&newest, &whole[..whole.len() / 2]).unwrap();
    let recovered = recover(directory.path()).unwrap().unwrap();
    assert_eq!(recovered.from_snapshot, Some(4));
    assert_eq!(recovered.state.sequence(), entries.len() as u64);
    fs::write(directory.path().join("snapshot-4.state"), "").unwrap();
    assert!(load_latest(directory.path()).unwrap().is_none());
    assert_eq!(recover(directory.path()).unwrap().unwrap().from_snapshot, None);
}

#[test]
fn a_snapshot_ahead_of_its_journal_is_not_believed() {
    let (entries, _) = history(1);
    let directory = tempfile::tempdir().unwrap();
    written(directory.path(), options(), &entries[..6]);
    save(directory.path(), &state_at(&entries, 3)).unwrap();
    save(directory.path(), &state_at(&entries, 9)).unwrap();
    let recovered = recover(directory.path()).unwrap().unwrap();
    assert_eq!((recovered.from_snapshot, recovered.state.sequence()), (Some(3), 6));
    FileJournal::open(directory.path(), options()).unwrap();
    assert_eq!(snapshots(directory.path()), ["snapshot-3.state"], "its entries may be written anew");
}

#[test]
fn entries_that_do_not_fit_are_damage() {
    let (mut entries, _) = history(1);
    let place = entries.iter().position(|entry| matches!(entry.record, Record::Submitted { .. })).unwrap();
    entries[place].record = Record::CancelRequested(domain::OrderId(77));
    let directory = tempfile::tempdir().unwrap();
    written(directory.path(), options(), &entries);
    let error = recover(directory.path()).unwrap_err();
    assert_eq!(error.kind, StoreErrorKind::Damaged);
    assert!(error.what.contains(&format!("entry {} does not fit", place + 1)), "{error}");
}

#[test]
fn a_cell_goes_on_from_what_was_recovered() {
    let directory = tempfile::tempdir().unwrap();
    let (journal, _) = FileJournal::open(directory.path(), options()).unwrap();
    let mut before = cell(opening(TenantId(Uuid::from_u128(1)), AccountId(Uuid::from_u128(2))), journal, ());
    trade(&mut before, 0);
    save(directory.path(), before.state()).unwrap();
    drop(before);

    let (journal, _) = FileJournal::open(directory.path(), options()).unwrap();
    let recovered = recover(directory.path()).unwrap().unwrap();
    let mut after = Cell::new(recovered.state, Idle, Pier::after(2), journal, ());
    trade(&mut after, 1);
    assert_eq!(read(directory.path()).len() as u64, after.state().sequence());
    let filled = after.state().orders().ended().filter(|order| order.filled.is_positive()).count();
    assert_eq!(filled, 2, "an order is filled before the restart and one after it");
}
