use std::fs::{self, OpenOptions};
use std::io::Write;
use std::path::{Path, PathBuf};

use domain::{InstrumentId, StreamPosition};
use tempfile::TempDir;

use super::{Spool, SpoolLimits, open_all};
use crate::ledger::Ledger;
use crate::sink::tests::script::{batch, trade};
use crate::sink::{Consignment, SinkItem};

const LIMITS: SpoolLimits = SpoolLimits { bytes_max: 1 << 20, segment_bytes: 200 };

fn spool(folder: &TempDir) -> Spool {
    Spool::open(&folder.path().join("0"), "test", LIMITS).unwrap()
}

fn plain(id: u64, count: usize) -> Consignment {
    Consignment { items: batch(id, count), hold: None }
}

/// Everything in its order, taken out.
fn drain(spool: &Spool) -> Vec<SinkItem> {
    let mut all = Vec::new();
    while let Some(taken) = spool.take() {
        assert!(taken.damaged.is_empty());
        all.extend(taken.items);
        spool.done(taken.mark);
    }
    all
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let mut files: Vec<PathBuf> =
        fs::read_dir(folder.join("0")).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    files
}

#[test]
fn batches_come_back_in_their_order_and_leave_no_file() {
    let folder = tempfile::tempdir().unwrap();
    let spool = spool(&folder);
    (0..50).for_each(|id| spool.append(plain(id, 3)).unwrap());
    assert!(files(folder.path()).len() > 5, "several segments");
    assert_eq!(spool.items(), 150);
    let expected: Vec<SinkItem> = (0..50).flat_map(|id| batch(id, 3)).collect();
    assert_eq!(drain(&spool), expected);
    assert!(spool.is_empty() && spool.items() == 0);
    assert_eq!(files(folder.path()), [] as [PathBuf; 0]);
}

#[test]
fn what_is_taken_and_not_done_comes_again() {
    let folder = tempfile::tempdir().unwrap();
    let spool = spool(&folder);
    spool.append(plain(1, 1)).unwrap();
    for _ in 0..2 {
        assert_eq!(spool.take().unwrap().items, batch(1, 1));
    }
}

#[test]
fn appending_goes_on_while_the_same_segment_is_read() {
    let folder = tempfile::tempdir().unwrap();
    let spool =
        Spool::open(&folder.path().join("0"), "test", SpoolLimits { segment_bytes: 1 << 20, ..LIMITS })
            .unwrap();
    spool.append(plain(1, 1)).unwrap();
    let first = spool.take().unwrap();
    spool.append(plain(2, 1)).unwrap();
    spool.done(first.mark);
    assert_eq!(drain(&spool), batch(2, 1));
    spool.append(plain(3, 1)).unwrap();
    assert_eq!(drain(&spool), batch(3, 1), "a new segment after the old one went");
}

#[test]
fn a_killed_programs_torn_end_is_cut_and_the_rest_is_whole() {
    let folder = tempfile::tempdir().unwrap();
    let first = spool(&folder);
    (0..5).for_each(|id| first.append(plain(id, 2)).unwrap());
    drop(first);
    let last = files(folder.path()).pop().unwrap();
    let whole = fs::read(&last).unwrap();
    let mut longest = 0;
    // Every length that the kill may have left.
    for cut in 0..whole.len() {
        fs::write(&last, &whole[..cut]).unwrap();
        let again = spool(&folder);
        let kept = drain_without_done(&again);
        let all: Vec<SinkItem> = (0..5).flat_map(|id| batch(id, 2)).collect();
        assert!(all.starts_with(&kept) && kept.len() >= longest, "{cut}: {} items", kept.len());
        longest = kept.len();
        again.append(plain(9, 1)).unwrap();
        drop(again);
        let files = files(folder.path());
        let added: Vec<&PathBuf> = files.iter().filter(|file| **file > last).collect();
        added.iter().for_each(|file| fs::remove_file(file).unwrap());
    }
    assert_eq!(longest, 8, "one byte is missing of the last batch");
}

fn drain_without_done(spool: &Spool) -> Vec<SinkItem> {
    let streams = spool.streams().len();
    let files = spool.files.lock().unwrap();
    let all: Vec<SinkItem> =
        files.segments.iter().flat_map(|segment| segment.read_all(&spool.folder)).collect();
    assert_eq!(all.len(), streams);
    all
}

