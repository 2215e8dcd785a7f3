use proptest::prelude::*;
use tower::{Service, ServiceBuilder, ServiceExt, service_fn};

use super::*;
use crate::clock::ManualClock;
use crate::policy::Layered;
use Priority::{Background, Critical, Normal};

const TARGET: Duration = Duration::from_millis(100);
const WINDOW: Duration = Duration::from_secs(1);

fn shedder(in_flight_max: u32) -> (Shedder<ManualClock>, ManualClock) {
    let clock = ManualClock::default();
    let config = ShedConfig { in_flight_max, wait_target: TARGET, window: WINDOW };
    (Shedder::new(&config, clock.clone()).unwrap(), clock)
}

/// Who would be let in now.
fn let_in(shedder: &Shedder<ManualClock>) -> Vec<Priority> {
    Priority::ALL.into_iter().filter(|priority| shedder.admit(*priority).is_ok()).collect()
}

#[test]
fn what_matters_least_goes_first() {
    let (shedder, _) = shedder(20);
    let mut in_flight = Vec::new();
    let mut changes = Vec::new();
    for calls in 0..=20 {
        let let_in = let_in(&shedder);
        if changes.last().is_none_or(|(_, before)| *before != let_in) {
            changes.push((calls, let_in));
        }
        in_flight.extend(shedder.admit(Critical));
    }
    let all = vec![Background, Normal, Critical];
    let expected = [(0, all), (10, vec![Normal, Critical]), (18, vec![Critical]), (20, vec![])];
    assert_eq!(changes, expected);
    drop(in_flight);
    assert_eq!(shedder.snapshot().in_flight, 0);
    assert_eq!(shedder.snapshot().background, 11);
}

#[test]
fn even_one_place_is_for_everyone() {
    let (shedder, _) = shedder(1);
    assert_eq!(let_in(&shedder), Priority::ALL);
}

#[test]
fn long_waits_shed_the_less_important() {
    let (shedder, clock) = shedder(1_000);
    (0..95).for_each(|_| shedder.observe(TARGET));
    (0..5).for_each(|_| shedder.observe(TARGET * 2));
    assert_eq!(let_in(&shedder), Priority::ALL, "one in twenty is allowed to be longer");
    shedder.observe(TARGET + Duration::from_nanos(1));
    assert_eq!(let_in(&shedder), [Normal, Critical]);
    (0..10).for_each(|_| shedder.observe(TARGET * 3));
    assert_eq!(let_in(&shedder), [Critical], "twice the target is too much for all but the critical");
    assert_eq!(shedder.admit(Normal).unwrap_err(), Shed::Waits);
    clock.advance(WINDOW);
    assert_eq!(let_in(&shedder), [Critical], "what was found holds for another window");
    clock.advance(WINDOW);
    assert_eq!(let_in(&shedder), Priority::ALL, "and no longer");
}

#[test]
fn a_few_long_waits_say_nothing() {
    let (shedder, _) = shedder(10);
    (0..19).for_each(|_| shedder.observe(TARGET * 9));
    assert_eq!(let_in(&shedder), Priority::ALL);
    shedder.observe(TARGET * 9);
    assert_eq!(let_in(&shedder), [Critical]);
}

#[test]
fn a_long_rest_forgets_everything() {
    let (shedder, clock) = shedder(10);
    (0..100).for_each(|_| shedder.observe(TARGET * 9));
    clock.advance(WINDOW * 2);
    assert_eq!(let_in(&shedder), Priority::ALL);
}

#[test]
fn limits_change_while_calls_run() {
    let (shedder, _) = shedder(10);
    let in_flight: Vec<_> = (0..10).map(|_| shedder.admit(Critical).unwrap()).collect();
    let config = ShedConfig { in_flight_max: 12, wait_target: TARGET, window: WINDOW };
    shedder.set_config(&config).unwrap();
    assert_eq!(let_in(&shedder), [Normal, Critical]);
    shedder.set_config(&ShedConfig { in_flight_max: 2, ..config }).unwrap();
    assert!(let_in(&shedder).is_empty());
    drop(in_flight);
    assert_eq!(shedder.snapshot().in_flight, 0);
    assert!(shedder.set_config(&ShedConfig { in_flight_max: 0, ..config }).is_err());
}

proptest! {
    /// Whoever is refused, all who matter less would be refused as well.
    #[test]
    fn nobody_is_shed_before_those_who_matter_less(
        in_flight_max in 1..50_u32,
        steps in proptest::collection::vec((0..3_usize, 0..400_u64, any::<bool>(), 0..300_u64), 1..200),
    ) {
        let (shedder, clock) = shedder(in_flight_max);
        let mut in_flight = Vec::new();
        for (class, wait, is_leaving, by) in steps {
            clock.advance(Duration::from_millis(by));
            shedder.observe(Duration::from_millis(wait));
            if is_leaving {
                in_flight.pop();
            } else {
                in_flight.extend(shedder.admit(Priority::ALL[class]));
            }
            prop_assert!(in_flight.len() <= usize::try_from(in_flight_max).unwrap());
            let let_in = let_in(&shedder);
            let least = let_in.first().copied().unwrap_or(Critical);
            let expected: Vec<_> = Priority::ALL.into_iter().filter(|class| *class >= least).collect();
            prop_assert!(let_in.is_empty() || let_in == expected, "{let_in:?}");
        }
    }
}

#[test]
fn threads_never_pass_the_mark() {
    let (shedder, _) = shedder(7);
    std::thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| {
                for _ in 0..20_000 {
                    let _places = [shedder.admit(Critical), shedder.admit(Critical), shedder.admit(Normal)];
                    assert!(shedder.snapshot().in_flight <= 7);
                }
            });
        }
    });
    assert_eq!(shedder.snapshot().in_flight, 0);
}

#[tokio::test]
async fn as_a_layer_it_looks_at_each_request() {
    let (shedder, _) = shedder(10);
    let shedder = std::sync::Arc::new(shedder);
    let layer = ShedLayer::new(std::sync::Arc::clone(&shedder), |arrival: &Arrival| *arrival);
    let mut service =
        ServiceBuilder::new().layer(layer).service(service_fn(|_: Arrival| async { Ok::<_, Kind>(()) }));
    let mut ask = async |priority, waited| service.ready().await?.call(Arrival { priority, waited }).await;
    for _ in 0..20 {
        assert!(ask(Critical, TARGET * 5).await.is_ok());
    }
    assert_eq!(ask(Normal, Duration::ZERO).await, Err(Layered::Own(Shed::Waits)));
    assert_eq!(ask(Critical, Duration::ZERO).await, Ok(()));
    assert_eq!(Arrival::from(Normal).waited, Duration::ZERO);
    let mut call = std::pin::pin!(service.call(Critical.into()));
    assert_eq!(call.as_mut().await, Ok(()));
    assert_eq!(shedder.snapshot().in_flight, 0, "though the future is not dropped yet");
}

#[test]
fn a_refusal_says_nothing_against_the_party() {
    for shed in [Shed::InFlight, Shed::Waits] {
        assert!(!shed.kind().is_outage());
        assert!(shed.kind().is_retryable(false), "nothing was sent");
    }
}
