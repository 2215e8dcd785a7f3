use domain::{Depth, InstrumentId};

use super::{INSTRUMENT, level, snapshot, time, update};
use crate::book::{BUFFER_MAX, BookBuilder, BookChange, IgnoreReason, SequenceRule};

const QUIET: BookChange = BookChange::Updated { top_changed: false };
const MOVED: BookChange = BookChange::Updated { top_changed: true };
const OLD: BookChange = BookChange::Ignored(IgnoreReason::Old);

/// A builder whose book stands at id 100, with a bid at 10 and an ask at 20.
fn synchronised(rule: SequenceRule) -> BookBuilder {
    let mut builder = BookBuilder::new(INSTRUMENT, rule);
    let change = builder.on_snapshot(&snapshot(100, &[level(10, 1)], &[level(20, 1)]));
    assert_eq!(change, BookChange::Synchronised);
    builder
}

#[test]
fn the_spot_rule_update_by_update() {
    let cases = [
        (90, 100, OLD),
        (99, 100, OLD),
        (95, 101, QUIET),
        (101, 101, QUIET),
        (101, 110, QUIET),
        (102, 110, BookChange::Gap { expected: 101, found: 102 }),
        (110, 102, BookChange::Ignored(IgnoreReason::MalformedRange)),
    ];
    for (first, last, expected) in cases {
        let mut builder = synchronised(SequenceRule::Contiguous);
        let found = builder.on_update(&update(first, last, None, &[level(9, 1)], &[]));
        assert_eq!(found, expected, "first after the snapshot {first}..={last}");
        let mut builder = synchronised(SequenceRule::Contiguous);
        assert_eq!(builder.on_update(&update(90, 101, None, &[], &[])), QUIET);
        let found = builder.on_update(&update(first + 1, last + 1, None, &[level(9, 1)], &[]));
        let expected = match expected {
            BookChange::Gap { expected, found } => {
                BookChange::Gap { expected: expected + 1, found: found + 1 }
            }
            other => other,
        };
        assert_eq!(found, expected, "later {first}..={last}");
    }
}

#[test]
fn the_futures_rule_after_the_snapshot() {
    let cases = [
        (90, 99, 89, OLD),
        (90, 100, 89, QUIET),
        (100, 105, 99, QUIET),
        (103, 105, 100, QUIET),
        (101, 105, 99, BookChange::Gap { expected: 100, found: 99 }),
        (103, 105, 101, BookChange::Gap { expected: 100, found: 101 }),
    ];
    for (first, last, previous, expected) in cases {
        let mut builder = synchronised(SequenceRule::PreviousId);
        let found = builder.on_update(&update(first, last, Some(previous), &[], &[]));
        assert_eq!(found, expected, "{first}..={last} after {previous}");
    }
}

#[test]
fn the_futures_rule_after_an_update() {
    let cases = [
        (90, 99, Some(89), OLD),
        (101, 105, Some(100), OLD),
        (109, 112, Some(105), QUIET),
        (109, 112, Some(104), BookChange::Gap { expected: 105, found: 104 }),
        (109, 112, Some(106), BookChange::Gap { expected: 105, found: 106 }),
        (103, 112, Some(102), BookChange::Gap { expected: 105, found: 102 }),
        (109, 112, None, BookChange::Gap { expected: 105, found: 109 }),
    ];
    for (first, last, previous, expected) in cases {
        let mut builder = synchronised(SequenceRule::PreviousId);
        assert_eq!(builder.on_update(&update(98, 105, Some(97), &[], &[])), QUIET);
        let found = builder.on_update(&update(first, last, previous, &[], &[]));
        assert_eq!(found, expected, "{first}..={last} after {previous:?}");
    }
}

#[test]
fn an_update_says_whether_the_top_moved() {
    let mut builder = synchronised(SequenceRule::Contiguous);
    assert_eq!(builder.on_update(&update(101, 101, None, &[level(9, 5)], &[level(21, 5)])), QUIET);
    assert_eq!(builder.on_update(&update(102, 102, None, &[level(10, 5)], &[])), MOVED);
    assert_eq!(builder.on_update(&update(103, 103, None, &[], &[level(20, 0)])), MOVED);
    let quote = builder.quote().unwrap();
    assert_eq!((quote.bid, quote.ask), (level(10, 5), level(21, 5)));
    assert_eq!((quote.venue_time, quote.receive_time), (time(103), time(104)));
    assert_eq!((builder.last_update_id(), builder.counts().applied), (Some(103), 3));
}

