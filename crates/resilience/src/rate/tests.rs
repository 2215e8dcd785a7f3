mod keyed;
mod layer;
mod model;
mod threads;

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use super::*;
use crate::clock::{Clock, ManualClock, TokioClock};

const NANOSECOND: Duration = Duration::from_nanos(1);

fn limit(quota: Quota) -> (RateLimit<ManualClock>, ManualClock) {
    let clock = ManualClock::default();
    (RateLimit::with_clock(quota, clock.clone()).unwrap(), clock)
}

/// How many calls go through at once.
fn burst<C: Clock>(limit: &RateLimit<C>) -> u32 {
    std::iter::repeat_with(|| limit.check()).take_while(Result::is_ok).map(|_| 1).sum()
}

#[test]
fn a_burst_goes_through_and_then_one_call_at_a_time() {
    let (limit, clock) = limit(Quota::of(5, Duration::from_millis(500)));
    assert_eq!(burst(&limit), 5);
    for _ in 0..3 {
        clock.advance(Duration::from_millis(100) - NANOSECOND);
        assert_eq!(limit.check().unwrap_err().retry_after, NANOSECOND);
        clock.advance(NANOSECOND);
        assert_eq!(burst(&limit), 1);
    }
    clock.advance(Duration::from_secs(3_600));
    assert_eq!(burst(&limit), 5, "a long rest saves up one burst and no more");
}

#[test]
fn the_answer_says_what_is_left() {
    let (limit, clock) = limit(Quota::of(3, Duration::from_secs(3)));
    let left: Vec<_> = (0..3).map(|_| limit.check().unwrap()).collect();
    let told = |answer: &Remaining| (answer.limit(), answer.remaining(), answer.reset_after().as_secs());
    assert_eq!(left.iter().map(told).collect::<Vec<_>>(), [(3, 2, 1), (3, 1, 2), (3, 0, 3)]);
    clock.advance(Duration::from_millis(400));
    let refused = limit.check().unwrap_err();
    assert_eq!((refused.limit, refused.retry_after.as_millis()), (3, 600));
    assert_eq!(refused.reset_after.as_millis(), 2_600);
    clock.advance(refused.retry_after);
    assert!(limit.check().is_ok(), "what was promised is kept");
}

#[test]
fn a_call_can_cost_several() {
    let (limit, clock) = limit(Quota::of(10, Duration::from_secs(10)));
    assert_eq!(limit.check_cost(7).unwrap().remaining(), 3);
    let refused = limit.check_cost(5).unwrap_err();
    assert_eq!(refused.retry_after, Duration::from_secs(2));
    assert_eq!(burst(&limit), 3, "a refusal uses nothing up");
    assert_eq!(limit.check_cost(11).unwrap_err().retry_after, Duration::MAX, "more than a burst never fits");
    clock.advance(Duration::from_secs(10));
    assert!(limit.check_cost(10).is_ok());
    assert!(limit.check_cost(0).is_ok(), "what costs nothing always fits");
}

#[test]
fn what_does_not_divide_evenly_is_rounded_to_the_strict_side() {
    let quota = Quota::per_second(7);
    assert_eq!(quota.per.as_nanos(), 142_857_143);
    let (limit, clock) = limit(quota.with_burst(1));
    let mut admitted = 0;
    for _ in 0..1_000_000 {
        admitted += u32::from(limit.check().is_ok());
        clock.advance(Duration::from_micros(1));
    }
    assert_eq!(admitted, 7);
}

#[test]
fn impossible_quotas_are_refused() {
    let second = Duration::from_secs(1);
    let cases = [
        (Quota::of(0, second), QuotaFault::NoBurst),
        (Quota { per: second, burst: 0 }, QuotaFault::NoBurst),
        (Quota { per: Duration::ZERO, burst: 1 }, QuotaFault::TooFast),
        (Quota { per: Duration::MAX, burst: 1 }, QuotaFault::TooSlow),
        (Quota { per: second, burst: u32::MAX }, QuotaFault::TooSlow),
        (Quota { per: Duration::from_secs(u64::MAX), burst: u32::MAX }, QuotaFault::TooSlow),
    ];
    for (quota, fault) in cases {
        assert_eq!(RateLimit::new(quota).unwrap_err(), fault, "{quota:?}");
    }
}

