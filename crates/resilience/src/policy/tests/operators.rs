//! What operators see and do while calls run.

use super::*;
use crate::breaker::State;
use crate::registry::{Idle, PolicyKey, Registry};

#[tokio::test(start_paused = true)]
async fn the_breaker_can_be_held_and_let_go() {
    let (policy, party) =
        (policy(&PolicyConfig { breaker: breaker(1, seconds(1)), ..bare() }), Party::default());
    let mut events = policy.subscribe();
    policy.force_open();
    sleep(seconds(100)).await;
    let outcome = policy.call(Idempotent, |_| party.fine()).await;
    assert!(matches!(outcome, Err(PolicyError::Open { .. })), "it stays open for as long as it is held");
    policy.force_close();
    for _ in 0..3 {
        assert!(policy.call(Idempotent, |_| party.fails(Kind::Transient)).await.is_err());
    }
    assert_eq!(policy.state(), State::Closed, "it stays closed for as long as it is held");
    policy.reset();
    assert!(policy.call(Idempotent, |_| party.fails(Kind::Transient)).await.is_err());
    assert_eq!(policy.state(), State::Open);
    let told: Vec<_> = std::iter::from_fn(|| events.try_recv().ok()).map(|event| event.to).collect();
    assert_eq!(told.first(), Some(&State::Open));
    assert_eq!(told.last(), Some(&State::Open));
}

#[tokio::test(start_paused = true)]
async fn another_configuration_holds_from_the_next_call_on_and_keeps_what_is_known() {
    let config = PolicyConfig {
        rate: rate(4, seconds(1_000), ms(0)),
        bulkhead: bulkhead(1, 0, ms(0)),
        breaker: breaker(3, seconds(60)),
        ..bare()
    };
    let (policy, party) = (policy(&config), Party::default());
    assert!(policy.call(Idempotent, |_| party.fails(Kind::Transient)).await.is_err());
    let changed = PolicyConfig {
        timeout: timeout(None, Some(ms(10))),
        rate: rate(8, seconds(1_000), ms(0)),
        bulkhead: bulkhead(3, 0, ms(0)),
        ..config.clone()
    };
    let others = async {
        assert_eq!(policy.call(Idempotent, |_| party.fine()).await, Err(PolicyError::Full));
        policy.reconfigure(&changed).unwrap();
        assert_eq!(policy.snapshot().bulkhead.unwrap().in_use, 1, "the place that is taken stays taken");
        let hangs = policy.call(Idempotent, |_| party.hangs()).await;
        assert_eq!(hangs, Err(PolicyError::TimedOut { limit: ms(10), whole: true }));
        let failures = policy.snapshot().breaker.unwrap().consecutive_failures;
        assert_eq!(failures, 2, "the failure before is known");
    };
    let (old, ()) = tokio::join!(policy.call(Idempotent, |_| party.answer(seconds(1), Ok(1))), others);
    assert_eq!(old, Ok(1), "a call under way ends under the old one");
    assert_eq!(policy.config(), changed);
    let mut left = 0;
    while policy.call(Idempotent, |_| party.fine()).await.is_ok() {
        left += 1;
    }
    assert_eq!(left, 4, "four of eight are used up");
}

#[tokio::test(start_paused = true)]
async fn every_mechanism_takes_its_new_numbers() {
    let few = BudgetConfig { ratio: 0.0, reserve: 1 };
    let retry = RetryConfig { budget: few, ..retry(5, ms(10)).unwrap() };
    let shed = ShedConfig { in_flight_max: 1, ..ShedConfig::default() };
    let before = PolicyConfig {
        shed: Some(ShedConfig::default()),
        hedge: hedge(seconds(9)),
        retry: self::retry(5, ms(10)),
        ..bare()
    };
    let (policy, party) = (policy(&before), Party::default());
    policy.reconfigure(&PolicyConfig { retry: Some(retry), ..before.clone() }).unwrap();
    assert!(policy.call(NotIdempotent, |_| party.fails(Kind::Transient)).await.is_err());
    assert_eq!(party.asked(), 2, "one retry is all there is");
    policy.reconfigure(&PolicyConfig { shed: Some(shed), ..before.clone() }).unwrap();
    let beside = async { policy.call(NotIdempotent, |_| party.fine()).await };
    let (_, beside) = tokio::join!(policy.call(NotIdempotent, |_| party.answer(ms(5), Ok(1))), beside);
    assert!(matches!(beside, Err(PolicyError::Shed(_))));
    policy.reconfigure(&PolicyConfig { hedge: hedge(ms(5)), ..before }).unwrap();
    party.asked();
    assert!(policy.call(Idempotent, |_| party.answer(ms(50), Ok(1))).await.is_ok());
    assert_eq!(party.asked(), 2, "the hedge came after 5 ms");
}

