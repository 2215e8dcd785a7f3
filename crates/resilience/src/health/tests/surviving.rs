//! Checks that misbehave harm nobody else.

use std::future::pending;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::mpsc::sync_channel;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use tokio::sync::broadcast::Receiver;

use super::world::{Party, config, health, required, run, seconds, supporting, with};
use crate::health::Status::{Degraded, Healthy, Unhealthy};
use crate::health::{Component, ComponentSnapshot, Health, HealthChange, HealthConfig, Observation};

fn shown(health: &Health, name: &str) -> ComponentSnapshot {
    health.snapshot().components.into_iter().find(|component| component.name == name).unwrap()
}

#[tokio::test(start_paused = true)]
async fn a_hanging_check_is_unhealthy_after_its_timeout_and_delays_nobody() {
    let health = health();
    let other = Party::new(Healthy);
    health.register(required("hanging"), pending).unwrap();
    health.register(supporting("other"), other.check()).unwrap();
    let _runner = run(&health);
    seconds(2.9).await;
    assert_eq!((health.status_of("hanging"), other.checks()), (Some(Degraded), 1));
    seconds(0.2).await;
    let hanging = shown(&health, "hanging");
    assert_eq!((hanging.status, hanging.message.as_deref()), (Unhealthy, Some("no answer in 3s")));
    assert_eq!(hanging.last_check_took_us.map(|took| took / 10_000), Some(300));
    seconds(57.4).await;
    assert_eq!(other.checks(), 3);
    assert_eq!(shown(&health, "hanging").timeouts, 12, "every 5 s");
}

#[tokio::test(start_paused = true)]
async fn an_answer_just_in_time_counts() {
    let health = health();
    let slow = || async {
        seconds(2.99).await;
        Observation::healthy("at last")
    };
    health.register(supporting("slow"), slow).unwrap();
    let _runner = run(&health);
    seconds(3.1).await;
    assert_eq!(health.status_of("slow"), Some(Healthy));
}

#[tokio::test(start_paused = true)]
async fn a_panicking_check_is_unhealthy_and_is_tried_again() {
    let health = health();
    let tries = Arc::new(AtomicU32::new(0));
    let counted = Arc::clone(&tries);
    let check = move || {
        let tried = counted.fetch_add(1, Ordering::SeqCst);
        assert!(tried != 0, "before the first await");
        async move {
            tokio::task::yield_now().await;
            assert!(tried != 1, "after {tried} tries");
            Observation::healthy("")
        }
    };
    let other = Party::new(Healthy);
    health.register(supporting("panicking"), check).unwrap();
    health.register(supporting("other"), other.check()).unwrap();
    let _runner = run(&health);
    for (message, panics) in [("before the first await", 1), ("after 1 tries", 2)] {
        seconds(0.5).await;
        let panicking = shown(&health, "panicking");
        assert_eq!((panicking.status, panicking.panics), (Unhealthy, panics));
        assert_eq!(panicking.message.unwrap(), format!("the check panicked: {message}"));
        seconds(4.5).await;
    }
    seconds(22.0).await;
    assert_eq!(health.status_of("panicking"), Some(Healthy));
    assert_eq!(other.checks(), 2);
}

#[tokio::test(start_paused = true)]
async fn a_check_that_panics_when_it_is_cancelled_is_tried_again() {
    struct Bomb;
    impl Drop for Bomb {
        fn drop(&mut self) {
            panic!("dropped");
        }
    }
    let health = health();
    let check = || async {
        let _bomb = Bomb;
        pending().await
    };
    health.register(supporting("bomb"), check).unwrap();
    let _runner = run(&health);
    seconds(30.0).await;
    assert_eq!(shown(&health, "bomb").timeouts, 6);
}

/// Blocks its thread instead of waiting: seen all the same, as often as hysteresis asks, and never run twice at once.
#[tokio::test(flavor = "multi_thread", worker_threads = 3)]
async fn a_check_that_blocks_its_thread_is_seen() {
    let health = with(HealthConfig { gap: Duration::ZERO, ..config() });
    let (release, blocked) = sync_channel::<()>(0);
    let blocked = Mutex::new(blocked);
    let runs = Arc::new(AtomicU32::new(0));
    let counted = Arc::clone(&runs);
    let check = move || {
        let is_first = counted.fetch_add(1, Ordering::SeqCst) == 0;
        let is_released = !is_first && blocked.lock().unwrap().recv().is_err();
        async move { Observation::healthy(if is_released { "released" } else { "first" }) }
    };
    let brief = Duration::from_millis(5);
    let quick = |name| Component { interval: brief, interval_when_unwell: brief, ..supporting(name) };
    let mut changes = health.subscribe();
    let component = Component { timeout: brief, failures_to_unhealthy: 3, ..quick("blocking") };
    health.register(component, check).unwrap();
    let _runner = run(&health);
    until(&mut changes, "blocking", "no answer in ").await;
    let other = Party::new(Healthy);
    health.register(quick("other"), other.check()).unwrap();
    while other.checks() < 3 {
        tokio::task::yield_now().await;
    }
    assert_eq!(runs.load(Ordering::SeqCst), 2, "no third run beside the second");
    drop(release);
    until(&mut changes, "blocking", "released").await;
}

async fn until(changes: &mut Receiver<HealthChange>, component: &str, reason: &str) {
    loop {
        let change = changes.recv().await.unwrap();
        if change.component == component && change.reason.starts_with(reason) {
            return;
        }
    }
}

#[tokio::test(start_paused = true)]
async fn a_talkative_check_is_cut() {
    let health = health();
    let check = || async {
        let facts = (0..1_000).map(|_| ("fact", "ö".repeat(1_000))).collect();
        Observation { facts, ..Observation::unhealthy("ü".repeat(10_000)) }
    };
    health.register(required("loud"), check).unwrap();
    let _runner = run(&health);
    seconds(1.0).await;
    let loud = shown(&health, "loud");
    assert_eq!(loud.message.unwrap().len(), 500);
    assert_eq!(loud.facts["fact"].len(), 200);
    assert_eq!(loud.history[0].reason.len(), 200);
    assert_eq!(health.lock().roster.entries["loud"].last.as_ref().unwrap().observation.facts.len(), 32);
}
