//! What no sink would take is kept, read, replayed and let go.

use domain::InstrumentId;

use super::contract::Fresh;
use super::world::{at, first};
use crate::{Cut, DeadLetter, DeadLetterRow, DeadLetters, PAYLOAD_BYTES_MAX, StoreErrorKind};

pub(super) fn letter(number: i64) -> DeadLetter {
    DeadLetter {
        origin: "store".to_owned(),
        kind: "trade".to_owned(),
        instrument: InstrumentId(3),
        payload: format!("{{\"trade\":{{\"id\":{number},\"price\":\"1.5\"}}}}"),
        error: "no such instrument\u{1F6A2}".to_owned(),
        attempts: 3,
        first_failed: at(number),
        last_failed: at(number + 1),
    }
}

fn put(letters: &DeadLetters, numbers: impl IntoIterator<Item = i64>) -> u64 {
    let new: Vec<DeadLetter> = numbers.into_iter().map(letter).collect();
    letters.put(&new, 100).unwrap()
}

fn all(letters: &DeadLetters) -> Vec<DeadLetterRow> {
    letters.list(&first(1000)).unwrap().items
}

pub(super) fn letters_come_newest_first_in_pieces_with_everything_in_them(fresh: &Fresh) {
    let letters = fresh.store().dead_letters();
    assert_eq!(put(&letters, 0..7), 0);
    let (mut read, mut cursor) = (Vec::new(), None);
    loop {
        let page = letters.list(&Cut::new(3, cursor).unwrap()).unwrap();
        read.extend(page.items);
        cursor = page.next_cursor;
        if cursor.is_none() {
            break;
        }
    }
    assert!(read.iter().all(|row| row.replays == 0));
    assert_eq!(letters.get(read[0].number).unwrap(), read[0]);
    let read: Vec<DeadLetter> = read.into_iter().map(|row| row.letter).collect();
    assert_eq!(read, (0..7).rev().map(letter).collect::<Vec<_>>());
    assert_eq!(letters.count().unwrap(), 7);
    let foreign = Cut::new(3, Some("b0000000000000001".to_owned())).unwrap();
    assert_eq!(letters.list(&foreign).unwrap_err().kind, StoreErrorKind::Invalid);
}

pub(super) fn the_same_item_is_one_letter(fresh: &Fresh) {
    let letters = fresh.store().dead_letters();
    put(&letters, [1, 2]);
    let again = DeadLetter { error: "still not".to_owned(), last_failed: at(9), ..letter(1) };
    let elsewhere = DeadLetter { origin: "archive".to_owned(), ..letter(1) };
    letters.put(&[again, elsewhere], 100).unwrap();
    let rows = all(&letters);
    assert_eq!(rows.len(), 3);
    let first = rows.iter().find(|row| row.letter.error == "still not").unwrap();
    assert_eq!(
        (first.letter.attempts, first.letter.first_failed, first.letter.last_failed),
        (6, at(1), at(9))
    );
}

pub(super) fn a_letter_is_taken_out_once_and_its_number_is_not_used_again(fresh: &Fresh) {
    let letters = fresh.store().dead_letters();
    put(&letters, [1]);
    let number = all(&letters)[0].number;
    letters.remove(number).unwrap();
    for error in [letters.remove(number).unwrap_err(), letters.get(number).unwrap_err()] {
        assert_eq!(error.kind, StoreErrorKind::NotFound, "{error}");
        assert!(error.what.contains(&number.to_string()));
    }
    put(&letters, [1]);
    assert!(all(&letters)[0].number > number);
}

pub(super) fn a_replay_that_is_refused_is_noted(fresh: &Fresh) {
    let letters = fresh.store().dead_letters();
    put(&letters, [1]);
    let number = all(&letters)[0].number;
    letters.refused_again(number, "and again\0", at(50)).unwrap();
    let row = letters.get(number).unwrap();
    assert_eq!((row.replays, row.letter.attempts, row.letter.last_failed), (1, 4, at(50)));
    assert!(row.letter.error.starts_with("and again"));
    let gone = letters.refused_again(number + 1, "x", at(50)).unwrap_err();
    assert_eq!(gone.kind, StoreErrorKind::NotFound);
}

pub(super) fn the_oldest_give_way_when_there_are_too_many(fresh: &Fresh) {
    let letters = fresh.store().dead_letters();
    let new: Vec<DeadLetter> = (0..5).map(letter).collect();
    assert_eq!(letters.put(&new, 5).unwrap(), 0);
    let new: Vec<DeadLetter> = (5..7).map(letter).collect();
    assert_eq!(letters.put(&new, 5).unwrap(), 2);
    let kept: Vec<DeadLetter> = all(&letters).into_iter().map(|row| row.letter).collect();
    assert_eq!(kept, (2..7).rev().map(letter).collect::<Vec<_>>());
}

pub(super) fn what_failed_long_ago_goes(fresh: &Fresh) {
    let letters = fresh.store().dead_letters();
    put(&letters, 0..4);
    assert_eq!(letters.prune(at(3)).unwrap(), 2, "the last failure counts");
    assert_eq!(letters.count().unwrap(), 2);
}

pub(super) fn a_payload_that_is_too_long_is_refused_with_all_of_its_batch(fresh: &Fresh) {
    let letters = fresh.store().dead_letters();
    let longest = DeadLetter { payload: "é".repeat(PAYLOAD_BYTES_MAX / 2), ..letter(1) };
    let long = DeadLetter { payload: "x".repeat(PAYLOAD_BYTES_MAX + 1), ..letter(2) };
    assert_eq!(letters.put(&[letter(3), long], 9).unwrap_err().kind, StoreErrorKind::Invalid);
    assert_eq!(letters.count().unwrap(), 0);
    let words = DeadLetter { error: "é".repeat(5_000), ..longest };
    letters.put(&[words], 9).unwrap();
    assert_eq!(all(&letters)[0].letter.error.chars().count(), 1_000);
}