#[tokio::test(start_paused = true)]
async fn a_wrong_configuration_changes_nothing() {
    let (policy, party) = (policy(&PolicyConfig::default()), Party::default());
    let wrong = PolicyConfig {
        timeout: timeout(None, Some(ms(1))),
        retry: retry(99, ms(10)),
        breaker: breaker(1, seconds(1)),
        ..PolicyConfig::default()
    };
    assert_eq!(policy.reconfigure(&wrong).unwrap_err().as_slice().len(), 1);
    assert_eq!(policy.config(), PolicyConfig::default());
    assert_eq!(policy.breaker().unwrap().config().consecutive_failures, 5);
    assert_eq!(policy.call(Idempotent, |_| party.answer(ms(50), Ok(1))).await, Ok(1));
}

#[tokio::test(start_paused = true)]
async fn mechanisms_can_be_switched_off_and_on() {
    let on = PolicyConfig { breaker: breaker(1, seconds(60)), ..bare() };
    let (policy, party) = (policy(&on), Party::default());
    policy.force_open();
    policy.reconfigure(&bare()).unwrap();
    assert_eq!(policy.call(Idempotent, |_| party.fine()).await, Ok(1));
    assert!(policy.breaker().is_none() && policy.snapshot().breaker.is_none());
    policy.reconfigure(&on).unwrap();
    assert_eq!(policy.state(), State::Open, "what it was is kept");
}

#[tokio::test(start_paused = true)]
async fn a_snapshot_can_be_written_and_says_it_all() {
    let config = PolicyConfig {
        shed: Some(ShedConfig::default()),
        rate: rate(100, seconds(1), ms(0)),
        hedge: hedge(seconds(1)),
        ..PolicyConfig::default()
    };
    let (policy, party) = (policy(&config), Party::default());
    assert!(policy.call(Idempotent, |_| party.fails(Kind::Rejected)).await.is_err());
    let written = serde_json::to_value(policy.snapshot()).unwrap();
    assert_eq!(written["name"], "party");
    assert_eq!((&written["calls"], &written["failed"]), (&1.into(), &1.into()));
    assert_eq!(written["breaker"]["state"], "closed");
    assert_eq!(written["bulkhead"]["at_once_max"], 100);
    assert_eq!(written["refused"]["open"], 0);
    assert_eq!(written["layers"][1]["name"], "whole timeout");
    assert_eq!(written["layers"][1]["about"], "ends the call after 60 s");
}

#[tokio::test(start_paused = true)]
async fn a_policy_is_idle_when_a_new_one_would_do_the_same() {
    let config = PolicyConfig { rate: rate(2, seconds(2), ms(0)), ..PolicyConfig::default() };
    let (policy, party) = (policy(&config), Party::default());
    assert!(policy.is_idle());
    let looks = async { assert!(!policy.is_idle(), "somebody is inside") };
    tokio::join!(policy.call(Idempotent, |_| party.answer(ms(500), Ok(1))), looks).0.unwrap();
    assert!(!policy.is_idle(), "its quota is not whole");
    sleep(seconds(1)).await;
    assert!(policy.is_idle());
    policy.force_open();
    assert!(!policy.is_idle());
    let registry = Registry::new("parties", 1);
    let key = PolicyKey::shared("venue", "quotes");
    assert_eq!(registry.get_or_insert_with(&key, || policy.clone()).unwrap().state(), State::Open);
    assert!(registry.get_or_insert_with(&PolicyKey::shared("venue", "orders"), || policy.clone()).is_err());
}
