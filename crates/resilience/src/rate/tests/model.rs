//! The limit against a model in numbers that cannot overflow.

use std::time::Duration;

use proptest::prelude::*;

use super::*;

/// The same algorithm as its books tell it: the moment at which the whole burst is there again.
struct Model {
    full_at: u128,
    per: u128,
    burst: u128,
}

impl Model {
    /// Calls left, or how long to wait.
    fn check(&mut self, now: u128, cost: u128) -> Result<u128, u128> {
        let next = self.full_at.max(now) + self.per * cost;
        let horizon = now + self.per * self.burst;
        if next > horizon {
            return Err(next - horizon);
        }
        self.full_at = next;
        Ok((horizon - next) / self.per)
    }
}

fn quotas() -> impl Strategy<Value = Quota> {
    let per = prop_oneof![1_u64..100, 1_u64..10_000_000_000, Just(3_153_600_000_000_000)];
    let burst = prop_oneof![1_u32..5, 1_u32..1_000];
    (per, burst).prop_map(|(per, burst)| Quota { per: Duration::from_nanos(per), burst })
}

/// Moves in time, from none to much more than a burst takes to come back, and the cost of the call that follows.
fn moves() -> impl Strategy<Value = Vec<(u64, u32)>> {
    let by =
        prop_oneof![3 => Just(0_u64), 3 => 0..1_000_u64, 3 => 0..20_000_000_000_u64, 1 => 0..1_u64 << 55];
    proptest::collection::vec((by, prop_oneof![4 => Just(1_u32), 1 => 0..1_500_u32]), 1..200)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    #[test]
    fn it_is_the_model(quota in quotas(), moves in moves()) {
        let (limit, clock) = limit(quota);
        let (per, burst) = (quota.per.as_nanos(), u128::from(quota.burst));
        let mut model = Model { full_at: 0, per, burst };
        for (by, cost) in moves {
            clock.advance(Duration::from_nanos(by));
            let now = u128::from(clock.now());
            // As far as nanoseconds can be counted in 64 bits.
            prop_assume!(now + per * burst < u128::from(u64::MAX) / 2);
            match (limit.check_cost(cost), model.check(now, u128::from(cost))) {
                (Ok(answer), Ok(left)) => {
                    prop_assert_eq!(u128::from(answer.remaining()), left);
                    prop_assert_eq!(answer.reset_after().as_nanos(), model.full_at - now);
                }
                (Err(refused), Err(_)) if u128::from(cost) > burst => {
                    prop_assert_eq!(refused.retry_after, Duration::MAX);
                }
                (Err(refused), Err(wait)) => {
                    prop_assert_eq!(refused.retry_after.as_nanos(), wait);
                    prop_assert_eq!(refused.reset_after.as_nanos(), model.full_at.saturating_sub(now));
                }
                (ours, models) => prop_assert!(false, "{ours:?} but the model says {models:?}"),
            }
        }
    }

    /// In no stretch of time more than a burst and what came back in it.
    #[test]
    fn no_stretch_of_time_admits_too_many(quota in quotas(), steps in proptest::collection::vec(0..5_u64, 1..120)) {
        let (limit, clock) = limit(quota);
        let per = u64::try_from(quota.per.as_nanos()).unwrap();
        let mut admitted = Vec::new();
        for step in steps {
            clock.advance(Duration::from_nanos(step * per / 3));
            if limit.check().is_ok() {
                admitted.push(clock.now());
            }
        }
        for (first, from) in admitted.iter().enumerate() {
            for (last, until) in admitted.iter().enumerate().skip(first) {
                let allowed = u64::from(quota.burst) + (until - from) / per;
                prop_assert!((last - first + 1) as u64 <= allowed);
            }
        }
    }
}
