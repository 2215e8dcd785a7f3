//! A probe looks past the breaker, within the same limits, and is counted like a call.

use super::*;
use crate::breaker::State;

/// A policy whose breaker is open, and would be for a minute.
async fn opened(config: &PolicyConfig, party: &Party) -> Policy {
    let policy = policy(&PolicyConfig { breaker: breaker(1, seconds(60)), ..config.clone() });
    policy.call(NotIdempotent, |_| party.fails(Kind::TimedOut)).await.unwrap_err();
    assert_eq!((policy.state(), party.asked()), (State::Open, 1));
    policy
}

#[tokio::test(start_paused = true)]
async fn a_party_that_is_back_closes_the_breaker_at_once() {
    let party = Party::default();
    let policy = opened(&bare(), &party).await;
    assert_eq!(policy.probe(|_| party.fine()).await, Ok(1));
    assert_eq!(policy.state(), State::Closed);
    let snapshot = policy.snapshot();
    assert_eq!((snapshot.calls, snapshot.succeeded), (2, 1), "it is counted as a call");
    assert_eq!(snapshot.breaker.unwrap().successes, 1, "and its try as a try");
}

#[tokio::test(start_paused = true)]
async fn a_party_that_is_away_is_asked_once_and_stays_barred_no_longer_than_before() {
    let party = Party::default();
    let policy = opened(&PolicyConfig { retry: retry(5, ms(10)), ..bare() }, &party).await;
    sleep(seconds(59)).await;
    let outcome = policy.probe(|_| party.fails(Kind::Transient)).await;
    assert_eq!(outcome, Err(PolicyError::Failed(Kind::Transient)));
    assert_eq!((policy.state(), party.asked()), (State::Open, 1), "no probe is repeated");
    assert_eq!(policy.snapshot().breaker.unwrap().retry_after, seconds(1));
    assert_eq!(policy.snapshot().breaker.unwrap().failures, 2);
}

#[tokio::test(start_paused = true)]
async fn a_probe_has_the_limits_of_a_call() {
    let party = Party::default();
    for (limits, whole) in
        [(timeout(Some(seconds(1)), Some(seconds(3))), false), (timeout(None, Some(seconds(3))), true)]
    {
        let policy = opened(&PolicyConfig { timeout: limits, ..bare() }, &party).await;
        let limit = if whole { seconds(3) } else { seconds(1) };
        let (outcome, took) = timed(policy.probe(|_| party.hangs())).await;
        assert_eq!((outcome, took), (Err(PolicyError::TimedOut { limit, whole }), limit));
        assert_eq!((policy.state(), party.asked()), (State::Open, 1));
    }
    let policy = opened(&PolicyConfig { bulkhead: bulkhead(1, 0, ms(0)), ..bare() }, &party).await;
    let beside = async { policy.probe(|_| party.fine()).await };
    let (first, second) = tokio::join!(policy.probe(|_| party.answer(ms(5), Ok(1))), beside);
    assert_eq!((first, second), (Ok(1), Err(PolicyError::Full)));
}

#[tokio::test(start_paused = true)]
async fn what_a_person_holds_is_not_touched() {
    let party = Party::default();
    let policy = opened(&PolicyConfig { retry: retry(3, ms(10)), ..bare() }, &party).await;
    policy.force_open();
    assert!(matches!(policy.probe(|_| party.fine()).await, Err(PolicyError::Open { .. })));
    assert_eq!((policy.state(), party.asked()), (State::Open, 0));
    policy.force_close();
    policy.probe(|_| party.fails(Kind::Transient)).await.unwrap_err();
    assert_eq!(party.asked(), 3, "while it is closed a probe is a call, with its tries");
    policy.reset();
    policy.probe(|_| party.fails(Kind::Transient)).await.unwrap_err();
    let hold = async { policy.force_open() };
    let (outcome, ()) = tokio::join!(policy.probe(|_| party.answer(ms(5), Ok(1))), hold);
    assert_eq!((outcome, policy.state()), (Ok(1), State::Open), "held meanwhile, it stays held");
}
