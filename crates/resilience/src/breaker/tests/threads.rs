//! Many threads at once, for real. The orders that matter are explored in `tests/model.rs`.

use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Barrier, Mutex};
use std::thread;

use super::super::tally::{LINES, lease};
use super::super::{BreakerConfig, State, Window, WindowKind};
use super::{OPEN_FOR, SECOND, breaker, brief, fail, half_open, permit, succeed, windowed};

const THREADS: u64 = 4;
const ROUNDS: u64 = 5_000;

fn on_threads(threads: u64, work: impl Fn() + Sync) {
    thread::scope(|scope| {
        for _ in 0..threads {
            scope.spawn(&work);
        }
    });
}

#[test]
fn no_more_probes_than_slots_on_any_thread() {
    let (breaker, _) = half_open(BreakerConfig { half_open_probes: 3, successes_to_close: 1_000, ..brief() });
    let inside = AtomicU32::new(0);
    on_threads(THREADS, || {
        for _ in 0..ROUNDS {
            let Ok(probe) = breaker.try_acquire() else { continue };
            assert!(inside.fetch_add(1, Ordering::SeqCst) < 3);
            thread::yield_now();
            inside.fetch_sub(1, Ordering::SeqCst);
            drop(probe);
        }
    });
    assert_eq!((breaker.state(), breaker.snapshot().probes), (State::HalfOpen, 0));
}

#[test]
fn an_open_time_that_is_over_lets_in_one_of_all_threads() {
    for _ in 0..200 {
        let (breaker, clock) = breaker(BreakerConfig { half_open_probes: 1, ..brief() });
        fail(&breaker);
        fail(&breaker);
        clock.advance(OPEN_FOR);
        let probes: Vec<_> = thread::scope(|scope| {
            let tries: Vec<_> = (0..THREADS).map(|_| scope.spawn(|| breaker.try_acquire().ok())).collect();
            tries.into_iter().filter_map(|probe| probe.join().unwrap()).collect()
        });
        assert_eq!(probes.len(), 1);
    }
}

#[test]
fn totals_miss_no_call_of_any_thread() {
    let (breaker, _) = breaker(BreakerConfig { consecutive_failures: 1_000_000, ..brief() });
    // More threads alive at once than count alone, and more after them, which go on where those stopped.
    let crowds = [40, 4, 40];
    for threads in crowds {
        let all_are_here = Barrier::new(threads);
        on_threads(u64::try_from(threads).unwrap(), || {
            succeed(&breaker);
            all_are_here.wait();
            for _ in 1..ROUNDS {
                succeed(&breaker);
                fail(&breaker);
            }
            all_are_here.wait();
        });
    }
    let snapshot = breaker.snapshot();
    assert_eq!((snapshot.successes, snapshot.failures), (84 * ROUNDS, 84 * (ROUNDS - 1)));
}

#[test]
fn no_two_living_threads_count_in_one_line() {
    let all_are_here = Barrier::new(40);
    let lines = Mutex::new(Vec::new());
    on_threads(40, || {
        let line = lease::line();
        assert_eq!(line, lease::line());
        lines.lock().unwrap().push(line);
        all_are_here.wait();
    });
    let mut alone: Vec<_> = lines.into_inner().unwrap().into_iter().filter(|&line| line < LINES).collect();
    let count = alone.len();
    alone.sort_unstable();
    alone.dedup();
    assert_eq!(alone.len(), count);
    assert!(count < 40, "some share");
}

#[test]
fn windows_miss_no_call_of_any_thread() {
    let calls = 4 * THREADS * ROUNDS;
    let kinds = [WindowKind::Count(u32::try_from(calls.min(65_536)).unwrap()), WindowKind::Time(60 * SECOND)];
    for kind in kinds {
        let config = windowed(kind);
        let window = Window { minimum_calls: 60_000, failure_rate: 0.3, ..config.window.clone().unwrap() };
        let (breaker, clock) = breaker(BreakerConfig { window: Some(window), ..config });
        breaker.force_close();
        on_threads(THREADS, || {
            for _ in 0..ROUNDS / 2 {
                succeed(&breaker);
                fail(&breaker);
                succeed(&breaker);
                succeed(&breaker);
            }
        });
        assert_eq!(breaker.snapshot().failure_rate.to_bits(), 0.25_f64.to_bits(), "{kind:?}");
        clock.advance(SECOND);
    }
}

#[test]
fn it_opens_once_however_many_fail() {
    let (breaker, _) = breaker(BreakerConfig { consecutive_failures: 100, ..brief() });
    let mut events = breaker.subscribe();
    on_threads(THREADS, || {
        for _ in 0..ROUNDS {
            if let Ok(call) = breaker.try_acquire() {
                call.failure();
            }
        }
    });
    assert_eq!(events.try_recv().unwrap().to, State::Open);
    assert!(events.try_recv().is_err());
}

#[test]
fn a_life_on_many_threads_ends_in_order() {
    let config =
        BreakerConfig { half_open_probes: 2, successes_to_close: 3, ..windowed(WindowKind::Count(20)) };
    let (breaker, clock) = breaker(config);
    let mut events = breaker.subscribe();
    let mut states = State::Closed;
    let step = AtomicU32::new(0);
    for _ in 0..50 {
        on_threads(THREADS, || {
            for _ in 0..20 {
                match (breaker.try_acquire(), step.fetch_add(1, Ordering::Relaxed) % 7) {
                    (Err(_), _) => clock.advance(OPEN_FOR),
                    (Ok(call), 0..3) => call.failure(),
                    (Ok(call), 3..6) => call.success(),
                    (Ok(call), _) => drop(call),
                }
            }
        });
        while let Ok(event) = events.try_recv() {
            assert_eq!(event.from, states, "told in order");
            states = event.to;
        }
        assert_eq!(breaker.state(), states);
        assert_eq!(breaker.snapshot().probes, 0, "every slot came back");
    }
    breaker.reset();
    permit(&breaker).success();
}