#[test]
fn a_damaged_batch_is_counted_and_those_around_it_are_read() {
    let folder = tempfile::tempdir().unwrap();
    let limits = SpoolLimits { segment_bytes: 1 << 20, ..LIMITS };
    let first = Spool::open(&folder.path().join("0"), "test", limits).unwrap();
    (0..3).for_each(|id| first.append(plain(id, 4)).unwrap());
    drop(first);
    let file = files(folder.path()).pop().unwrap();
    let mut bytes = fs::read(&file).unwrap();
    let middle = bytes.len() / 2;
    bytes[middle] ^= 0x40;
    fs::write(&file, bytes).unwrap();
    let again = Spool::open(&folder.path().join("0"), "test", limits).unwrap();
    assert_eq!(again.items(), 12);
    let one = again.take().unwrap();
    assert_eq!((one.items, one.damaged.len()), (batch(0, 4), 0));
    again.done(one.mark);
    let two = again.take().unwrap();
    assert_eq!((two.items, two.damaged), (batch(2, 4), vec![InstrumentId(0); 4]));
    again.done(two.mark);
    assert!(again.is_empty() && again.items() == 0);
}

#[test]
fn a_full_spool_hands_the_batch_back_and_lets_the_oldest_go_when_asked() {
    let folder = tempfile::tempdir().unwrap();
    let limits = SpoolLimits { bytes_max: 400, segment_bytes: 100 };
    let spool = Spool::open(&folder.path().join("0"), "test", limits).unwrap();
    let mut id = 0;
    let back = loop {
        match spool.append(plain(id, 1)) {
            Ok(()) => id += 1,
            Err(back) => break back,
        }
    };
    assert!(id > 3 && back.items == batch(id, 1));
    let gone = spool.drop_oldest().unwrap();
    assert_eq!(gone, (0..gone.len() as u64).flat_map(|id| batch(id, 1)).collect::<Vec<_>>());
    spool.append(back).unwrap();
    let left = drain(&spool);
    assert_eq!(gone.len() + left.len(), usize::try_from(id).unwrap() + 1);
    assert_eq!(left.last(), batch(id, 1).last());
}

#[test]
fn what_is_put_first_is_read_first() {
    let folder = tempfile::tempdir().unwrap();
    let first = spool(&folder);
    first.append(plain(5, 1)).unwrap();
    first.put_first(plain(4, 1)).unwrap();
    first.put_first(plain(3, 1)).unwrap();
    drop(first);
    let expected: Vec<SinkItem> = (3..=5).flat_map(|id| batch(id, 1)).collect();
    assert_eq!(drain(&spool(&folder)), expected);
}

#[test]
fn a_batch_may_be_acknowledged_when_it_is_on_the_disk_to_stay() {
    let (folder, ledger) = (tempfile::tempdir().unwrap(), Ledger::new(4));
    let spool = spool(&folder);
    let ticket = ledger.open(StreamPosition { stream: 0, offset: 7 }, std::time::Duration::ZERO).unwrap();
    let hold = Some(ledger.hold(ticket));
    ledger.close(ticket);
    spool.append(Consignment { items: batch(1, 1), hold }).unwrap();
    assert!(ledger.settled().is_empty());
    spool.sync().into_iter().for_each(|hold| ledger.release(hold));
    assert_eq!(ledger.settled().len(), 1);
    assert!(spool.sync().is_empty(), "once");
}

#[test]
fn files_of_more_lanes_than_now_are_read_before_the_others() {
    let folder = tempfile::tempdir().unwrap();
    let open = |count| open_all(folder.path(), "test", count, LIMITS, |_| {}).unwrap();
    for (lane, spool) in open(4).iter().enumerate() {
        spool.append(Consignment { items: vec![trade(lane as u64, 0)], hold: None }).unwrap();
    }
    let found = std::cell::Cell::new(0);
    let fewer = open_all(folder.path(), "test", 2, LIMITS, |streams| found.set(found.get() + streams.len()));
    let fewer = fewer.unwrap();
    assert_eq!(found.get(), 4);
    assert_eq!(drain(&fewer[0]), [trade(2, 0), trade(0, 0)]);
    assert_eq!(drain(&fewer[1]), [trade(3, 0), trade(1, 0)]);
    assert!(open(4).iter().all(|spool| spool.is_empty()));
}

#[test]
fn a_foreign_file_is_left_alone() {
    let folder = tempfile::tempdir().unwrap();
    fs::create_dir_all(folder.path().join("0")).unwrap();
    let note = folder.path().join("0/note.txt");
    OpenOptions::new().create(true).append(true).open(&note).unwrap().write_all(b"hello").unwrap();
    assert!(spool(&folder).is_empty());
    assert!(note.exists());
}
