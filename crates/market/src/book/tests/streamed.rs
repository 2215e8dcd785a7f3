//! Venues whose snapshots come in the stream, and whose checksums referee the book.

use domain::{BookChecksum, DepthUpdate, Side};

use super::{INSTRUMENT, level, snapshot, update};
use crate::book::{BookBuilder, BookChange, BookRules, ChecksumRule, IgnoreReason, SequenceRule};

fn builder(sequence: SequenceRule) -> BookBuilder {
    let rules = BookRules { sequence, depth_max: Some(3), checksum: Some(ChecksumRule::Interleaved) };
    BookBuilder::new(INSTRUMENT, rules)
}

fn summed(mut update: DepthUpdate, value: u32) -> DepthUpdate {
    update.checksum = Some(BookChecksum { value, price_decimals: 9, quantity_decimals: 0 });
    update
}

#[test]
fn a_snapshot_in_the_stream_replaces_the_book_whatever_its_number() {
    let mut builder = builder(SequenceRule::Streamed);
    let early = builder.on_update(&update(7, 7, None, &[level(11, 1)], &[]));
    assert_eq!(early, BookChange::Ignored(IgnoreReason::AwaitsSnapshot));
    assert_eq!(
        builder.on_snapshot(&snapshot(100, &[level(10, 1)], &[level(20, 1)])),
        BookChange::Synchronised
    );
    assert_eq!(
        builder.on_update(&update(101, 101, None, &[], &[])),
        BookChange::Updated { top_changed: false }
    );
    // The venue's service began anew.
    assert_eq!(builder.on_snapshot(&snapshot(1, &[level(12, 1)], &[level(13, 1)])), BookChange::Synchronised);
    assert_eq!(builder.book().unwrap().level_count(Side::Sell), 1);
    assert_eq!(builder.on_update(&update(2, 2, None, &[], &[])), BookChange::Updated { top_changed: false });
    let gap = builder.on_update(&update(4, 4, None, &[], &[]));
    assert_eq!(gap, BookChange::Gap { expected: 3, found: 4 });
    assert!(builder.book().is_none());
}

#[test]
fn the_book_is_cut_to_the_venues_depth_before_it_is_summed() {
    let mut builder = builder(SequenceRule::Unnumbered);
    builder.on_snapshot(&snapshot(0, &[level(10, 1), level(9, 1), level(8, 1)], &[]));
    let sum = crc32fast::hash(b"0.000000011:2:0.000000010:1:0.000000009:1");
    let update = update(0, 0, None, &[level(11, 2)], &[]);
    let change = builder.on_update(&summed(update, sum));
    assert_eq!(change, BookChange::Updated { top_changed: true });
    assert_eq!(builder.book().unwrap().level_count(Side::Buy), 3);
    assert_eq!((builder.counts().checksums_agree, builder.counts().checksums_disagree), (1, 0));
}

#[test]
fn a_wrong_sum_costs_the_book_until_the_sum_itself_is_doubted() {
    let mut builder = builder(SequenceRule::Unnumbered);
    let whole = snapshot(0, &[level(10, 1)], &[level(20, 1)]);
    for _ in 0..2 {
        assert_eq!(builder.on_snapshot(&whole), BookChange::Synchronised);
        let change = builder.on_update(&summed(update(0, 0, None, &[], &[]), 7));
        assert!(matches!(change, BookChange::ChecksumMismatch { expected: 7, .. }), "{change:?}");
        assert!(builder.book().is_none() && !builder.is_unverified());
    }
    builder.on_snapshot(&whole);
    let change = builder.on_update(&summed(update(0, 0, None, &[], &[]), 7));
    assert_eq!(change, BookChange::Updated { top_changed: false }, "two new books did not help");
    assert!(builder.is_unverified());
    let sum = crc32fast::hash(b"0.000000010:1:0.000000020:1");
    builder.on_update(&summed(update(0, 0, None, &[], &[]), sum));
    assert!(!builder.is_unverified(), "a sum that agrees is believed again");
    assert_eq!((builder.counts().checksums_agree, builder.counts().checksums_disagree), (1, 3));
}
