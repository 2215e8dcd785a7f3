//! The windows by themselves.

use super::super::WindowKind;
use super::super::window::{Counts, Rolling, share};
use super::{SECOND, breaker, windowed};

const STEP: u64 = 1_000_000_000;

fn counts(calls: u64, failures: u64, slow: u64) -> Counts {
    Counts { calls, failures, slow }
}

#[test]
fn a_counted_window_holds_the_last_ones() {
    let window = Rolling::new(WindowKind::Count(3), 0);
    assert_eq!(window.counts(0), Counts::default());
    window.record(0, true, false);
    window.record(0, true, true);
    assert_eq!(window.counts(0), counts(2, 2, 1));
    window.record(0, false, true);
    assert_eq!(window.counts(0), counts(3, 2, 2));
    window.record(0, false, false);
    assert_eq!(window.counts(0), counts(3, 1, 2));
    window.record(0, false, false);
    assert_eq!(window.counts(0), counts(3, 0, 1));
    window.record(0, false, false);
    window.record(0, true, true);
    assert_eq!(window.counts(0), counts(3, 1, 1));
}

#[test]
fn a_window_of_time_forgets_in_steps_of_a_sixteenth() {
    let window = Rolling::new(WindowKind::Time(16 * SECOND), 5 * STEP);
    window.record(5 * STEP, true, false);
    window.record(6 * STEP - 1, false, true);
    window.record(6 * STEP, false, false);
    for now in [6 * STEP, 20 * STEP, 21 * STEP - 1] {
        assert_eq!(window.counts(now), counts(3, 1, 1), "at {now}");
    }
    assert_eq!(window.counts(21 * STEP), counts(1, 0, 0));
    assert_eq!(window.counts(22 * STEP), Counts::default());
    window.record(21 * STEP, true, true);
    assert_eq!(window.counts(21 * STEP), counts(2, 1, 1), "the bucket of the fifth second is a new one");
}

#[test]
fn who_was_held_up_for_a_lap_counts_nowhere() {
    let window = Rolling::new(WindowKind::Time(16 * SECOND), 0);
    window.record(21 * STEP, false, false);
    window.record(5 * STEP, true, true);
    assert_eq!(window.counts(21 * STEP), counts(1, 0, 0));
}

#[test]
fn laps_beyond_what_fits_are_laps_still() {
    for lap in [1_u64 << 31, (1 << 32) - 9_999, 1 << 32, (1 << 32) + 1, (1 << 33) + 5] {
        let window = Rolling::new(WindowKind::Time(SECOND / 10), 0);
        let now = lap * (STEP / 10);
        window.record(now, true, false);
        assert_eq!(window.counts(now), counts(1, 1, 0), "in lap {lap}");
        assert_eq!(window.counts(now + STEP / 10), Counts::default(), "after lap {lap}");
    }
}

#[test]
fn the_end_of_time_is_no_edge() {
    let window = Rolling::new(WindowKind::Time(3_600 * SECOND), 0);
    window.record(u64::MAX, true, true);
    assert_eq!(window.counts(u64::MAX), counts(1, 1, 1));
}

#[test]
fn a_verdict_needs_enough_calls_and_a_high_enough_share() {
    let window = windowed(WindowKind::Count(10)).window.unwrap();
    let table = [
        (counts(3, 3, 3), None),
        (counts(4, 1, 1), None),
        (counts(4, 2, 0), Some("failure_rate")),
        (counts(4, 2, 4), Some("failure_rate")),
        (counts(4, 1, 2), Some("slow_rate")),
        (counts(9, 4, 4), None),
        (counts(u64::MAX, u64::MAX / 4, 0), None),
    ];
    for (counts, verdict) in table {
        assert_eq!(counts.verdict(&window).map(|cause| cause.code()), verdict, "{counts:?}");
    }
    assert_eq!(share(0, 0).to_bits(), 0);
}

#[test]
fn a_window_takes_in_calls_of_its_own_epoch_only() {
    let (breaker, _) = breaker(windowed(WindowKind::Count(10)));
    let old = breaker.machine.word().epoch();
    breaker.reset();
    let (setup, own) = (breaker.shell.setup(), breaker.machine.word().epoch());
    for _ in 0..4 {
        assert_eq!(setup.record(old, 0, true, true), None);
    }
    assert_eq!(setup.counts(0), Some(Counts::default()));
    for _ in 0..3 {
        assert_eq!(setup.record(own, 0, true, true), None);
    }
    assert_eq!(setup.record(own, 0, true, true).map(|cause| cause.code()), Some("failure_rate"));
}
