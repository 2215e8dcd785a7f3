//! The word's fields do not run into one another.

#![cfg(not(feature = "loom"))]

use super::super::{Cause, State};
use super::rules::{self, Limits, Step};
use super::word::{Epoch, FAILURES_MAX, Measures, PROBES_MAX, Word};

const STATES: [State; 3] = [State::Closed, State::Open, State::HalfOpen];
const ALL: Measures = Measures { is_timed: true, is_windowed: true };

#[test]
fn every_field_comes_back_beside_all_others() {
    for state in STATES {
        for measures in [ALL, Measures::default()] {
            let word = Word::new(Word::from_bits(u64::MAX).epoch(), state).with_measures(measures).held();
            assert_eq!((word.state(), word.is_held(), word.measures()), (state, true, measures));
            assert_eq!((word.failures(), word.probes(), word.successes()), (0, 0, 0));
            assert_eq!(word.epoch(), Word::from_bits(u64::MAX).epoch());
        }
    }
    let half_open = Word::new(Epoch::FIRST, State::HalfOpen).with_probes(PROBES_MAX, PROBES_MAX - 1);
    assert_eq!((half_open.probes(), half_open.successes()), (PROBES_MAX, PROBES_MAX - 1));
    assert_eq!((half_open.state(), half_open.failures(), half_open.is_held()), (State::HalfOpen, 0, false));
}

#[test]
fn too_many_failures_stay_as_many_as_fit() {
    let full = Word::new(Epoch::FIRST, State::Closed).with_failures(FAILURES_MAX);
    let limits = Limits { consecutive_failures: 0, probes: 1, successes: 1, open_for: 1 };
    let Step::Count(next, _) = rules::fail(full, Epoch::FIRST, &limits, Cause::ProbeFailed) else {
        panic!("it is counted");
    };
    assert_eq!(next, full);
}

#[test]
fn epochs_go_round_without_touching_anything_else() {
    let last = Word::from_bits(u64::MAX);
    assert_eq!(last.next_epoch(), Epoch::FIRST);
    let first = Word::new(Epoch::FIRST, State::Closed);
    assert!(first.is_calm_in(Epoch::FIRST) && first.admits_untimed());
    assert_ne!(first.next_epoch().is_odd(), first.epoch().is_odd());
}

#[test]
fn only_a_plain_closed_word_is_passed_by_quickly() {
    let first = Word::new(Epoch::FIRST, State::Closed);
    let timed = Measures { is_timed: true, is_windowed: false };
    let windowed = Measures { is_timed: false, is_windowed: true };
    assert!(!first.with_measures(timed).admits_untimed());
    assert!(first.with_measures(windowed).admits_untimed() && first.with_failures(1).admits_untimed());
    let others =
        [first.with_failures(1), first.with_measures(windowed), first.with_measures(timed), first.held()];
    assert!(others.iter().all(|word| !word.is_calm_in(Epoch::FIRST)));
    for state in [State::Open, State::HalfOpen] {
        assert!(!Word::new(Epoch::FIRST, state).admits_untimed());
        assert!(!Word::new(Epoch::FIRST, state).is_calm_in(Epoch::FIRST));
    }
}
