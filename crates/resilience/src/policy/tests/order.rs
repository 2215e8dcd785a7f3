//! The order of the layers, pair by pair from the outermost in.

use super::*;
use crate::breaker::State;
use crate::fallback::Fallback;
use crate::shed::Shed;

#[test]
fn the_order_can_be_looked_at() {
    let config = PolicyConfig {
        shed: Some(ShedConfig::default()),
        rate: rate(10, seconds(1), seconds(0)),
        hedge: hedge(seconds(1)),
        ..PolicyConfig::default()
    };
    let layers = policy_of(&config).layers();
    let names: Vec<_> = layers.iter().map(|layer| layer.name).collect();
    let expected = [
        "fallback",
        "whole timeout",
        "load shed",
        "rate limit",
        "bulkhead",
        "hedge",
        "retry",
        "breaker",
        "timeout",
    ];
    assert_eq!(names, expected);
    assert!(layers.iter().all(|layer| layer.about.len() > 20), "each says what it does");
    let plain = policy_of(&PolicyConfig { fallback: false, ..bare() });
    assert!(plain.layers().is_empty(), "what is switched off is not listed");
}

fn policy_of(config: &PolicyConfig) -> Policy {
    Policy::new("party", config, Surroundings::system()).unwrap()
}

#[tokio::test(start_paused = true)]
async fn fallback_is_outside_of_everything() {
    let spent = |config: PolicyConfig| (policy(&config), config);
    let busy = PolicyConfig { bulkhead: bulkhead(1, 0, ms(0)), ..bare() };
    let cases = [
        spent(PolicyConfig { timeout: timeout(None, Some(seconds(1))), ..bare() }),
        spent(PolicyConfig { timeout: timeout(Some(seconds(1)), None), ..bare() }),
        spent(PolicyConfig {
            shed: Some(ShedConfig { in_flight_max: 1, ..ShedConfig::default() }),
            ..bare()
        }),
        spent(PolicyConfig { rate: rate(1, seconds(1_000), ms(0)), ..bare() }),
        spent(busy),
        spent(PolicyConfig { breaker: breaker(1, seconds(1_000)), ..bare() }),
    ];
    for (policy, config) in cases {
        if config.breaker.is_some() {
            policy.force_open();
        }
        let fallback = Fallback::new(Arc::new(TokioClock::new())).or_default(9);
        let party = Party::default();
        let first = policy.call(Idempotent, |_| party.hangs());
        let second = policy.call_or(&fallback, Idempotent, |_| party.hangs());
        tokio::select! { biased;
            _ = async { first.await.ok(); std::future::pending::<()>().await } => {}
            second = second => assert_eq!(second.unwrap().value, 9, "{config:?}"),
        }
    }
}

#[tokio::test(start_paused = true)]
async fn the_whole_timeout_is_outside_of_every_wait() {
    let whole = timeout(None, Some(seconds(1)));
    let party = Party::default();
    // Rate limit: a turn that comes too late is refused at once, and is not lost to others.
    let limited = policy(&PolicyConfig { timeout: whole, rate: rate(1, seconds(3), seconds(60)), ..bare() });
    assert!(limited.call(Idempotent, |_| party.fine()).await.is_ok());
    let (outcome, took) = timed(limited.call(Idempotent, |_| party.fine())).await;
    assert_eq!((outcome, took), (Err(PolicyError::RateLimited { after: seconds(3) }), seconds(0)));

    // Bulkhead: nothing was sent, and that is what is said.
    let full = policy(&PolicyConfig { timeout: whole, bulkhead: bulkhead(1, 9, seconds(60)), ..bare() });
    let (_, second) = tokio::join!(full.call(Idempotent, |_| party.hangs()), async {
        timed(full.call(NotIdempotent, |_| party.fine())).await
    });
    let waited = PolicyError::WaitedTooLong { waited: seconds(1) };
    assert!(waited.kind().is_retryable(false));
    assert_eq!((second.0, second.1), (Err(waited), seconds(1)));

    // Hedge, retry, and the tries themselves.
    let out_of_time = Err(PolicyError::TimedOut { limit: seconds(1), whole: true });
    let hedged = policy(&PolicyConfig { timeout: whole, hedge: hedge(ms(100)), ..bare() });
    let (outcome, took) = timed(hedged.call(Idempotent, |_| party.hangs())).await;
    assert_eq!((outcome, took), (out_of_time.clone(), seconds(1)));
    let retried = policy(&PolicyConfig { timeout: whole, retry: retry(20, ms(600)), ..bare() });
    let half = |_| party.answer(ms(300), Err(Kind::Transient));
    let (outcome, took) = timed(retried.call(Idempotent, half)).await;
    assert_eq!((outcome, took), (Err(PolicyError::Exhausted { tries: 2, last: Kind::Transient }), ms(900)));
    let long_tries = policy(&PolicyConfig { timeout: timeout(Some(seconds(9)), whole.whole), ..bare() });
    assert_eq!(timed(long_tries.call(Idempotent, |_| party.hangs())).await, (out_of_time, seconds(1)));
    party.asked();
    assert_empty(&hedged);
    assert_empty(&full);
}