#[test]
fn after_a_gap_only_a_newer_snapshot_helps() {
    let mut builder = synchronised(SequenceRule::Contiguous);
    let gap = BookChange::Gap { expected: 101, found: 105 };
    assert_eq!(builder.on_update(&update(105, 106, None, &[level(11, 1)], &[])), gap);
    assert!(builder.book().is_none() && builder.quote().is_none() && builder.needs_snapshot());
    assert_eq!(builder.on_update(&update(107, 107, None, &[level(12, 1)], &[])), BookChange::Buffered);

    let stale = builder.on_snapshot(&snapshot(103, &[level(10, 1)], &[level(20, 1)]));
    assert_eq!(stale, BookChange::Gap { expected: 104, found: 105 });
    assert!(builder.needs_snapshot());

    let fresh = builder.on_snapshot(&snapshot(104, &[level(10, 1)], &[level(20, 1)]));
    assert_eq!(fresh, BookChange::Synchronised);
    assert_eq!(builder.book().unwrap().best_bid(), Some(level(12, 1)), "both buffered updates count");
    assert_eq!(builder.last_update_id(), Some(107));
    let counts = builder.counts();
    assert_eq!((counts.gaps, counts.resyncs, counts.applied, counts.ignored), (2, 1, 2, 0));
}

#[test]
fn a_gap_within_the_buffer_is_found() {
    let mut builder = BookBuilder::new(INSTRUMENT, SequenceRule::Contiguous);
    assert_eq!(builder.on_update(&update(95, 101, None, &[], &[])), BookChange::Buffered);
    assert_eq!(builder.on_update(&update(103, 104, None, &[], &[])), BookChange::Buffered);
    let first = builder.on_snapshot(&snapshot(100, &[], &[]));
    assert_eq!(first, BookChange::Gap { expected: 102, found: 103 });
    assert_eq!(builder.on_snapshot(&snapshot(102, &[], &[])), BookChange::Synchronised);
    assert_eq!(builder.last_update_id(), Some(104));
}

#[test]
fn a_crossed_book_is_invalid_until_the_next_snapshot() {
    let mut builder = synchronised(SequenceRule::Contiguous);
    let crossing = update(101, 101, None, &[level(20, 1)], &[]);
    assert_eq!(builder.on_update(&crossing), BookChange::Crossed);
    assert!(builder.book().is_none() && builder.needs_snapshot());
    let crossed = snapshot(102, &[level(20, 1)], &[level(20, 1)]);
    assert_eq!(builder.on_snapshot(&crossed), BookChange::Crossed);
    assert!(builder.book().is_none());
    let sound = snapshot(103, &[level(18, 1)], &[level(20, 1)]);
    assert_eq!(builder.on_snapshot(&sound), BookChange::Synchronised);
    assert_eq!((builder.counts().crossed, builder.counts().resyncs), (2, 1));
}

#[test]
fn the_buffer_drops_its_oldest_and_says_so() {
    let filled = || {
        let mut builder = BookBuilder::new(INSTRUMENT, SequenceRule::Contiguous);
        for id in 1..=u64::try_from(BUFFER_MAX).unwrap() + 5 {
            builder.on_update(&update(id, id, None, &[level(10, i64::try_from(id).unwrap())], &[]));
        }
        builder
    };
    let mut builder = filled();
    assert_eq!(builder.counts().buffer_dropped, 5);
    let too_old = builder.on_snapshot(&snapshot(4, &[], &[]));
    assert_eq!(too_old, BookChange::Gap { expected: 5, found: 6 });
    assert_eq!(builder.on_snapshot(&snapshot(5, &[], &[])), BookChange::Synchronised);
    assert_eq!(builder.book().unwrap().best_bid(), Some(level(10, 1_005)));
}

#[test]
fn what_is_not_for_this_book_is_ignored() {
    let mut builder = synchronised(SequenceRule::Contiguous);
    let mut foreign = update(101, 101, None, &[level(15, 1)], &[]);
    foreign.instrument = InstrumentId(9);
    let other = BookChange::Ignored(IgnoreReason::OtherInstrument);
    assert_eq!(builder.on_update(&foreign), other);
    let mut foreign = snapshot(200, &[], &[]);
    foreign.instrument = InstrumentId(9);
    assert_eq!(builder.on_snapshot(&foreign), other);
    assert_eq!(builder.on_snapshot(&snapshot(100, &[], &[])), OLD, "a live book keeps what it has");
    assert_eq!(builder.book().unwrap().best_bid(), Some(level(10, 1)));
    assert_eq!(builder.counts().ignored, 3);
}

#[test]
fn reset_forgets_book_and_buffer() {
    let mut builder = synchronised(SequenceRule::Contiguous);
    builder.reset();
    assert!(builder.needs_snapshot());
    let mut depth = Depth {
        instrument: INSTRUMENT,
        bids: vec![],
        asks: vec![],
        venue_time: time(0),
        receive_time: time(0),
    };
    assert!(!builder.write_depth(5, &mut depth));
    builder.on_update(&update(900, 901, None, &[], &[]));
    builder.reset();
    assert_eq!(builder.on_snapshot(&snapshot(50, &[level(1, 1)], &[])), BookChange::Synchronised);
    assert!(builder.write_depth(5, &mut depth));
    assert_eq!((depth.bids, depth.venue_time), (vec![level(1, 1)], time(50)));
}
