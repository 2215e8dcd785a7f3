//! What went wrong in other people's breakers, each once.

use std::time::Duration;

use super::super::{BreakerConfig, Cause, Outcome, State, Window, WindowKind};
use super::{
    MILLISECOND, OPEN_FOR, SECOND, Tested, breaker, brief, fail, half_open, permit, succeed, windowed,
};
use crate::Kind;

/// Opens it with two failures.
fn open(breaker: &Tested) {
    fail(breaker);
    fail(breaker);
    assert_eq!(breaker.state(), State::Open);
}

#[test]
fn failures_that_are_not_in_a_row_do_not_open_it() {
    let (breaker, _) = breaker(brief());
    for _ in 0..100 {
        fail(&breaker);
        succeed(&breaker);
    }
    assert_eq!(breaker.state(), State::Closed);
    open(&breaker);
}

#[test]
fn half_open_lets_in_as_many_probes_as_configured_and_counts_the_first() {
    for slots in 1..=5_u32 {
        let (breaker, clock) = breaker(BreakerConfig { half_open_probes: slots, ..brief() });
        open(&breaker);
        clock.advance(OPEN_FOR);
        // Whoever turns it half-open is a probe like the others.
        let probes: Vec<_> = std::iter::from_fn(|| breaker.try_acquire().ok()).take(50).collect();
        assert_eq!(probes.len(), usize::try_from(slots).unwrap());
        assert_eq!(breaker.try_acquire().unwrap_err().retry_after, Duration::ZERO);
    }
}

#[test]
fn probes_that_were_answered_make_room_for_others_but_never_for_more() {
    let (breaker, _) = half_open(BreakerConfig { half_open_probes: 2, successes_to_close: 9, ..brief() });
    let mut probe = permit(&breaker);
    let _other = permit(&breaker);
    for _ in 0..8 {
        assert!(breaker.try_acquire().is_err());
        probe.success();
        probe = permit(&breaker);
    }
    assert_eq!((breaker.state(), breaker.snapshot().probe_successes), (State::HalfOpen, 8));
    probe.success();
    assert_eq!(breaker.state(), State::Closed);
}

#[test]
fn a_cancelled_probe_gives_its_slot_back_and_counts_nothing() {
    let (breaker, _) = half_open(brief());
    for _ in 0..20 {
        drop(permit(&breaker));
    }
    let snapshot = breaker.snapshot();
    assert_eq!((snapshot.state, snapshot.probes, snapshot.probe_successes), (State::HalfOpen, 0, 0));
    assert_eq!((snapshot.successes, snapshot.failures), (0, 2));
    succeed(&breaker);
    assert_eq!(breaker.state(), State::Closed);
}

#[test]
fn a_probe_whose_result_says_nothing_gives_its_slot_back() {
    let (breaker, _) = half_open(brief());
    permit(&breaker).ignore();
    permit(&breaker).settle(Outcome::Ignored);
    permit(&breaker).settle(Kind::Invalid.into());
    assert_eq!((breaker.state(), breaker.snapshot().probes), (State::HalfOpen, 0));
    permit(&breaker).settle(Kind::Rejected.into());
    assert_eq!(breaker.state(), State::Closed, "a refusal is an answer");
}

#[test]
fn a_probe_that_never_answers_does_not_keep_it_half_open_for_ever() {
    let (breaker, clock) = half_open(brief());
    let lost = permit(&breaker);
    clock.advance(OPEN_FOR - MILLISECOND);
    assert_eq!(breaker.try_acquire().unwrap_err().retry_after, Duration::ZERO);
    assert_eq!(breaker.state(), State::HalfOpen);

    clock.advance(MILLISECOND);
    assert_eq!(breaker.try_acquire().unwrap_err().retry_after, OPEN_FOR);
    assert_eq!(breaker.state(), State::Open);
    clock.advance(OPEN_FOR);
    let probe = permit(&breaker);
    lost.success();
    assert_eq!(breaker.state(), State::HalfOpen, "the lost one is late");
    probe.success();
    assert_eq!(breaker.state(), State::Closed);
}

#[test]
fn slow_traffic_of_probes_is_not_taken_for_lost_ones() {
    let (breaker, clock) = half_open(BreakerConfig { successes_to_close: 3, ..brief() });
    for _ in 0..2 {
        clock.advance(10 * OPEN_FOR);
        let probe = permit(&breaker);
        assert!(breaker.try_acquire().is_err());
        assert_eq!(breaker.state(), State::HalfOpen, "the probe has only just begun");
        probe.success();
    }
}

#[test]
fn a_late_success_does_not_close_an_open_breaker() {
    let (breaker, _) = breaker(brief());
    let late = permit(&breaker);
    open(&breaker);
    late.success();
    assert_eq!(breaker.state(), State::Open);
    assert_eq!(breaker.snapshot().successes, 1, "it is in the totals");
}

