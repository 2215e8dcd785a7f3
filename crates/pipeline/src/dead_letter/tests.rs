use domain::Timestamp;

use super::{DeadLetter, DeadLetters, MemoryDeadLetters};
use crate::sink::SinkError;

fn letter(origin: &str) -> DeadLetter {
    let error = SinkError { retryable: false, reason: "no such table".to_owned() };
    DeadLetter { items: Vec::new(), error, attempts: 1, origin: origin.to_owned(), time: Timestamp::EPOCH }
}

fn origins(letters: &MemoryDeadLetters) -> Vec<(u64, String)> {
    letters.list().into_iter().map(|(number, letter)| (number, letter.origin)).collect()
}

#[test]
fn letters_are_kept_listed_and_taken() {
    let letters = MemoryDeadLetters::new(3);
    letters.bury(letter("a"));
    letters.bury(letter("b"));
    assert_eq!(origins(&letters), [(1, "a".to_owned()), (2, "b".to_owned())]);
    assert_eq!(letters.take(1), Some(letter("a")));
    assert_eq!(letters.take(1), None, "it is gone");
    assert_eq!(origins(&letters), [(2, "b".to_owned())]);
    assert_eq!((letters.buried(), letters.lost()), (2, 0));
}

#[test]
fn a_full_keep_lets_the_oldest_go_and_counts_it() {
    let letters = MemoryDeadLetters::new(2);
    for origin in ["a", "b", "c", "d"] {
        letters.bury(letter(origin));
    }
    assert_eq!(origins(&letters), [(3, "c".to_owned()), (4, "d".to_owned())]);
    assert_eq!((letters.buried(), letters.lost()), (4, 2));
}
