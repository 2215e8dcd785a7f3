//! Asking for a check now.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use super::world::{Party, health, required, run, seconds, supporting};
use crate::health::Observation;
use crate::health::Status::{Healthy, Unhealthy};

#[tokio::test(start_paused = true)]
async fn a_poke_brings_the_check_forward() {
    let health = health();
    let database = Party::new(Healthy);
    health.register(required("database"), database.check()).unwrap();
    let _runner = run(&health);
    seconds(3.0).await;
    database.set(Unhealthy);
    assert!(health.poke("database"));
    assert!(!health.poke("unknown"));
    seconds(0.01).await;
    assert!(!health.ready().is_ready);
    assert_eq!(database.checks(), 2);
}

#[tokio::test(start_paused = true)]
async fn the_next_check_is_due_an_interval_after_the_poked_one() {
    let health = health();
    let party = Party::new(Healthy);
    health.register(supporting("a"), party.check()).unwrap();
    let _runner = run(&health);
    seconds(20.0).await;
    health.poke("a");
    seconds(29.0).await;
    assert_eq!(party.checks(), 2);
    seconds(2.0).await;
    assert_eq!(party.checks(), 3);
}

#[tokio::test(start_paused = true)]
async fn many_pokes_are_one() {
    let health = health();
    let party = Party::new(Healthy);
    health.register(supporting("a"), party.check()).unwrap();
    let _runner = run(&health);
    seconds(3.0).await;
    for _ in 0..1_000 {
        health.poke("a");
    }
    seconds(20.0).await;
    assert_eq!(party.checks(), 2);
}

/// What was asked before the check began is answered by it; what is asked during it needs another.
#[tokio::test(start_paused = true)]
async fn pokes_during_a_check_make_one_more() {
    let health = health();
    let checks = Arc::new(AtomicU32::new(0));
    let counted = Arc::clone(&checks);
    let slow = move || {
        counted.fetch_add(1, Ordering::SeqCst);
        async {
            seconds(2.0).await;
            Observation::healthy("")
        }
    };
    health.register(supporting("a"), slow).unwrap();
    let _runner = run(&health);
    seconds(1.0).await;
    for _ in 0..100 {
        health.poke("a");
    }
    assert_eq!(checks.load(Ordering::SeqCst), 1);
    seconds(20.0).await;
    assert_eq!(checks.load(Ordering::SeqCst), 2);
}

#[tokio::test(start_paused = true)]
async fn a_storm_of_pokes_is_no_storm_of_checks() {
    let health = health();
    let party = Party::new(Unhealthy);
    health.register(supporting("a"), party.check()).unwrap();
    let _runner = run(&health);
    for _ in 0..2_000 {
        health.poke("a");
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    let checks = party.checks();
    assert!((19..=21).contains(&checks), "10 s with a pause of 500 ms: {checks}");
}

/// A poke that comes while the pause is waited for is answered by the check after it.
#[tokio::test(start_paused = true)]
async fn pokes_during_the_pause_are_answered_by_the_check_after_it() {
    let health = health();
    let party = Party::new(Healthy);
    health.register(supporting("a"), party.check()).unwrap();
    let _runner = run(&health);
    seconds(0.1).await;
    health.poke("a");
    seconds(0.1).await;
    assert_eq!(party.checks(), 1);
    health.poke("a");
    seconds(0.5).await;
    assert_eq!(party.checks(), 2);
    seconds(5.0).await;
    assert_eq!(party.checks(), 2);
}

#[tokio::test(start_paused = true)]
async fn a_poke_before_the_checks_are_run_is_not_a_second_check() {
    let health = health();
    let party = Party::new(Healthy);
    health.register(supporting("a"), party.check()).unwrap();
    health.poke("a");
    let _runner = run(&health);
    seconds(10.0).await;
    assert_eq!(party.checks(), 1);
}
