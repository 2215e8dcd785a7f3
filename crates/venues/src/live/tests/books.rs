use domain::{InstrumentId, Span, Timestamp};
use market::SequenceRule;

use super::super::LinkConfig;
use super::super::books::Books;

const A: InstrumentId = InstrumentId(1);
const B: InstrumentId = InstrumentId(2);

fn at(millis: i64) -> Timestamp {
    Timestamp::from_millis(millis)
}

fn books(rule: SequenceRule) -> Books {
    let mut books = Books::new(&[(A, rule.into()), (B, rule.into())], LinkConfig::default());
    books.opened(at(0));
    books
}

#[test]
fn each_book_is_asked_for_once_and_its_neighbour_is_left_alone() {
    let mut books = books(SequenceRule::Contiguous);
    assert_eq!((books.counts(), books.due(at(0))), ([2, 0, 0], Some(A)));
    books.asked(A, at(0));
    assert_eq!(books.due(at(1)), Some(B));
    books.asked(B, at(1));
    assert_eq!(books.due(at(2)), None);
    books.delivered(A, at(10));
    books.delivered(B, at(10));
    assert_eq!(books.counts(), [0, 0, 2]);
    books.lost(A, at(100), 0.5);
    assert_eq!(books.counts(), [0, 0, 2], "the snapshot may not have been looked at yet");
    books.lost(A, at(1_000), 0.5);
    assert_eq!(
        (books.counts(), books.due(at(1_000))),
        ([1, 0, 1], Some(A)),
        "the first loss is mended at once"
    );
}

#[test]
fn a_book_that_is_lost_again_and_again_waits_longer_each_time() {
    let mut books = books(SequenceRule::Contiguous);
    let mut now = at(0);
    let mut waits = Vec::new();
    books.asked(B, now);
    for _ in 0..5 {
        books.asked(A, now);
        books.delivered(A, now);
        now = now.plus(Span::SECOND);
        books.lost(A, now, 0.0);
        let lost = now;
        books.delivered(B, now);
        while books.due(now).is_none() {
            now = now.plus(Span::from_millis(10));
        }
        waits.push(now.since(lost).millis());
    }
    assert_eq!(waits, [0, 500, 1_000, 2_000, 4_000]);
    books.delivered(A, now);
    books.lost(A, now.plus(Span::from_seconds(61)), 0.0);
    assert_eq!(books.due(now.plus(Span::from_seconds(61))), Some(A), "it had stood for a minute");
}

#[test]
fn an_answer_that_does_not_come_is_asked_for_again() {
    let mut books = books(SequenceRule::Unnumbered);
    assert_eq!((books.counts(), books.due(at(0))), ([0, 2, 0], None), "subscribing has asked");
    assert_eq!(books.due(at(20_001)), Some(A));
    books.failed(A, at(20_001), 0.0);
    books.asked(B, at(20_001));
    assert_eq!(books.due(at(20_002)), None);
    assert_eq!(books.due(at(20_501)), Some(A));
}

#[test]
fn silence_is_measured_by_data_and_a_quiet_market_is_not_asked_for_ever_more() {
    let mut books = books(SequenceRule::Contiguous);
    books.heard(B, at(59_000));
    assert_eq!(books.silent(at(60_000)), None);
    assert_eq!(books.silent(at(60_001)), Some(A));
    assert_eq!(books.silent(at(60_002)), None, "told once");
    assert_eq!(books.silent(at(119_001)), Some(B));
    assert_eq!(books.silent(at(180_001)), None, "then after twice as long");
    assert_eq!(books.silent(at(180_002)), Some(A));
    books.heard(A, at(190_000));
    books.heard(B, at(190_000));
    assert_eq!(books.silent(at(250_000)), None);
    assert_eq!(books.silent(at(250_001)), Some(A), "one word starts it anew");
}