#[tokio::test(start_paused = true)]
async fn the_whole_timeout_bounds_the_wait_for_a_probe() {
    let half_open_wait = seconds(60);
    let config = BreakerConfig { half_open_wait, ..breaker(1, seconds(1)).unwrap() };
    let config = PolicyConfig { timeout: timeout(None, Some(seconds(5))), breaker: Some(config), ..bare() };
    let (policy, party) = (policy(&config), Party::default());
    assert!(policy.call(Idempotent, |_| party.fails(Kind::Transient)).await.is_err());
    sleep(seconds(1)).await;
    let probe = policy.call(Idempotent, |_| party.answer(seconds(4), Ok(1)));
    let waits = async {
        sleep(ms(1)).await;
        // It is let in when the probe is over, and has a second left.
        timed(policy.call(Idempotent, |_| party.hangs())).await
    };
    let (probe, (waited, took)) = tokio::join!(probe, waits);
    assert_eq!(probe, Ok(1));
    assert_eq!(waited, Err(PolicyError::TimedOut { limit: seconds(5), whole: true }));
    assert_eq!(took, seconds(5));
    assert_eq!(policy.state(), State::Closed, "it had a fifth of its time, which proves nothing");
}

#[tokio::test(start_paused = true)]
async fn what_is_shed_uses_up_neither_quota_nor_place() {
    let config = PolicyConfig {
        shed: Some(ShedConfig { in_flight_max: 1, ..ShedConfig::default() }),
        rate: rate(2, seconds(1_000), ms(0)),
        bulkhead: bulkhead(10, 10, seconds(1)),
        ..bare()
    };
    let (policy, party) = (policy(&config), Party::default());
    let busy = async {
        for _ in 0..10 {
            let shed = policy.call(Idempotent, |_| party.fine()).await;
            assert_eq!(shed, Err(PolicyError::Shed(Shed::InFlight)));
        }
        assert_eq!(policy.snapshot().bulkhead.unwrap().in_use, 1);
    };
    let (first, ()) = tokio::join!(policy.call(Idempotent, |_| party.answer(ms(5), Ok(1))), busy);
    assert_eq!(first, Ok(1));
    assert!(policy.call(Idempotent, |_| party.fine()).await.is_ok(), "the second of two that the quota has");
    assert_eq!(policy.snapshot().refused["shed"], 10);
}

#[tokio::test(start_paused = true)]
async fn waits_inside_are_what_the_shedder_watches() {
    let config = PolicyConfig {
        shed: Some(ShedConfig { wait_target: ms(100), window: seconds(60), ..ShedConfig::default() }),
        bulkhead: bulkhead(1, 100, seconds(2)),
        ..bare()
    };
    let (policy, party) = (policy(&config), Party::default());
    let calls = (0..30).map(|_| policy.call(Idempotent, |_| party.answer(ms(50), Ok(1))));
    let done = futures_in_order(calls).await;
    assert!(done.iter().all(Result::is_ok));
    let shed = policy.call(Idempotent, |_| party.fine()).await;
    assert_eq!(shed, Err(PolicyError::Shed(Shed::Waits)));
    let critical = Call::new(Idempotent, Priority::Critical);
    assert_eq!(policy.call(critical, |_| party.fine()).await, Ok(1));
}

/// Runs all of them beside one another.
async fn futures_in_order(calls: impl Iterator<Item = impl Future<Output = Outcome>>) -> Vec<Outcome> {
    let mut calls: Vec<_> = calls.map(|call| (Box::pin(call), None)).collect();
    std::future::poll_fn(|cx| {
        for (call, outcome) in &mut calls {
            if outcome.is_none()
                && let std::task::Poll::Ready(done) = call.as_mut().poll(cx)
            {
                *outcome = Some(done);
            }
        }
        let is_done = calls.iter().all(|(_, outcome)| outcome.is_some());
        if is_done { std::task::Poll::Ready(()) } else { std::task::Poll::Pending }
    })
    .await;
    calls.into_iter().filter_map(|(_, outcome)| outcome).collect()
}

#[tokio::test(start_paused = true)]
async fn what_the_quota_refuses_takes_no_place_and_what_has_no_place_used_its_quota() {
    let config =
        PolicyConfig { rate: rate(2, seconds(1_000), ms(0)), bulkhead: bulkhead(1, 0, ms(0)), ..bare() };
    let (policy, party) = (policy(&config), Party::default());
    let others = async {
        assert_eq!(policy.call(Idempotent, |_| party.fine()).await, Err(PolicyError::Full));
        let limited = policy.call(Idempotent, |_| party.fine()).await;
        assert!(matches!(limited, Err(PolicyError::RateLimited { .. })));
        assert_eq!(policy.snapshot().bulkhead.unwrap().full, 1, "the third did not come as far");
    };
    tokio::join!(policy.call(Idempotent, |_| party.answer(ms(5), Ok(1))), others).0.unwrap();
}

