use domain::Timestamp;
use engine::Clock;

use crate::VirtualClock;
use crate::chance::Chance;

#[test]
fn the_virtual_clock_says_what_it_was_told_and_never_goes_back() {
    let clock = VirtualClock::new(Timestamp::from_seconds(5));
    clock.advance(Timestamp::from_seconds(9));
    clock.advance(Timestamp::from_seconds(7));
    assert_eq!(clock.now(), Timestamp::from_seconds(9));
}

#[test]
fn normal_draws_have_mean_zero_and_deviation_one() {
    let mut chance = Chance::new(3);
    let draws: Vec<f64> = (0..100_000).map(|_| chance.normal()).collect();
    let mean = draws.iter().sum::<f64>() / 1e5;
    let variance = draws.iter().map(|draw| draw * draw).sum::<f64>() / 1e5;
    assert!(mean.abs() < 0.01 && (variance - 1.0).abs() < 0.02, "{mean} {variance}");
}

#[test]
fn sizes_have_a_heavy_tail_that_begins_at_one() {
    let mut chance = Chance::new(4);
    let draws: Vec<f64> = (0..100_000).map(|_| chance.power_law()).collect();
    let beyond = |bound: f64| draws.iter().filter(|&&draw| draw > bound).count();
    assert_eq!(beyond(0.999), draws.len());
    assert!((800..4_000).contains(&beyond(10.0)), "{}", beyond(10.0));
    assert!((10..300).contains(&beyond(50.0)), "{}", beyond(50.0));
}

#[test]
fn whole_draws_stay_below_their_bound_and_reach_every_value() {
    let mut chance = Chance::new(5);
    let mut seen = [0u32; 7];
    (0..7_000).for_each(|_| seen[usize::try_from(chance.below(7)).unwrap()] += 1);
    assert!(seen.iter().all(|&count| (800..1_200).contains(&count)), "{seen:?}");
    assert_eq!(chance.below(0), 0);
}
