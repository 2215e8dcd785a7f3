//! Opening, closing, resetting and configuring by hand, and what a snapshot shows.

use std::time::Duration;

use super::super::{BreakerConfig, State, WindowKind};
use super::{OPEN_FOR, SECOND, breaker, brief, fail, half_open, permit, succeed, windowed};

#[test]
fn forced_open_it_stays_open_past_its_time() {
    let (breaker, clock) = breaker(brief());
    breaker.force_open();
    assert_eq!(breaker.try_acquire().unwrap_err().retry_after, OPEN_FOR);
    clock.advance(100 * OPEN_FOR);
    assert_eq!(breaker.try_acquire().unwrap_err().retry_after, OPEN_FOR);
    assert!(breaker.is_held());
    breaker.reset();
    assert!(!breaker.is_held());
    succeed(&breaker);
}

#[test]
fn forced_open_while_open_it_stays_open_too() {
    let (breaker, clock) = breaker(brief());
    fail(&breaker);
    fail(&breaker);
    breaker.force_open();
    clock.advance(OPEN_FOR);
    assert!(breaker.try_acquire().is_err());
}

#[test]
fn forced_closed_it_stays_closed_whatever_fails() {
    let config = BreakerConfig { consecutive_failures: 2, ..windowed(WindowKind::Count(10)) };
    let (breaker, clock) = breaker(config);
    breaker.force_close();
    for _ in 0..50 {
        let slow = permit(&breaker);
        clock.advance(SECOND);
        slow.failure();
    }
    assert_eq!((breaker.state(), breaker.snapshot().consecutive_failures), (State::Closed, 50));
    breaker.reset();
    assert_eq!(breaker.snapshot().consecutive_failures, 0, "nothing of it is left");
    fail(&breaker);
    assert_eq!(breaker.state(), State::Closed);
    fail(&breaker);
    assert_eq!(breaker.state(), State::Open);
}

#[test]
fn the_last_hand_wins() {
    let (breaker, _) = breaker(brief());
    breaker.force_open();
    breaker.force_close();
    assert_eq!(breaker.state(), State::Closed);
    breaker.force_open();
    assert_eq!(breaker.state(), State::Open);
}

#[test]
fn results_of_before_a_hand_decide_nothing_after_it() {
    let (breaker, _) = half_open(brief());
    let probe = permit(&breaker);
    breaker.force_open();
    probe.success();
    assert_eq!(breaker.state(), State::Open);

    breaker.reset();
    let before = [permit(&breaker), permit(&breaker)];
    breaker.reset();
    for call in before {
        call.failure();
    }
    assert_eq!((breaker.state(), breaker.snapshot().consecutive_failures), (State::Closed, 0));
}

#[test]
fn a_reset_forgets_the_window_and_keeps_the_totals() {
    let (breaker, _) = breaker(windowed(WindowKind::Time(60 * SECOND)));
    for _ in 0..3 {
        fail(&breaker);
    }
    breaker.reset();
    let snapshot = breaker.snapshot();
    assert_eq!((snapshot.failure_rate.to_bits(), snapshot.failures), (0, 3));
}

#[test]
fn a_new_time_to_stay_open_counts_from_when_it_opened() {
    let (breaker, clock) = breaker(brief());
    fail(&breaker);
    fail(&breaker);
    clock.advance(10 * SECOND);
    breaker.set_config(BreakerConfig { open_for: 15 * SECOND, ..brief() }).unwrap();
    assert_eq!(breaker.try_acquire().unwrap_err().retry_after, 5 * SECOND);
    breaker.set_config(BreakerConfig { open_for: 10 * SECOND, ..brief() }).unwrap();
    assert!(breaker.try_acquire().is_ok());
}

#[test]
fn new_limits_meet_the_failures_already_counted() {
    let (breaker, _) = breaker(BreakerConfig { consecutive_failures: 9, ..brief() });
    for _ in 0..4 {
        fail(&breaker);
    }
    breaker.set_config(brief()).unwrap();
    assert_eq!((breaker.state(), breaker.snapshot().consecutive_failures), (State::Closed, 4));
    fail(&breaker);
    assert_eq!(breaker.state(), State::Open);
}

