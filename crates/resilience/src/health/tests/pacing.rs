//! When checks are run.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use tokio::time::Instant;

use super::world::{Party, config, health, required, run, seconds, supporting, with};
use crate::health::Status::{Degraded, Healthy, Unhealthy};
use crate::health::{AlreadyRunning, Component, HealthConfig, Observation};

/// The most a timer of the runtime may be late.
const TICK: f64 = 0.002;

#[tokio::test(start_paused = true)]
async fn each_is_checked_at_its_own_interval() {
    let health = health();
    let (usual, quick) = (Party::new(Healthy), Party::new(Healthy));
    health.register(supporting("usual"), usual.check()).unwrap();
    let second = Duration::from_secs(1);
    let component = Component { interval: second, interval_when_unwell: second, ..supporting("quick") };
    health.register(component, quick.check()).unwrap();
    let _runner = run(&health);
    seconds(90.5).await;
    assert_eq!((usual.checks(), quick.checks()), (4, 91));
}

#[tokio::test(start_paused = true)]
async fn readiness_is_red_within_an_interval_and_green_again_within_the_shorter_one() {
    let health = health();
    let database = Party::new(Healthy);
    health.register(required("database"), database.check()).unwrap();
    let _runner = run(&health);
    seconds(47.0).await;
    assert!(health.ready().is_ready);
    database.set(Unhealthy);
    let went_down = Instant::now();
    while health.ready().is_ready {
        seconds(0.1).await;
    }
    assert!(went_down.elapsed() <= Duration::from_secs_f64(30.1 + TICK), "{:?}", went_down.elapsed());
    assert_eq!(health.ready().missing, ["database"]);
    seconds(13.0).await;
    database.set(Healthy);
    let came_back = Instant::now();
    while !health.ready().is_ready {
        seconds(0.1).await;
    }
    assert!(came_back.elapsed() <= Duration::from_secs_f64(5.1 + TICK), "{:?}", came_back.elapsed());
}

#[tokio::test(start_paused = true)]
async fn the_shorter_interval_holds_while_it_is_degraded_or_about_to_change() {
    let health = health();
    let (degraded, failing) = (Party::new(Degraded), Party::new(Healthy));
    health.register(supporting("degraded"), degraded.check()).unwrap();
    let component = Component { failures_to_unhealthy: 3, ..supporting("failing") };
    health.register(component, failing.check()).unwrap();
    let _runner = run(&health);
    seconds(29.0).await;
    assert_eq!((degraded.checks(), failing.checks()), (6, 1));
    failing.set(Unhealthy);
    seconds(2.0).await;
    assert_eq!(health.status_of("failing"), Some(Healthy), "one failure of three");
    seconds(10.0).await;
    assert_eq!((health.status_of("failing"), failing.checks()), (Some(Unhealthy), 4));
}

#[tokio::test(start_paused = true)]
async fn the_first_checks_are_spread() {
    let health = with(HealthConfig { start_within: Duration::from_secs(10), ..config() });
    let began = Instant::now();
    let starts = Arc::new(Mutex::new(Vec::new()));
    for number in 0..50 {
        let starts = Arc::clone(&starts);
        let check = move || {
            starts.lock().unwrap().push(began.elapsed().as_millis());
            async { Observation::healthy("") }
        };
        health.register(supporting(&number.to_string()), check).unwrap();
    }
    let _runner = run(&health);
    seconds(10.1).await;
    let mut starts = starts.lock().unwrap().clone();
    assert_eq!(starts.len(), 50);
    starts.dedup();
    assert!(starts.len() > 40, "{starts:?}");
    assert!(starts[0] < 2_000 && starts[starts.len() - 1] > 8_000, "{starts:?}");
}

/// A check that takes longer than its interval is run again when it is done, after the shortest pause.
#[tokio::test(start_paused = true)]
async fn there_are_never_two_runs_of_one_check() {
    let health = health();
    let log = Arc::new(Mutex::new(Vec::new()));
    let began = Instant::now();
    let seen = Arc::clone(&log);
    let slow = move || {
        let log = Arc::clone(&seen);
        async move {
            log.lock().unwrap().push(("start", began.elapsed().as_secs_f64().round()));
            seconds(7.5).await;
            log.lock().unwrap().push(("end", began.elapsed().as_secs_f64().round()));
            Observation::healthy("")
        }
    };
    let second = Duration::from_secs(1);
    let timeout = Duration::from_secs(20);
    let component =
        Component { interval: second, interval_when_unwell: second, timeout, ..supporting("slow") };
    health.register(component, slow).unwrap();
    let _runner = run(&health);
    for _ in 0..20 {
        seconds(1.0).await;
        health.poke("slow");
    }
    let log = log.lock().unwrap();
    let expected = [("start", 0.0), ("end", 8.0), ("start", 8.0), ("end", 16.0), ("start", 16.0)];
    assert_eq!(*log, expected);
}

#[tokio::test(start_paused = true)]
async fn the_checks_are_run_once_and_may_be_run_again_after_the_stop() {
    let health = health();
    let party = Party::new(Healthy);
    health.register(supporting("a"), party.check()).unwrap();
    let first = run(&health);
    seconds(1.0).await;
    assert_eq!(health.run(std::future::pending()).await, Err(AlreadyRunning));
    first.stop().await;
    seconds(100.0).await;
    assert_eq!(party.checks(), 1);
    let second = run(&health);
    seconds(1.0).await;
    assert_eq!(party.checks(), 2);
    second.task.abort();
    seconds(1.0).await;
    let _third = run(&health);
    seconds(1.0).await;
    assert_eq!(party.checks(), 3, "an aborted run leaves no mark");
}

#[tokio::test(start_paused = true)]
async fn stopping_does_not_wait_for_a_check_and_cancels_it() {
    let health = health();
    let party = Party::new(Healthy);
    let owned = Arc::new(());
    let held = Arc::clone(&owned);
    let hanging = move || {
        let held = Arc::clone(&held);
        async move {
            seconds(1_000.0).await;
            drop(held);
            Observation::healthy("")
        }
    };
    health.register(Component { timeout: Duration::from_hours(1), ..supporting("a") }, hanging).unwrap();
    health.register(supporting("b"), party.check()).unwrap();
    let runner = run(&health);
    seconds(1.0).await;
    let asked = Instant::now();
    runner.stop().await;
    seconds(0.1).await;
    assert!(asked.elapsed() < Duration::from_secs(1));
    assert_eq!(Arc::strong_count(&owned), 2, "the future of the check is dropped");
}