#[tokio::test(start_paused = true)]
async fn a_call_with_all_its_tries_and_hedges_is_one_of_the_quota_and_has_one_place() {
    let config = PolicyConfig {
        rate: rate(1, seconds(1_000), ms(0)),
        bulkhead: bulkhead(1, 0, ms(0)),
        hedge: hedge(ms(10)),
        retry: retry(3, ms(2)),
        ..bare()
    };
    let (policy, party) = (policy(&config), Party::default());
    let outcome = policy.call(Idempotent, |_| party.answer(ms(8), Err(Kind::Transient))).await;
    assert_eq!(outcome, Err(PolicyError::Exhausted { tries: 3, last: Kind::Transient }));
    assert_eq!(party.asked(), 6, "three tries of each of two");
    assert_eq!(party.inside_max.load(Ordering::SeqCst), 2);
    assert_empty(&policy);
}

#[tokio::test(start_paused = true)]
async fn a_place_is_held_while_waiting_for_the_next_try() {
    let config = PolicyConfig { bulkhead: bulkhead(1, 0, ms(0)), retry: retry(2, ms(1_000)), ..bare() };
    let (policy, party) = (policy(&config), Party::default());
    let other = async {
        sleep(ms(250)).await;
        assert_eq!(policy.call(Idempotent, |_| party.fine()).await, Err(PolicyError::Full));
    };
    tokio::join!(policy.call(Idempotent, |_| party.fails(Kind::Transient)), other).0.unwrap_err();
}

#[tokio::test(start_paused = true)]
async fn each_hedge_has_tries_of_its_own() {
    let config = PolicyConfig { hedge: hedge(ms(100)), retry: retry(2, ms(100)), ..bare() };
    let mut told = Vec::new();
    let outcome: Outcome = policy(&config)
        .call(Idempotent, |attempt| {
            told.push((attempt.hedge, attempt.number));
            async move {
                sleep(ms(80)).await;
                if attempt.hedge == 0 || attempt.number == 1 { Err(Kind::TimedOut) } else { Ok(1) }
            }
        })
        .await;
    assert_eq!(outcome, Ok(1));
    assert_eq!(told, [(0, 1), (1, 1), (0, 2), (1, 2)]);
}

#[tokio::test(start_paused = true)]
async fn the_breaker_sees_every_try_and_its_opening_ends_them() {
    let config = PolicyConfig { retry: retry(10, ms(100)), breaker: breaker(3, seconds(60)), ..bare() };
    let (policy, party) = (policy(&config), Party::default());
    let (outcome, took) = timed(policy.call(Idempotent, |_| party.fails(Kind::Transient))).await;
    assert_eq!(outcome, Err(PolicyError::Exhausted { tries: 3, last: Kind::Transient }));
    assert_eq!((party.asked(), took), (3, ms(100)), "no wait after the breaker has opened");
    assert_eq!(policy.state(), State::Open);
    let (outcome, took) = timed(policy.call(Idempotent, |_| party.fine())).await;
    assert_eq!((outcome, took), (Err(PolicyError::Open { retry_after: seconds(60) }), Duration::ZERO));
    assert_eq!(policy.snapshot().retries_held_back["open"], 1);
}

#[tokio::test(start_paused = true)]
async fn a_breaker_that_opens_during_a_wait_ends_the_call_with_its_own_last_error() {
    let config = PolicyConfig { retry: retry(5, ms(2_000)), breaker: breaker(3, seconds(60)), ..bare() };
    let (policy, party) = (policy(&config), Party::default());
    let others = async {
        sleep(ms(500)).await;
        policy.force_open();
    };
    let call = timed(policy.call(Idempotent, |_| party.fails(Kind::TimedOut)));
    let ((outcome, took), ()) = tokio::join!(call, others);
    assert_eq!(outcome, Err(PolicyError::Exhausted { tries: 1, last: Kind::TimedOut }));
    assert_eq!((party.asked(), took), (1, seconds(1)));
}

