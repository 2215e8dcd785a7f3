//! Many threads at once: not one call too many, not one too few.

use std::sync::Barrier;
use std::thread;

use super::*;
use crate::clock::SystemClock;

const THREADS: usize = 8;

/// Runs `work` on all threads at once: the sum of what they say.
fn together(work: impl Fn(usize) -> u64 + Sync) -> u64 {
    let barrier = Barrier::new(THREADS);
    let run = &|thread| {
        barrier.wait();
        work(thread)
    };
    thread::scope(|scope| {
        let threads: Vec<_> = (0..THREADS).map(|thread| scope.spawn(move || run(thread))).collect();
        threads.into_iter().map(|thread| thread.join().unwrap()).sum()
    })
}

#[test]
fn while_time_stands_still_exactly_a_burst_goes_through() {
    for round in 0..50 {
        let (limit, _) = limit(Quota { per: Duration::from_secs(1), burst: 1_000 + round });
        let admitted = together(|_| (0..1_000).map(|_| u64::from(limit.check().is_ok())).sum());
        assert_eq!(admitted, u64::from(1_000 + round));
    }
}

#[test]
fn while_time_runs_never_more_than_a_burst_and_what_came_back() {
    let outer = SystemClock::new();
    let before = outer.now();
    let limit = RateLimit::new(Quota { per: Duration::from_micros(2), burst: 100 }).unwrap();
    let admitted = together(|_| (0..20_000).map(|_| u64::from(limit.check().is_ok())).sum());
    let elapsed = outer.now() - before;
    assert!(admitted <= 100 + elapsed / 2_000, "{admitted} in {elapsed} ns");
    assert!(admitted >= 100);
}

#[test]
fn keys_share_nothing_but_the_bound() {
    let clock = ManualClock::default();
    let quota = Quota { per: Duration::from_secs(1), burst: 10 };
    let limit = KeyedRateLimit::<u32, _>::with_clock(quota, 1_000, clock).unwrap();
    let admitted =
        together(|_| (0..20_000_u32).map(|call| u64::from(limit.check(&(call % 500)).is_ok())).sum());
    assert_eq!(admitted, 500 * 10);
    assert_eq!(limit.stats().keys, 500);
}

/// Lets threads go on at the very same moment, which a barrier that sleeps does not.
fn meet(arrivals: &AtomicU64, all: u64) {
    arrivals.fetch_add(1, Ordering::SeqCst);
    while arrivals.load(Ordering::SeqCst) < all {
        thread::yield_now();
    }
}

#[test]
fn a_newcomer_on_two_threads_takes_one_place() {
    let clock = ManualClock::default();
    let quota = Quota { per: Duration::from_nanos(10), burst: 1 };
    let limit = KeyedRateLimit::<u64, _>::with_clock(quota, 2, clock.clone()).unwrap();
    let arrivals = AtomicU64::new(0);
    let work = |is_first: bool| {
        let mut wrong = 0;
        for round in 0..40_000 {
            meet(&arrivals, round * 6 + 2);
            limit.check(&round).ok();
            meet(&arrivals, round * 6 + 4);
            if is_first {
                // Every other newcomer finds no room, and then makes some.
                wrong += u64::from(limit.stats().keys != if round % 2 == 0 { 1 } else { 2 });
                clock.advance(Duration::from_nanos(10));
            }
            meet(&arrivals, round * 6 + 6);
        }
        wrong
    };
    let wrong: u64 = thread::scope(|scope| {
        let other = scope.spawn(|| work(false));
        work(true) + other.join().unwrap()
    });
    assert_eq!(wrong, 0);
}

#[test]
fn newcomers_from_many_threads_never_pass_the_bound() {
    let clock = ManualClock::default();
    let quota = Quota { per: Duration::from_nanos(10), burst: 2 };
    let limit = KeyedRateLimit::<usize, _>::with_clock(quota, 64, clock.clone()).unwrap();
    together(|thread| {
        for call in 0..5_000 {
            limit.check(&(thread * 5_000 + call)).ok();
            clock.advance(Duration::from_nanos(3));
            assert!(limit.stats().keys <= 64);
        }
        0
    });
    let stats = limit.stats();
    assert!(stats.forgotten > 0);
    clock.advance(Duration::from_secs(1));
    limit.retain_recent();
    assert_eq!(limit.stats().keys, 0, "what is counted is what is there");
}
