//! Limits by key.

use proptest::prelude::*;

use super::*;

fn keyed(quota: Quota, keys_max: usize) -> (KeyedRateLimit<u32, ManualClock>, ManualClock) {
    let clock = ManualClock::default();
    (KeyedRateLimit::with_clock(quota, keys_max, clock.clone()).unwrap(), clock)
}

fn admitted(limit: &KeyedRateLimit<u32, ManualClock>, key: u32, calls: u32) -> u32 {
    (0..calls).map(|_| u32::from(limit.check(&key).is_ok())).sum()
}

#[test]
fn each_key_has_a_quota_of_its_own() {
    let (limit, clock) = keyed(Quota::per_second(4), 100);
    assert_eq!((0..10).map(|key| admitted(&limit, key, 5)).collect::<Vec<_>>(), [4; 10]);
    clock.advance(Duration::from_secs(1));
    assert_eq!(admitted(&limit, 7, 5), 4);
}

#[test]
fn when_all_keys_are_in_use_the_others_share_one_quota() {
    let (limit, clock) = keyed(Quota::of(2, Duration::from_secs(2)), 3);
    let all: u32 = (0..3).map(|key| admitted(&limit, key, 2)).sum();
    assert_eq!(all, 6);
    assert_eq!((3..50).map(|key| admitted(&limit, key, 1)).sum::<u32>(), 2, "one quota for the crowd");
    let stats = limit.stats();
    assert_eq!((stats.keys, stats.crowded, stats.forgotten), (3, 47, 0));
    assert_eq!(admitted(&limit, 1, 1), 0, "those who have a place keep their own");
    clock.advance(Duration::from_secs(2));
    assert_eq!(admitted(&limit, 99, 2), 2, "whose burst is whole again makes room");
    assert_eq!(limit.stats().crowded, 47);
    assert!(limit.stats().forgotten >= 1);
}

#[test]
fn only_keys_without_state_are_forgotten() {
    let (limit, clock) = keyed(Quota::of(10, Duration::from_secs(10)), 100);
    admitted(&limit, 1, 10);
    admitted(&limit, 2, 1);
    clock.advance(Duration::from_secs(5));
    limit.retain_recent();
    assert_eq!(limit.stats().keys, 1);
    assert_eq!(admitted(&limit, 1, 10), 5, "it still knows what was used");
    assert_eq!(admitted(&limit, 2, 10), 10);
}

#[test]
fn no_key_has_room_when_there_is_none_at_all() {
    let (limit, _) = keyed(Quota::per_second(1), 0);
    assert_eq!((admitted(&limit, 1, 1), admitted(&limit, 2, 1)), (1, 0));
    assert_eq!(limit.stats().keys, 0);
}

proptest! {
    /// With room for all, each key is limited as if it were alone.
    #[test]
    fn a_key_is_limited_as_if_it_were_alone(
        calls in proptest::collection::vec((0..6_u32, 0..400_u64, any::<bool>()), 1..300),
    ) {
        let quota = Quota::of(3, Duration::from_nanos(900));
        let (limit, clock) = keyed(quota, 6);
        let alone: Vec<_> = (0..6).map(|_| RateLimit::with_clock(quota, clock.clone()).unwrap()).collect();
        for (key, by, is_swept) in calls {
            clock.advance(Duration::from_nanos(by));
            if is_swept {
                limit.retain_recent();
            }
            let expected = alone[usize::try_from(key).unwrap()].check();
            prop_assert_eq!(limit.check(&key), expected);
        }
        prop_assert_eq!(limit.stats().crowded, 0);
    }

    /// With too little room, all together get no more than as many quotas as there are places, and the crowd's.
    #[test]
    fn the_bound_holds_under_any_mix_of_keys(
        calls in proptest::collection::vec((0..200_u32, 0..40_u64), 1..600),
    ) {
        let (limit, clock) = keyed(Quota::of(2, Duration::from_nanos(2_000)), 8);
        let mut through = 0;
        for (key, by) in calls {
            clock.advance(Duration::from_nanos(by));
            through += u64::from(limit.check(&key).is_ok());
            prop_assert!(limit.stats().keys <= 8);
        }
        prop_assert!(through <= (8 + 1) * (2 + clock.now() / 1_000));
    }
}