#[test]
fn the_largest_quotas_work() {
    let (fast, clock) = limit(Quota { per: NANOSECOND, burst: u32::MAX });
    assert_eq!(fast.check_cost(u32::MAX).unwrap().remaining(), 0);
    clock.advance(Duration::from_nanos(5));
    assert_eq!(burst(&fast), 5);
    let century = Duration::from_secs(100 * 365 * 24 * 3_600);
    let (slow, clock) = limit(Quota { per: century, burst: 1 });
    assert_eq!(burst(&slow), 1);
    clock.advance(century);
    assert_eq!(burst(&slow), 1);
}

/// Goes wherever it is told.
#[derive(Default)]
struct Jumping(AtomicU64);

impl Clock for &Jumping {
    fn now(&self) -> u64 {
        self.0.load(Ordering::SeqCst)
    }
}

#[test]
fn a_clock_that_jumps_gives_nobody_more() {
    let clock = Jumping::default();
    let limit = RateLimit::with_clock(Quota::of(4, Duration::from_nanos(400)), &clock).unwrap();
    let burst_at = |now| {
        clock.0.store(now, Ordering::SeqCst);
        burst(&limit)
    };
    assert_eq!(burst_at(1_000_000), 4);
    assert_eq!(burst_at(10), 0, "back: nothing until time has caught up");
    assert_eq!(burst_at(1_000_000), 0);
    assert_eq!(burst_at(1_000_100), 1);
    assert_eq!(burst_at(u64::MAX / 2), 4, "far ahead: one burst");
    assert_eq!(burst_at(u64::MAX - 150), 1, "at the end of time: as far as it can be counted");
    assert_eq!(burst_at(u64::MAX), 0);
}

#[tokio::test(start_paused = true)]
async fn waiting_is_in_the_order_of_asking_and_bounded() {
    let limit = RateLimit::with_clock(Quota::of(1, Duration::from_millis(100)), TokioClock::new()).unwrap();
    let clock = TokioClock::new();
    let wait_max = Duration::from_millis(250);
    let waited = async || {
        limit.ready(wait_max).await?;
        Ok::<_, Limited>(clock.now() / 1_000_000)
    };
    let all = tokio::join!(waited(), waited(), waited(), waited());
    assert_eq!((all.0, all.1, all.2), (Ok(0), Ok(100), Ok(200)));
    assert_eq!(all.3.unwrap_err().retry_after, Duration::from_millis(300));
    assert_eq!(clock.now() / 1_000_000, 200, "the one for whom it is too long is told at once");
    assert!(waited().await.is_ok());
}

#[test]
fn under_another_quota_as_many_calls_stay_used_up() {
    let gcra = |calls, window_ms| Gcra::new(Quota::of(calls, Duration::from_millis(window_ms))).unwrap();
    let (old, new) = (gcra(10, 1_000), gcra(20, 1_000));
    let now = 5_000_000_000;
    let used = |gcra: &Gcra, full_at| {
        let (_, left) = gcra.decide(full_at, now, 0, 0).unwrap();
        left.limit() - left.remaining()
    };
    for calls in 0..=10 {
        let full_at = now + u64::from(calls) * 100_000_000;
        assert_eq!(used(&new, old.carry(full_at, now, &new)), calls);
    }
    let few = gcra(4, 1_000);
    assert_eq!(used(&few, old.carry(now + 1_000_000_000, now, &few)), 4, "no more than there are");
    assert_eq!(old.carry(3, now, &new), now, "a quota that was whole stays whole");
}
