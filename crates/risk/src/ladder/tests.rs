//! The rungs themselves.

use super::Rung;

#[test]
fn rungs_are_ordered_from_best_to_worst_and_named_once() {
    assert!(Rung::ALL.is_sorted_by(|better, worse| better < worse));
    assert_eq!(Rung::default(), Rung::ALL[0]);
    for rung in Rung::ALL {
        assert_eq!(serde_json::to_value(rung).unwrap(), rung.code());
        assert_eq!(rung.to_string(), rung.words());
    }
}

#[test]
fn every_rung_but_the_best_has_one_above_it() {
    assert_eq!(Rung::Normal.up(), Rung::Normal);
    assert!(Rung::ALL.windows(2).all(|pair| pair[1].up() == pair[0]));
}

#[test]
fn the_numbers_of_rungs_in_journals_stay() {
    let numbers = Rung::ALL.map(|rung| rung as u8);
    assert_eq!(numbers, [0, 1, 2, 3, 4]);
}
