//! Components come and go.

use std::future::pending;
use std::sync::Arc;
use std::time::Duration;

use super::world::{Party, config, depending, health, put, run, seconds, supporting, with};
use crate::health::Status::{Degraded, Healthy, Unhealthy};
use crate::health::{Component, HealthConfig, OVERALL, RegisterError};

fn fault(component: Component) -> &'static str {
    match health().register(component, pending) {
        Err(RegisterError::Invalid { fault, .. }) => fault,
        other => panic!("{other:?}"),
    }
}

#[test]
fn values_out_of_range_are_refused() {
    let base = || supporting("any");
    let zero = Duration::ZERO;
    assert!(fault(Component { name: String::new(), ..base() }).contains("name"));
    assert!(fault(Component { name: OVERALL.into(), ..base() }).contains("reserved"));
    assert!(fault(Component { name: "a\nb".into(), ..base() }).contains("printable"));
    assert!(fault(Component { name: "a".repeat(129), ..base() }).contains("128"));
    assert!(fault(Component { interval: zero, interval_when_unwell: zero, ..base() }).contains("1 ms"));
    assert!(fault(Component { timeout: zero, ..base() }).contains("1 ms"));
    assert!(fault(Component { interval: Duration::MAX, ..base() }).contains("24 h"));
    let longer = Component { interval_when_unwell: Duration::from_secs(31), ..base() };
    assert!(fault(longer).contains("longer than interval"));
    assert!(fault(Component { failures_to_unhealthy: 0, ..base() }).contains("failures_to_unhealthy"));
    assert!(fault(Component { successes_to_healthy: 0, ..base() }).contains("successes_to_healthy"));
    assert!(fault(depending(base(), &["a"; 33])).contains("32"));
    assert!(fault(depending(base(), &[""])).contains("cannot be a name"));
}

#[test]
fn the_defaults_are_those_that_are_written() {
    let Component { interval, interval_when_unwell, timeout, .. } = supporting("any");
    assert_eq!([interval, interval_when_unwell, timeout].map(|span| span.as_secs()), [30, 5, 3]);
    let Component { failures_to_unhealthy, successes_to_healthy, gates_readiness, .. } = supporting("any");
    assert_eq!((failures_to_unhealthy, successes_to_healthy, gates_readiness), (1, 1, false));
    let config = HealthConfig::default();
    assert_eq!((config.components_max, config.degradations_max), (1_000, 1_000));
}

#[test]
fn a_name_is_taken_once() {
    let health = health();
    put(&health, supporting("a"));
    let again = health.register(supporting("a"), pending);
    assert_eq!(again, Err(RegisterError::AlreadyRegistered { component: "a".into() }));
}

#[test]
fn the_number_is_bounded_and_a_place_comes_free() {
    let health = with(HealthConfig { components_max: 2, ..config() });
    put(&health, supporting("a"));
    put(&health, supporting("b"));
    let one_too_many = health.register(supporting("c"), pending);
    assert_eq!(one_too_many, Err(RegisterError::Full { component: "c".into(), max: 2 }));
    assert!(health.deregister("a"));
    assert!(!health.deregister("a"));
    put(&health, supporting("c"));
}

#[test]
fn a_thousand_find_room_and_the_next_does_not() {
    let health = health();
    for number in 0..1_000 {
        put(&health, supporting(&format!("account:{number}")));
    }
    let one_too_many = health.register(supporting("account:1000"), pending);
    assert!(matches!(one_too_many, Err(RegisterError::Full { max: 1_000, .. })));
}

#[tokio::test(start_paused = true)]
async fn one_that_comes_while_the_checks_are_run_is_checked() {
    let health = health();
    let _runner = run(&health);
    seconds(10.0).await;
    let party = Party::new(Healthy);
    health.register(supporting("late"), party.check()).unwrap();
    seconds(0.1).await;
    assert_eq!((health.status_of("late"), party.checks()), (Some(Healthy), 1));
    seconds(30.0).await;
    assert_eq!(party.checks(), 2);
}

#[tokio::test(start_paused = true)]
async fn one_that_left_is_checked_no_more() {
    let health = health();
    let party = Party::new(Healthy);
    health.register(supporting("short"), party.check()).unwrap();
    let _runner = run(&health);
    seconds(31.0).await;
    assert!(health.deregister("short"));
    assert!(!health.poke("short"));
    seconds(100.0).await;
    assert_eq!((party.checks(), health.status_of("short")), (2, None));
}

/// Everything the check owned is let go, also when it was hanging.
#[tokio::test(start_paused = true)]
async fn a_running_check_of_one_that_left_is_cancelled() {
    let health = health();
    let owned = Arc::new(());
    let held = Arc::clone(&owned);
    let hanging = move || {
        let held = Arc::clone(&held);
        async move {
            pending::<()>().await;
            drop(held);
            unreachable!("it hangs")
        }
    };
    health.register(Component { timeout: Duration::from_secs(20), ..supporting("a") }, hanging).unwrap();
    let _runner = run(&health);
    seconds(1.0).await;
    assert_eq!(Arc::strong_count(&owned), 3);
    assert!(health.deregister("a"));
    seconds(0.1).await;
    assert_eq!(Arc::strong_count(&owned), 1);
}

#[tokio::test(start_paused = true)]
async fn the_answer_of_an_earlier_registration_is_not_taken() {
    let health = health();
    let slow = || async {
        seconds(2.0).await;
        crate::health::Observation::unhealthy("old")
    };
    health.register(supporting("a"), slow).unwrap();
    let old = Arc::clone(&health.lock().roster.entries["a"].probe);
    assert!(health.deregister("a"));
    health.register(supporting("a"), Party::new(Healthy).check()).unwrap();
    let (late, _) = old.attempt().await;
    assert_eq!(health.record(&old, late, Duration::ZERO), None);
    assert_eq!(health.status_of("a"), Some(Degraded), "not checked yet");
    let _runner = run(&health);
    seconds(5.0).await;
    assert_eq!(health.status_of("a"), Some(Healthy));
    assert_ne!(health.status_of("a"), Some(Unhealthy));
}
