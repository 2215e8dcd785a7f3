//! History, uptime and events.

use tokio::sync::broadcast::error::RecvError;

use super::world::{
    BEGAN_MS, answer, config, depending, health, observe, put, required, seconds, supporting, with,
};
use crate::health::Status::{self, Degraded, Healthy, Unhealthy};
use crate::health::history::{Moment, Standing};
use crate::health::{HealthConfig, Observation};

const SECOND: u64 = 1_000_000_000;

fn at(second: u64) -> Moment {
    Moment { at: second * SECOND, at_ms: i64::try_from(second * 1_000).unwrap() }
}

fn standing(steps: &[(u64, Status)]) -> Standing {
    let mut standing = Standing::new(Healthy, at(0));
    for (second, status) in steps {
        standing.move_to(*status, at(*second), "a", || format!("at {second}"));
    }
    standing
}

fn share(standing: &Standing, second: u64) -> u64 {
    let percent = standing.uptime_share(second * SECOND).unwrap() * 100.0;
    (0..=100).find(|whole| (percent - f64::from(u32::try_from(*whole).unwrap())).abs() < 0.01).unwrap()
}

#[test]
fn only_changes_are_kept() {
    let standing = standing(&[(1, Healthy), (2, Degraded), (3, Degraded), (4, Healthy)]);
    let kept: Vec<_> = standing.history().into_iter().map(|change| (change.at_ms, change.reason)).collect();
    assert_eq!(kept, [(2_000, "at 2".to_owned()), (4_000, "at 4".to_owned())]);
    assert_eq!((standing.status, standing.since_ms), (Healthy, 4_000));
}

#[test]
fn the_last_hundred_changes_are_kept() {
    let steps: Vec<_> = (1..=250).map(|at| (at, if at % 2 == 1 { Unhealthy } else { Healthy })).collect();
    let standing = standing(&steps);
    let kept = standing.history();
    assert_eq!(kept.len(), 100);
    assert_eq!((kept[0].at_ms, kept[99].at_ms), (151_000, 250_000));
    assert_eq!(share(&standing, 250), 50, "of what is kept");
    assert_eq!(share(&standing, 350), 75);
}

#[test]
fn uptime_is_the_share_of_time_that_it_was_not_unhealthy() {
    assert_eq!(Standing::new(Healthy, at(5)).uptime_share(5 * SECOND), None);
    assert_eq!(share(&standing(&[]), 10), 100);
    assert_eq!(share(&standing(&[(60, Unhealthy)]), 100), 60);
    assert_eq!(share(&standing(&[(60, Unhealthy), (70, Degraded)]), 100), 90);
    assert_eq!(share(&standing(&[(0, Unhealthy)]), 100), 0);
}

#[tokio::test(start_paused = true)]
async fn component_and_whole_remember_when_and_why() {
    let health = health();
    put(&health, required("database"));
    answer(&health, "database", Healthy);
    seconds(30.0).await;
    observe(&health, "database", Observation::unhealthy("refused"));
    seconds(10.0).await;
    answer(&health, "database", Healthy);
    seconds(10.0).await;
    let snapshot = health.snapshot();
    let of = |history: &[crate::health::Change]| -> Vec<_> {
        history.iter().map(|change| (change.at_ms - BEGAN_MS, change.to, change.reason.clone())).collect()
    };
    let whole = [
        (0, Degraded, "`database`: not checked yet".to_owned()),
        (0, Healthy, "nothing is unwell any more".to_owned()),
        (30_000, Unhealthy, "`database`: refused".to_owned()),
        (40_000, Healthy, "nothing is unwell any more".to_owned()),
    ];
    assert_eq!(of(&snapshot.history), whole);
    let component = &snapshot.components[0];
    let words = ["database is healthy", "refused", "database is healthy"];
    assert_eq!(component.history.iter().map(|change| change.reason.as_str()).collect::<Vec<_>>(), words);
    assert_eq!(component.since_ms, BEGAN_MS + 40_000);
    for share in [snapshot.uptime_share, component.uptime_share] {
        assert!((share.unwrap() - 0.8).abs() < 1e-9, "{share:?}");
    }
}

#[test]
fn events_tell_the_root_cause_first_and_the_whole_last() {
    let health = health();
    put(&health, depending(supporting("a-writer"), &["database"]));
    put(&health, required("database"));
    answer(&health, "a-writer", Healthy);
    answer(&health, "database", Healthy);
    let mut changes = health.subscribe();
    observe(&health, "database", Observation::unhealthy("refused"));
    answer(&health, "database", Unhealthy);
    let told: Vec<_> = std::iter::from_fn(|| changes.try_recv().ok()).collect();
    let expected = [
        ("database", Unhealthy, "refused"),
        ("a-writer", Degraded, "affected by `database`"),
        ("overall", Unhealthy, "`database`: refused"),
    ];
    let told: Vec<_> =
        told.iter().map(|change| (change.component.as_str(), change.to, change.reason.as_str())).collect();
    assert_eq!(told, expected);
}

#[tokio::test(start_paused = true)]
async fn a_slow_subscriber_is_told_how_many_it_missed() {
    let health = with(HealthConfig { events_max: 4, ..config() });
    put(&health, supporting("a"));
    let mut changes = health.subscribe();
    for _ in 0..5 {
        answer(&health, "a", Unhealthy);
        answer(&health, "a", Healthy);
    }
    assert_eq!(changes.recv().await, Err(RecvError::Lagged(16)));
    assert_eq!(changes.recv().await.unwrap().to, Unhealthy);
}

#[test]
fn failures_in_a_row_are_counted() {
    let health = health();
    put(&health, supporting("a"));
    let counts = [Unhealthy, Unhealthy, Degraded, Unhealthy].map(|status| {
        answer(&health, "a", status);
        health.snapshot().components[0].consecutive_failures
    });
    assert_eq!(counts, [1, 2, 0, 1]);
}