#[test]
fn late_results_of_closed_times_decide_nothing_about_probes() {
    let (breaker, clock) = breaker(brief());
    let (success, failure, cancelled) = (permit(&breaker), permit(&breaker), permit(&breaker));
    open(&breaker);
    clock.advance(OPEN_FOR);
    let probe = permit(&breaker);
    success.success();
    failure.failure();
    drop(cancelled);
    assert_eq!((breaker.state(), breaker.snapshot().probes), (State::HalfOpen, 1));
    assert!(breaker.try_acquire().is_err(), "no slot came from a call that had none");
    probe.success();
    assert_eq!(breaker.state(), State::Closed);
}

#[test]
fn late_failures_neither_prolong_an_open_time_nor_open_a_closed_breaker() {
    let (breaker, clock) = breaker(brief());
    let [in_open, in_closed, also] = [permit(&breaker), permit(&breaker), permit(&breaker)];
    open(&breaker);
    clock.advance(OPEN_FOR / 2);
    in_open.failure();
    assert_eq!(breaker.try_acquire().unwrap_err().retry_after, OPEN_FOR / 2);
    clock.advance(OPEN_FOR / 2);
    succeed(&breaker);
    assert_eq!(breaker.state(), State::Closed);
    in_closed.failure();
    also.failure();
    assert_eq!((breaker.state(), breaker.snapshot().consecutive_failures), (State::Closed, 0));
}

#[test]
fn probes_of_one_half_open_time_do_not_count_in_the_next() {
    let (breaker, clock) = half_open(BreakerConfig { half_open_probes: 2, ..brief() });
    let late = permit(&breaker);
    fail(&breaker);
    clock.advance(OPEN_FOR);
    let probe = permit(&breaker);
    late.success();
    assert_eq!((breaker.state(), breaker.snapshot().probes), (State::HalfOpen, 1));
    drop(probe);
    assert_eq!(breaker.snapshot().probes, 0);
}

#[test]
fn one_failed_probe_opens_it_again_whatever_the_others_said() {
    let (breaker, clock) = half_open(BreakerConfig { successes_to_close: 3, ..brief() });
    succeed(&breaker);
    succeed(&breaker);
    fail(&breaker);
    assert_eq!(breaker.state(), State::Open);
    assert_eq!(breaker.try_acquire().unwrap_err().retry_after, OPEN_FOR, "the whole time begins anew");
    clock.advance(OPEN_FOR);
    succeed(&breaker);
    succeed(&breaker);
    assert_eq!(breaker.state(), State::HalfOpen, "earlier successes are forgotten");
    succeed(&breaker);
    assert_eq!(breaker.state(), State::Closed);
}

#[test]
fn a_slow_probe_opens_it_again() {
    let config = BreakerConfig { half_open_probes: 2, ..windowed(WindowKind::Count(10)) };
    let (breaker, clock) = half_open(config);
    let mut events = breaker.subscribe();
    let slow = permit(&breaker);
    clock.advance(SECOND);
    slow.success();
    assert_eq!(breaker.state(), State::Open);
    assert_eq!(events.try_recv().unwrap().cause, Cause::ProbeSlow);
}

#[test]
fn it_becomes_half_open_when_somebody_asks_and_not_before() {
    let (breaker, clock) = breaker(brief());
    open(&breaker);
    clock.advance(OPEN_FOR - Duration::from_nanos(1));
    assert_eq!(breaker.try_acquire().unwrap_err().retry_after, Duration::from_nanos(1));
    clock.advance(100 * OPEN_FOR);
    assert_eq!(breaker.state(), State::Open);
    assert_eq!(breaker.snapshot().retry_after, Duration::ZERO);
    let _probe = permit(&breaker);
    assert_eq!(breaker.state(), State::HalfOpen);
}

#[test]
fn a_cancelled_call_is_neither_slow_nor_anything_else() {
    let (breaker, clock) = breaker(windowed(WindowKind::Count(10)));
    for _ in 0..20 {
        let cancelled = permit(&breaker);
        clock.advance(10 * SECOND);
        drop(cancelled);
    }
    let snapshot = breaker.snapshot();
    assert_eq!((snapshot.state, snapshot.slow, snapshot.calls), (State::Closed, 0, 0));
    assert_eq!(snapshot.slow_rate.to_bits(), 0_f64.to_bits());
}

#[test]
fn slow_calls_open_it_from_the_very_limit_on() {
    let (breaker, clock) = breaker(windowed(WindowKind::Count(10)));
    let slow = |took: Duration| {
        let call = permit(&breaker);
        clock.advance(took);
        call.success();
    };
    for _ in 0..6 {
        slow(SECOND - Duration::from_nanos(1));
    }
    assert_eq!(breaker.snapshot().slow, 0);
    for _ in 0..5 {
        assert_eq!(breaker.state(), State::Closed);
        slow(SECOND);
    }
    assert_eq!(breaker.state(), State::Open, "five of the last ten");
}

