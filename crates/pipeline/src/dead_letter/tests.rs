use domain::Timestamp;

use super::{DeadLetter, DeadLetters, MemoryDeadLetters};
use crate::sink::tests::script::trade;

fn letter(origin: &str) -> DeadLetter {
    DeadLetter {
        item: trade(1, 0),
        error: "no such table".to_owned(),
        attempts: 1,
        origin: origin.to_owned(),
        first_failed: Timestamp::EPOCH,
        last_failed: Timestamp::EPOCH,
    }
}

fn origins(letters: &MemoryDeadLetters) -> Vec<(u64, String)> {
    letters.list().into_iter().map(|(number, letter)| (number, letter.origin)).collect()
}

#[test]
fn letters_are_kept_listed_and_taken() {
    let letters = MemoryDeadLetters::new(3);
    letters.bury(&[letter("a"), letter("b")]).unwrap();
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
        letters.bury(&[letter(origin)]).unwrap();
    }
    assert_eq!(origins(&letters), [(3, "c".to_owned()), (4, "d".to_owned())]);
    assert_eq!((letters.buried(), letters.lost()), (4, 2));
}