#[test]
fn fewer_slots_let_nobody_in_until_enough_probes_are_back() {
    let (breaker, _) = half_open(BreakerConfig { half_open_probes: 3, successes_to_close: 9, ..brief() });
    let mut probes = vec![permit(&breaker), permit(&breaker), permit(&breaker)];
    breaker.set_config(BreakerConfig { half_open_probes: 1, successes_to_close: 9, ..brief() }).unwrap();
    while let Some(probe) = probes.pop() {
        assert!(breaker.try_acquire().is_err());
        drop(probe);
    }
    assert!(breaker.try_acquire().is_ok());
}

#[test]
fn a_window_of_the_same_kind_keeps_its_calls() {
    let (breaker, _) = breaker(windowed(WindowKind::Count(10)));
    for _ in 0..3 {
        fail(&breaker);
    }
    let mut config = windowed(WindowKind::Count(10));
    config.open_for = SECOND;
    breaker.set_config(config).unwrap();
    assert_eq!(breaker.snapshot().failure_rate.to_bits(), 1_f64.to_bits());
    breaker.set_config(windowed(WindowKind::Count(11))).unwrap();
    assert_eq!(breaker.snapshot().failure_rate.to_bits(), 0);
    fail(&breaker);
    assert_eq!(breaker.state(), State::Closed, "the three are gone");
}

#[test]
fn a_window_can_come_and_go() {
    let (breaker, clock) = breaker(brief());
    let unmeasured = permit(&breaker);
    breaker.set_config(windowed(WindowKind::Count(10))).unwrap();
    clock.advance(10 * SECOND);
    unmeasured.success();
    assert_eq!(breaker.snapshot().slow, 0, "nobody knows when it began");
    for _ in 0..3 {
        fail(&breaker);
    }
    assert_eq!(breaker.state(), State::Open, "three of four");
    breaker.reset();
    breaker.set_config(brief()).unwrap();
    let slow = permit(&breaker);
    clock.advance(10 * SECOND);
    slow.success();
    assert_eq!(breaker.snapshot().slow, 0);
}

#[test]
fn a_wrong_configuration_changes_nothing() {
    let (breaker, _) = breaker(brief());
    let error = breaker.set_config(BreakerConfig { half_open_probes: 0, ..brief() }).unwrap_err();
    assert_eq!(error.to_string(), "circuit breaker: half_open_probes is 0, allowed is 1 to 1000");
    assert_eq!(breaker.config(), brief());
}

#[test]
fn a_snapshot_shows_everything() {
    let (breaker, clock) = breaker(BreakerConfig { half_open_probes: 2, successes_to_close: 2, ..brief() });
    let empty = breaker.snapshot();
    assert_eq!((empty.success_rate.to_bits(), empty.failure_rate.to_bits()), (1_f64.to_bits(), 0));
    clock.advance(SECOND);
    for _ in 0..6 {
        succeed(&breaker);
    }
    fail(&breaker);
    assert_eq!(breaker.snapshot().consecutive_failures, 1);
    assert_eq!((breaker.snapshot().since, breaker.snapshot().age), (0, SECOND));
    fail(&breaker);
    clock.advance(2 * SECOND);
    assert!(breaker.try_acquire().is_err());

    let open = breaker.snapshot();
    assert_eq!((open.name.as_str(), open.state, open.is_held), ("tested", State::Open, false));
    assert_eq!((open.since, open.age, open.retry_after), (1_000_000_000, 2 * SECOND, OPEN_FOR - 2 * SECOND));
    assert_eq!((open.calls, open.successes, open.failures, open.refused, open.slow), (8, 6, 2, 1, 0));
    assert_eq!((open.success_rate, open.failure_rate).0.to_bits(), 0.75_f64.to_bits());
    assert_eq!(open.failure_rate.to_bits(), 0.25_f64.to_bits());

    clock.advance(OPEN_FOR);
    succeed(&breaker);
    let _probe = permit(&breaker);
    let half = breaker.snapshot();
    assert_eq!((half.state, half.probes, half.probe_successes), (State::HalfOpen, 1, 1));
    assert_eq!((half.retry_after, half.consecutive_failures), (Duration::ZERO, 0));
}
