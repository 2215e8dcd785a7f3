//! The histogram.

use proptest::prelude::*;

use super::*;

#[test]
fn a_few_answers_say_nothing() {
    let latencies = Latencies::new();
    (0..31).for_each(|_| latencies.record(1_000_000));
    assert_eq!(latencies.percentile(50.0), None);
    latencies.record(1_000_000);
    assert!(latencies.percentile(50.0).is_some());
}

#[test]
fn the_extremes_have_a_place() {
    let latencies = Latencies::new();
    (0..50).for_each(|_| latencies.record(0));
    (0..50).for_each(|_| latencies.record(u64::MAX));
    assert_eq!(latencies.percentile(0.0), Some(1_152));
    assert!(latencies.percentile(100.0).unwrap() > 3_600_000_000_000, "an hour and more");
}

#[test]
fn old_answers_fade() {
    let latencies = Latencies::new();
    (0..5_000).for_each(|_| latencies.record(1_000_000_000));
    (0..5_000).for_each(|_| latencies.record(1_000_000));
    let p90 = latencies.percentile(90.0).unwrap();
    assert!(p90 < 1_200_000, "{p90}: the slow ones are long ago");
    (10..40).for_each(|octave| latencies.record(1 << octave));
    (0..12_000).for_each(|_| latencies.record(1_000_000));
    assert!(latencies.percentile(100.0).unwrap() < 1_200_000, "even those that were one of a kind");
}

#[test]
fn threads_at_once_keep_the_weights_right() {
    let latencies = Latencies::new();
    let both = |_| [1_000_000, 16_000_000].into_iter().for_each(|took| latencies.record(took));
    std::thread::scope(|scope| {
        (0..4).for_each(|_| drop(scope.spawn(|| (0..50_000).for_each(both))));
    });
    let (low, high) = (latencies.percentile(45.0).unwrap(), latencies.percentile(55.0).unwrap());
    assert!(low < 1_200_000 && high > 15_000_000, "{low} {high}");
    assert!(
        (900..4_096).contains(&latencies.weight()),
        "{}: what is old fades, and only that",
        latencies.weight()
    );
}

proptest! {
    /// Never below the true one, and above it by less than an eighth.
    #[test]
    fn percentiles_are_right_to_an_eighth(
        mut took in proptest::collection::vec(1_200..1_000_000_000_000_u64, 32..900),
        percent in 1..=100_u32,
    ) {
        let latencies = Latencies::new();
        took.iter().for_each(|took| latencies.record(*took));
        took.sort_unstable();
        let percent = usize::try_from(percent).unwrap();
        let exact = took[(took.len() * percent).div_ceil(100) - 1];
        let told = latencies.percentile(f64::from(u32::try_from(percent).unwrap())).unwrap();
        prop_assert!(told >= exact && told - exact <= exact / 8 + 1, "{told} for {exact}");
    }
}
