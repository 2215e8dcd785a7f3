//! What every sink must do, as functions that are handed one and stop at what it does not do. See
//! `docs/component-contract.md`.

use crate::sink::{Sink, SinkFault, SinkItem};

/// A sink under test.
pub struct Subject<'a> {
    /// Another worker's end of the same place.
    pub sink: &'a (dyn Fn() -> Box<dyn Sink> + Sync),
    /// Everything that the place keeps now, in any order.
    pub kept: &'a (dyn Fn() -> Vec<SinkItem> + Sync),
    /// Ten different items at least, all of which the place takes. Each is kept by itself.
    pub sound: Vec<SinkItem>,
    /// One that it refuses, if there is such a thing.
    pub poison: Option<SinkItem>,
}

/// Every check.
///
/// # Panics
/// With what the sink does not do.
pub fn check(subject: &Subject<'_>) {
    assert!(subject.sound.len() >= 10, "more items are needed to see anything");
    takes_a_batch_of_nothing(subject);
    keeps_what_it_committed(subject);
    takes_items_again_without_harm(subject);
    names_what_it_refuses_or_keeps_nothing(subject);
    takes_the_next_batch_after_a_refusal(subject);
    two_ends_may_commit_the_same(subject);
}

fn takes_a_batch_of_nothing(subject: &Subject<'_>) {
    let before = (subject.kept)().len();
    assert_eq!((subject.sink)().commit(&[]), Ok(()));
    assert_eq!((subject.kept)().len(), before, "nothing is kept of nothing");
}

fn keeps_what_it_committed(subject: &Subject<'_>) {
    let (first, _) = halves(subject);
    assert_eq!((subject.sink)().commit(first), Ok(()));
    expect(subject, first);
}

fn takes_items_again_without_harm(subject: &Subject<'_>) {
    let (first, _) = halves(subject);
    let mut sink = (subject.sink)();
    assert_eq!(sink.commit(first), Ok(()), "the same batch again");
    let backwards: Vec<SinkItem> = first.iter().rev().copied().collect();
    assert_eq!(sink.commit(&backwards), Ok(()), "in another order");
    for item in first {
        assert_eq!(sink.commit(&[*item]), Ok(()), "one by one");
    }
    expect(subject, first);
}

fn names_what_it_refuses_or_keeps_nothing(subject: &Subject<'_>) {
    let Some(poison) = subject.poison else { return };
    let (first, second) = halves(subject);
    let mut batch = second.to_vec();
    let place = batch.len() / 2;
    batch.insert(place, poison);
    let refused = (subject.sink)().commit(&batch).expect_err("poison is refused");
    match &refused.fault {
        SinkFault::Refused => {}
        SinkFault::RefusedItems(places) => assert_eq!(places, &[place], "the poison alone is named"),
        SinkFault::Unavailable => panic!("a refusal must not look as if it would pass: {refused}"),
    }
    assert!(!refused.reason.is_empty(), "the reason is given");
    expect(subject, first);
}

fn takes_the_next_batch_after_a_refusal(subject: &Subject<'_>) {
    let mut sink = (subject.sink)();
    if let Some(poison) = subject.poison {
        assert!(sink.commit(&[poison]).is_err(), "poison is refused by itself, too");
        assert!(sink.commit(&[poison]).is_err(), "and again");
    }
    let (_, second) = halves(subject);
    assert_eq!(sink.commit(second), Ok(()));
    expect(subject, &subject.sound);
}

fn two_ends_may_commit_the_same(subject: &Subject<'_>) {
    std::thread::scope(|scope| {
        let commit = || (subject.sink)().commit(&subject.sound);
        let other = scope.spawn(commit);
        let (mine, other) = (commit(), other.join());
        for committed in [Some(mine), other.ok()] {
            let failed = committed.expect("no end panics").err();
            let passes = failed.is_none_or(|error| error.fault == SinkFault::Unavailable);
            assert!(passes, "who comes second is at most told to come again");
        }
    });
    expect(subject, &subject.sound);
}

fn halves<'a>(subject: &'a Subject<'_>) -> (&'a [SinkItem], &'a [SinkItem]) {
    subject.sound.split_at(subject.sound.len() / 2)
}

fn expect(subject: &Subject<'_>, wanted: &[SinkItem]) {
    let kept = (subject.kept)();
    assert_eq!(kept.len(), wanted.len(), "each item is kept once: {kept:?}");
    assert!(wanted.iter().all(|item| kept.contains(item)), "and as it was given: {kept:?}");
}
