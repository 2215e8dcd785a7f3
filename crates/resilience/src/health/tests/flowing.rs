//! Checks that work is flowing.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use super::world::{health, required, run, seconds};
use crate::health::Status::{Degraded, Healthy, Unhealthy};
use crate::health::{Status, flow_check};

const DEGRADED_AFTER: Duration = Duration::from_secs(10);
const UNHEALTHY_AFTER: Duration = Duration::from_secs(30);

async fn status_at(age_ms: u64) -> Status {
    let last = move || Some(Duration::from_millis(age_ms));
    flow_check(last, DEGRADED_AFTER, UNHEALTHY_AFTER, || true)().await.status
}

#[tokio::test(start_paused = true)]
async fn the_age_of_the_last_work_decides() {
    let ages = [(0, Healthy), (9_999, Healthy), (10_000, Degraded), (29_999, Degraded), (30_000, Unhealthy)];
    for (age_ms, status) in ages {
        assert_eq!(status_at(age_ms).await, status, "{age_ms} ms");
    }
}

#[tokio::test(start_paused = true)]
async fn it_says_how_old_the_last_work_is() {
    let last = || Some(Duration::from_millis(12_500));
    let seen = flow_check(last, DEGRADED_AFTER, UNHEALTHY_AFTER, || true)().await;
    assert_eq!(seen.message, "last work 12.5s ago");
    assert_eq!(seen.facts, [("age_ms", "12500".to_owned())]);
}

#[tokio::test(start_paused = true)]
async fn without_any_work_it_is_degraded_and_then_unhealthy() {
    let check = flow_check(|| None, DEGRADED_AFTER, UNHEALTHY_AFTER, || true);
    assert_eq!(check().await.status, Degraded);
    seconds(29.0).await;
    assert_eq!(check().await.status, Degraded);
    seconds(1.0).await;
    let seen = check().await;
    assert_eq!((seen.status, seen.message.as_str()), (Unhealthy, "no work yet, waited for 30s"));
}

#[tokio::test(start_paused = true)]
async fn when_no_work_is_expected_none_is_missed() {
    let check = flow_check(|| None, DEGRADED_AFTER, UNHEALTHY_AFTER, || false);
    seconds(100.0).await;
    let seen = check().await;
    assert_eq!((seen.status, seen.message.as_str()), (Healthy, "no work is expected now"));
}

#[tokio::test(start_paused = true)]
async fn a_pause_does_not_count_when_work_is_expected_again() {
    let is_open = Arc::new(AtomicBool::new(true));
    let asked = Arc::clone(&is_open);
    let hours = || Some(Duration::from_hours(17));
    let check = flow_check(hours, DEGRADED_AFTER, UNHEALTHY_AFTER, move || asked.load(Ordering::SeqCst));
    assert_eq!(check().await.status, Unhealthy, "there was no pause yet");
    is_open.store(false, Ordering::SeqCst);
    assert_eq!(check().await.status, Healthy);
    seconds(50.0).await;
    is_open.store(true, Ordering::SeqCst);
    for (after, status) in [(0.0, Healthy), (9.0, Healthy), (1.0, Degraded), (20.0, Unhealthy)] {
        seconds(after).await;
        assert_eq!(check().await.status, status, "{after}");
    }
}

#[tokio::test(start_paused = true)]
async fn connected_but_silent_is_seen() {
    let health = health();
    let began = tokio::time::Instant::now();
    let last = move || Some(began.elapsed());
    let check = flow_check(last, DEGRADED_AFTER, UNHEALTHY_AFTER, || true);
    health.register(required("feed"), check).unwrap();
    let _runner = run(&health);
    seconds(1.0).await;
    assert_eq!(health.status_of("feed"), Some(Healthy));
    seconds(30.0).await;
    assert_eq!(health.status_of("feed"), Some(Unhealthy));
}
