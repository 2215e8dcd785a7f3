//! How long waits are.

use proptest::prelude::*;

use super::*;

#[test]
fn bounds_double_up_to_the_cap() {
    let config = RetryConfig::default();
    let seconds: Vec<_> = (1..=5).map(|retry| config.bound(retry).as_secs()).collect();
    assert_eq!(seconds, [2, 4, 8, 10, 10]);
    assert_eq!(config.bound(u32::MAX), config.cap);
    assert_eq!(RetryConfig { multiplier: 1.0, ..config }.bound(u32::MAX), config.initial);
}

#[test]
fn jitter_is_full() {
    let config = RetryConfig::default();
    assert_eq!(config.wait(1, 0.0, None), Duration::ZERO);
    assert_eq!(config.wait(1, 0.25, None), Duration::from_millis(500));
    let chance = crate::SeededChance::new(7);
    let waits: Vec<_> = (0..1_000).map(|_| config.wait(2, chance.unit(), None).as_secs_f64()).collect();
    for quarter in 0..4 {
        let from = f64::from(quarter);
        let inside = waits.iter().filter(|wait| (from..from + 1.0).contains(*wait)).count();
        assert!((200..300).contains(&inside), "{inside} of 1000 waits in second {quarter} of 4");
    }
}

proptest! {
    #[test]
    fn a_wait_is_within_its_bound_or_what_the_party_asked_for(
        retry in any::<u32>(),
        chance in prop_oneof![0.0..1.0_f64, any::<f64>()],
        after in proptest::option::of(prop_oneof![0..10_000_u64, 0..u64::MAX]),
        initial in 1..3_600_000_u64,
        multiplier in 1.0..10.0_f64,
    ) {
        let initial = Duration::from_millis(initial);
        let config = RetryConfig { initial, multiplier, cap: Duration::from_secs(3_600), ..RetryConfig::default() };
        let after = after.map(Duration::from_millis);
        let wait = config.wait(retry, chance, after);
        let asked = after.unwrap_or_default();
        prop_assert!(wait >= asked && wait >= config.wait(retry, chance, None));
        prop_assert!(wait <= config.bound(retry).max(asked.saturating_add(asked / 9)));
        prop_assert!(config.bound(retry) <= config.cap);
    }
}