#[test]
fn a_window_is_empty_when_it_closes_again() {
    for kind in [WindowKind::Count(10), WindowKind::Time(3_600 * SECOND)] {
        let (breaker, _) = half_open(windowed(kind));
        assert_eq!(breaker.snapshot().failure_rate.to_bits(), 1_f64.to_bits(), "what opened it can be seen");
        succeed(&breaker);
        assert_eq!((breaker.state(), breaker.snapshot().failure_rate.to_bits()), (State::Closed, 0));
        // With the old calls still in it, one more failure would be too much.
        fail(&breaker);
        fail(&breaker);
        fail(&breaker);
        assert_eq!(breaker.state(), State::Closed, "below the minimum again");
        fail(&breaker);
        assert_eq!(breaker.state(), State::Open);
    }
}

#[test]
fn late_results_do_not_come_into_the_new_window() {
    let (breaker, clock) = breaker(windowed(WindowKind::Count(10)));
    let late: Vec<_> = (0..10).map(|_| permit(&breaker)).collect();
    while breaker.state() == State::Closed {
        fail(&breaker);
    }
    clock.advance(OPEN_FOR);
    succeed(&breaker);
    for call in late {
        call.failure();
    }
    assert_eq!((breaker.state(), breaker.snapshot().failure_rate.to_bits()), (State::Closed, 0));
}

#[test]
fn a_jump_of_the_clock_far_forward_does_no_harm() {
    for kind in [WindowKind::Count(10), WindowKind::Time(100 * MILLISECOND)] {
        let (breaker, clock) = breaker(windowed(kind));
        let century = 36_525 * 24 * 3_600 * SECOND;
        let slow = permit(&breaker);
        clock.advance(2 * century);
        slow.success();
        while breaker.state() == State::Closed {
            fail(&breaker);
        }
        clock.advance(3 * century);
        succeed(&breaker);
        assert_eq!(breaker.state(), State::Closed);
        while breaker.state() == State::Closed {
            fail(&breaker);
        }
        // Near the end of what the clock can count, 584 years after its beginning.
        clock.advance(century / 2);
        succeed(&breaker);
        assert_eq!(breaker.state(), State::Closed);
        while breaker.state() == State::Closed {
            fail(&breaker);
        }
        assert!(breaker.try_acquire().is_err());
    }
}

#[test]
fn a_pause_longer_than_the_window_empties_it() {
    // Whole windows too, after which the same buckets are met again.
    for pause in [16, 17, 31, 32, 48, 160, 16 * 65_536, 16 * 16_777_216] {
        let (breaker, clock) = breaker(windowed(WindowKind::Time(16 * SECOND)));
        for _ in 0..3 {
            fail(&breaker);
        }
        clock.advance(pause * SECOND);
        assert_eq!(breaker.snapshot().failure_rate.to_bits(), 0, "after {pause} s");
        fail(&breaker);
        assert_eq!(breaker.state(), State::Closed, "after {pause} s");
        assert_eq!(breaker.snapshot().failure_rate.to_bits(), 1_f64.to_bits());
    }
}

#[test]
fn the_call_that_begins_a_bucket_is_judged_with_it() {
    let (breaker, clock) = breaker(windowed(WindowKind::Time(16 * SECOND)));
    fail(&breaker);
    fail(&breaker);
    fail(&breaker);
    clock.advance(SECOND);
    fail(&breaker);
    assert_eq!(breaker.state(), State::Open);
}

#[test]
fn too_few_calls_decide_nothing() {
    let (breaker, _) = breaker(windowed(WindowKind::Count(10)));
    for _ in 0..3 {
        fail(&breaker);
    }
    assert_eq!(breaker.state(), State::Closed);
    succeed(&breaker);
    assert_eq!(breaker.state(), State::Closed, "a good call never opens it");
    fail(&breaker);
    assert_eq!(breaker.state(), State::Open);
}

#[test]
fn a_window_does_not_replace_failures_in_a_row_nor_they_it() {
    let config = BreakerConfig { consecutive_failures: 3, ..windowed(WindowKind::Count(100)) };
    let window = Window { minimum_calls: 50, ..config.window.clone().unwrap() };
    let (breaker, _) = breaker(BreakerConfig { window: Some(window), ..config });
    let mut events = breaker.subscribe();
    for _ in 0..3 {
        fail(&breaker);
    }
    assert_eq!(events.try_recv().unwrap().cause, Cause::ConsecutiveFailures);
    breaker.reset();
    for _ in 0..25 {
        succeed(&breaker);
        fail(&breaker);
    }
    assert_eq!(breaker.state(), State::Open);
    assert_eq!(events.try_recv().unwrap().cause, Cause::Reset);
    assert_eq!(events.try_recv().unwrap().cause, Cause::FailureRate);
}

#[test]
fn counts_do_not_run_over() {
    let (breaker, _) = breaker(BreakerConfig { consecutive_failures: 1_000_000, ..brief() });
    breaker.force_close();
    for _ in 0..1_100_000 {
        fail(&breaker);
    }
    let snapshot = breaker.snapshot();
    assert_eq!(
        (snapshot.state, snapshot.consecutive_failures, snapshot.failures),
        (State::Closed, 1_048_575, 1_100_000)
    );
    succeed(&breaker);
    assert_eq!(breaker.snapshot().consecutive_failures, 0);
}
