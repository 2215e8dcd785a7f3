//! Hysteresis.

use proptest::prelude::*;

use super::world::supporting;
use crate::health::Component;
use crate::health::Status::{self, Degraded, Healthy, Unhealthy};
use crate::health::damper::Damper;

fn damper(failures_to_unhealthy: u32, successes_to_healthy: u32) -> Damper {
    Damper::new(&Component { failures_to_unhealthy, successes_to_healthy, ..supporting("any") })
}

/// The states after each answer.
fn states(mut damper: Damper, answers: &[Status]) -> Vec<Status> {
    let observed = answers.iter().map(|answer| {
        damper.observe(*answer);
        damper.state().unwrap()
    });
    observed.collect()
}

#[test]
fn the_first_answer_is_believed() {
    assert_eq!(damper(3, 3).state(), None);
    assert_eq!(states(damper(3, 3), &[Unhealthy]), [Unhealthy]);
    assert_eq!(states(damper(3, 3), &[Healthy]), [Healthy]);
}

#[test]
fn without_hysteresis_every_answer_is_believed() {
    let answers = [Healthy, Unhealthy, Degraded, Unhealthy, Healthy, Degraded];
    assert_eq!(states(damper(1, 1), &answers), answers);
}

#[test]
fn flapping_is_damped_both_ways() {
    let up_and_down = [Healthy, Unhealthy, Unhealthy, Healthy, Unhealthy, Unhealthy, Healthy];
    assert_eq!(states(damper(3, 2), &up_and_down), [Healthy; 7]);
    let down_and_up = [Unhealthy, Healthy, Unhealthy, Healthy, Unhealthy, Healthy];
    assert_eq!(states(damper(3, 2), &down_and_up), [Unhealthy; 6]);
}

#[test]
fn enough_in_a_row_move_it() {
    let answers = [Healthy, Unhealthy, Unhealthy, Unhealthy, Healthy, Healthy];
    let expected = [Healthy, Healthy, Healthy, Unhealthy, Unhealthy, Healthy];
    assert_eq!(states(damper(3, 2), &answers), expected);
}

#[test]
fn a_degraded_answer_is_believed_at_once_and_breaks_the_row_of_failures() {
    let answers = [Healthy, Unhealthy, Degraded, Unhealthy, Unhealthy];
    assert_eq!(states(damper(2, 1), &answers), [Healthy, Healthy, Degraded, Degraded, Unhealthy]);
}

#[test]
fn it_gets_no_better_than_the_worst_of_the_better_answers() {
    let answers = [Unhealthy, Degraded, Healthy, Healthy, Healthy, Healthy, Healthy];
    let expected = [Unhealthy, Unhealthy, Unhealthy, Degraded, Degraded, Degraded, Healthy];
    assert_eq!(states(damper(1, 3), &answers), expected);
}

#[test]
fn it_is_unwell_until_answer_and_state_are_healthy() {
    let mut damper = damper(2, 2);
    assert!(damper.is_unwell());
    let unwell = [Healthy, Unhealthy, Unhealthy, Healthy, Healthy].map(|answer| {
        damper.observe(answer);
        damper.is_unwell()
    });
    assert_eq!(unwell, [false, true, true, true, false]);
}

proptest! {
    /// A state is left only for a reason that the last answers hold.
    #[test]
    fn every_change_is_earned(
        (failures, successes) in (1_u32..5, 1_u32..5),
        answers in prop::collection::vec(prop::sample::select(&Status::ALL[..]), 1..60),
    ) {
        let states = states(damper(failures, successes), &answers);
        for at in 1..answers.len() {
            let (before, after, last) = (states[at - 1], states[at], &answers[..=at]);
            let row = |length: u32| &last[last.len().saturating_sub(usize::try_from(length).unwrap())..];
            if after == Unhealthy && before != Unhealthy {
                prop_assert!(row(failures).iter().all(|answer| *answer == Unhealthy));
            }
            if after < before {
                prop_assert!(row(successes).iter().all(|answer| *answer < before && *answer <= after));
            }
            if after == before {
                let failed = last.iter().rev().take_while(|answer| **answer == Unhealthy).count();
                let is_due = failed >= usize::try_from(failures).unwrap();
                prop_assert!(before == Unhealthy || !is_due, "stays well after {failed} failures");
                prop_assert!(before >= Degraded || answers[at] != Degraded);
            }
        }
    }
}