#[tokio::test(start_paused = true)]
async fn a_try_that_takes_too_long_is_a_failure_for_the_breaker_and_for_the_retry() {
    let config = PolicyConfig {
        timeout: timeout(Some(seconds(1)), None),
        retry: retry(2, ms(200)),
        breaker: breaker(4, seconds(60)),
        ..bare()
    };
    let (policy, party) = (policy(&config), Party::default());
    let (outcome, took) = timed(policy.call(Idempotent, |_| party.hangs())).await;
    assert_eq!(outcome, Err(PolicyError::TimedOut { limit: seconds(1), whole: false }));
    assert_eq!((party.asked(), took), (2, ms(2_100)));
    assert_eq!(policy.snapshot().breaker.unwrap().consecutive_failures, 2);
    // What may have been done is not repeated.
    assert!(policy.call(NotIdempotent, |_| party.hangs()).await.is_err());
    assert_eq!((party.asked(), policy.snapshot().timeouts.per_try), (1, 3));
}

#[tokio::test(start_paused = true)]
async fn our_own_refusals_never_reach_the_breaker() {
    let config = PolicyConfig {
        shed: Some(ShedConfig { in_flight_max: 2, ..ShedConfig::default() }),
        rate: rate(4, seconds(1_000), ms(0)),
        bulkhead: bulkhead(1, 0, ms(0)),
        breaker: breaker(1, seconds(60)),
        ..bare()
    };
    let (policy, party) = (policy(&config), Party::default());
    let calls = (0..4).map(|_| policy.call(Idempotent, |_| party.answer(ms(5), Ok(1))));
    let mut codes: Vec<_> = futures_in_order(calls).await.into_iter().map(code).collect();
    for _ in 0..4 {
        codes.push(code(policy.call(Idempotent, |_| party.fine()).await));
    }
    let expected =
        ["ok", "full", "full", "full", "rate_limited", "rate_limited", "rate_limited", "rate_limited"];
    assert_eq!(codes, expected);
    assert_eq!((policy.state(), policy.snapshot().breaker.unwrap().failures), (State::Closed, 0));
}

fn code(outcome: Outcome) -> &'static str {
    outcome.map_or_else(|error| error.code(), |_| "ok")
}

#[tokio::test(start_paused = true)]
async fn answers_that_say_no_leave_the_breaker_closed() {
    let (policy, party) =
        (policy(&PolicyConfig { breaker: breaker(1, seconds(60)), ..bare() }), Party::default());
    let answers = [Kind::Rejected, Kind::Unauthorised, Kind::Invalid, Kind::RateLimited { after: None }];
    for kind in answers {
        assert!(policy.call(Idempotent, |_| party.fails(kind)).await.is_err());
        assert_eq!(policy.state(), State::Closed, "{kind:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_party_that_hangs_opens_the_breaker_even_without_a_timeout_of_tries() {
    let config =
        PolicyConfig { timeout: timeout(None, Some(seconds(5))), breaker: breaker(2, seconds(60)), ..bare() };
    let (policy, party) = (policy(&config), Party::default());
    for _ in 0..2 {
        assert!(policy.call(Idempotent, |_| party.hangs()).await.is_err());
    }
    assert_eq!(policy.state(), State::Open);
    assert_eq!(policy.snapshot().timeouts.whole, 2);
}

#[tokio::test(start_paused = true)]
async fn time_spent_waiting_is_not_held_against_the_party() {
    let whole = PolicyConfig {
        timeout: timeout(Some(seconds(4)), Some(seconds(5))),
        breaker: breaker(9, seconds(60)),
        ..bare()
    };
    // How long a call has to wait for its turn or its place, and whether being cut short counts then.
    for (wait, failures) in [(ms(2_800), 1), (ms(3_200), 0)] {
        let turns = policy(&PolicyConfig { rate: rate(1, wait, seconds(9)), ..whole.clone() });
        let places = policy(&PolicyConfig { bulkhead: bulkhead(1, 9, seconds(9)), ..whole.clone() });
        for policy in [turns, places] {
            let party = Party::default();
            let first = policy.call(Idempotent, |_| party.answer(wait, Ok(1)));
            let second = policy.call(Idempotent, |_| party.hangs());
            let (_, second) = tokio::join!(first, second);
            assert_eq!(second, Err(PolicyError::TimedOut { limit: seconds(5), whole: true }));
            assert_eq!(policy.snapshot().breaker.unwrap().consecutive_failures, failures, "{wait:?}");
        }
    }
}

#[tokio::test(start_paused = true)]
async fn a_try_that_had_no_time_left_says_nothing_against_the_party() {
    let config = PolicyConfig {
        timeout: timeout(Some(seconds(4)), Some(seconds(5))),
        retry: retry(2, ms(400)),
        breaker: breaker(2, seconds(60)),
        ..bare()
    };
    let (policy, party) = (policy(&config), Party::default());
    let outcome = policy.call(Idempotent, |_| party.hangs()).await;
    assert_eq!(outcome, Err(PolicyError::TimedOut { limit: seconds(5), whole: true }));
    let breaker = policy.snapshot().breaker.unwrap();
    assert_eq!((party.asked(), breaker.consecutive_failures), (2, 1), "the second try had 0.8 s of 4");
}
