use domain::{Span, Timestamp};
use proptest::prelude::*;

use super::{Pacer, PacingLimits};

fn at(nanos: i64) -> Timestamp {
    Timestamp::from_nanos(nanos)
}

fn taken(pacer: &mut Pacer, now: Timestamp) -> usize {
    std::iter::from_fn(|| pacer.take(now).ok()).count()
}

#[test]
fn two_thousand_at_once_and_two_thousand_a_second() {
    let mut pacer = Pacer::new("test", PacingLimits::default(), at(0));
    assert_eq!(taken(&mut pacer, at(0)), 2_000);
    assert_eq!(pacer.blocked(), 1);
    assert_eq!(taken(&mut pacer, at(500_000_000)), 1_000);
    assert_eq!(taken(&mut pacer, at(3_600_000_000_000)), 2_000, "a rest saves no more than the burst");
}

#[test]
fn a_blocked_call_knows_when_to_come_again() {
    let limits = PacingLimits { per_second: 3, burst: 1 };
    let mut pacer = Pacer::new("test", limits, at(0));
    assert!(pacer.take(at(0)).is_ok());
    let blocked = pacer.take(at(0)).unwrap_err();
    assert_eq!(blocked.retry_after, Span::from_nanos(333_333_334), "rounded up");
    assert!(pacer.take(at(333_333_333)).is_err());
    assert!(pacer.take(at(333_333_334)).is_ok());
}

#[test]
fn a_clock_that_goes_back_neither_gains_nor_costs() {
    let mut pacer = Pacer::new("test", PacingLimits { per_second: 1, burst: 2 }, at(0));
    assert!(pacer.take(at(0)).is_ok());
    assert!(pacer.take(at(-5_000_000_000)).is_ok());
    assert!(pacer.take(at(-4_000_000_001)).is_err());
    assert!(pacer.take(at(-4_000_000_000)).is_ok());
}

#[test]
fn no_budget_never_has_room() {
    for limits in [PacingLimits { per_second: 0, burst: 0 }, PacingLimits { per_second: 5, burst: 0 }] {
        let mut pacer = Pacer::new("test", limits, at(0));
        assert_eq!(pacer.take(Timestamp::MAX).unwrap_err().retry_after, Span::from_nanos(i64::MAX));
    }
}

proptest! {
    /// In no stretch of time do more calls pass than the burst and what flowed in since.
    #[test]
    fn the_budget_is_never_exceeded(pauses in proptest::collection::vec(0..400_000_000i64, 1..200)) {
        let limits = PacingLimits { per_second: 10, burst: 3 };
        let mut pacer = Pacer::new("test", limits, at(0));
        let mut clock = 0;
        let mut passed = Vec::new();
        for &pause in &pauses {
            clock += pause;
            match pacer.take(at(clock)) {
                Ok(()) => passed.push(clock),
                Err(blocked) => prop_assert!(blocked.retry_after.nanos() > 0),
            }
        }
        for (count, from) in passed.iter().enumerate() {
            for (last, to) in passed.iter().enumerate().skip(count) {
                let allowed = i64::from(limits.burst) * 1_000_000_000 + (to - from) * i64::from(limits.per_second);
                prop_assert!(i64::try_from(last - count + 1).unwrap() * 1_000_000_000 <= allowed);
            }
        }
        prop_assert_eq!(passed.len() + usize::try_from(pacer.blocked()).unwrap(), pauses.len());
    }
}
