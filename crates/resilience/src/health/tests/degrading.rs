//! Declared degradations.

use super::world::{BEGAN_MS, health, put_as, required, seconds, with};
use crate::health::{Degradation, HealthConfig, Mode, Status};

#[tokio::test(start_paused = true)]
async fn a_degradation_lasts_as_long_as_its_guard() {
    let health = health();
    seconds(2.0).await;
    let guard = health.degradations().enter("quotes", Mode::Fallback, "cached, 4 s old");
    let expected = Degradation {
        component: "quotes".into(),
        mode: Mode::Fallback,
        since_ms: BEGAN_MS + 2_000,
        words: "cached, 4 s old".into(),
        holders: 1,
    };
    assert_eq!(health.snapshot().degradations, [expected]);
    drop(guard);
    assert_eq!(health.degradations().list(), []);
}

#[tokio::test(start_paused = true)]
async fn held_by_two_it_is_listed_once_since_the_first_and_ends_with_the_last() {
    let health = health();
    let first = health.degradations().enter("quotes", Mode::Fallback, "one");
    seconds(5.0).await;
    let second = health.degradations().enter("quotes", Mode::Fallback, "two");
    let list = health.degradations().list();
    assert_eq!((list.len(), list[0].holders, list[0].since_ms), (1, 2, BEGAN_MS));
    assert_eq!(list[0].words, "two");
    drop(first);
    assert_eq!(health.degradations().list().len(), 1);
    drop(second);
    assert_eq!(health.degradations().list().len(), 0);
}

#[test]
fn modes_are_kept_apart_and_listed_in_order() {
    let health = health();
    let _halted = health.degradations().enter("orders", Mode::Halted, "");
    let _fallback = health.degradations().enter("orders", Mode::Fallback, "");
    let _other = health.degradations().enter("archive", Mode::ReadOnly, "");
    let list = health.degradations().list();
    let keys: Vec<_> = list.iter().map(|entry| (entry.component.as_str(), entry.mode)).collect();
    assert_eq!(keys, [("archive", Mode::ReadOnly), ("orders", Mode::Fallback), ("orders", Mode::Halted)]);
}

#[test]
fn kept_ones_stay_until_they_are_left() {
    let health = health();
    health.degradations().enter("orders", Mode::Halted, "by the operator").keep();
    assert_eq!(health.degradations().list().len(), 1);
    assert!(!health.degradations().leave("orders", Mode::ReadOnly));
    assert!(health.degradations().leave("orders", Mode::Halted));
    assert!(!health.degradations().leave("orders", Mode::Halted));
    assert_eq!(health.degradations().list(), []);
}

#[test]
fn an_old_guard_does_not_end_a_new_degradation() {
    let health = health();
    let old = health.degradations().enter("orders", Mode::Halted, "old");
    assert!(health.degradations().leave("orders", Mode::Halted));
    let _new = health.degradations().enter("orders", Mode::Halted, "new");
    drop(old);
    assert_eq!(health.degradations().list()[0].words, "new");
}

#[test]
fn the_list_is_bounded_and_says_what_it_does_not_show() {
    let health = with(HealthConfig { degradations_max: 2, ..HealthConfig::default() });
    let first = health.degradations().enter("a", Mode::Reduced, "");
    let _second = health.degradations().enter("b", Mode::Reduced, "");
    let unlisted = health.degradations().enter("c", Mode::Reduced, "");
    let _again = health.degradations().enter("b", Mode::Reduced, "");
    let snapshot = health.snapshot();
    assert_eq!((snapshot.degradations.len(), snapshot.degradations_unlisted), (2, 1));
    drop(unlisted);
    drop(first);
    let _room = health.degradations().enter("c", Mode::Reduced, "");
    assert_eq!((health.degradations().list().len(), health.degradations().unlisted()), (2, 1));
}

#[test]
fn words_are_cut_between_characters() {
    let health = health();
    let _guard = health.degradations().enter(&"é".repeat(100), Mode::Reduced, "€".repeat(400));
    let entry = &health.degradations().list()[0];
    assert_eq!((entry.component.len(), entry.words.len()), (128, 498));
    assert!(health.degradations().leave(&"é".repeat(100), Mode::Reduced));
}

/// What steps down because of health could else never step up again.
#[test]
fn a_degradation_changes_no_status() {
    let health = health();
    put_as(&health, required("orders"), Status::Healthy);
    let _guard = health.degradations().enter("orders", Mode::Halted, "");
    assert_eq!((health.overall().status, health.ready().is_ready), (Status::Healthy, true));
    assert_eq!(health.status_of("orders"), Some(Status::Healthy));
}
