//! What comes of calls, and how they are counted.

use super::*;
use crate::fallback::{Fallback, Source};

#[tokio::test(start_paused = true)]
async fn a_good_call_costs_nothing_but_itself() {
    let (policy, party) = (policy(&PolicyConfig::default()), Party::default());
    assert_eq!(timed(policy.call(NotIdempotent, |_| party.fine())).await, (Ok(1), Duration::ZERO));
    assert_eq!(party.asked(), 1);
    let snapshot = policy.snapshot();
    assert_eq!((snapshot.calls, snapshot.succeeded, snapshot.retries), (1, 1, 0));
}

#[test]
fn a_good_call_needs_no_runtime() {
    let policy = policy_without_runtime();
    let mut call = std::pin::pin!(policy.call(Idempotent, |_| async { Ok::<_, Kind>(1) }));
    let mut cx = std::task::Context::from_waker(std::task::Waker::noop());
    assert!(call.as_mut().poll(&mut cx).is_ready(), "no timer is set for what is ready at once");
}

fn policy_without_runtime() -> Policy {
    let config = PolicyConfig {
        hedge: hedge(seconds(1)),
        rate: rate(10, seconds(1), seconds(1)),
        shed: Some(ShedConfig::default()),
        ..PolicyConfig::default()
    };
    Policy::new("party", &config, Surroundings::system()).unwrap()
}

#[tokio::test(start_paused = true)]
async fn errors_keep_what_the_operation_said() {
    let config = PolicyConfig { retry: retry(3, ms(10)), ..bare() };
    let policy = policy(&config);
    let party = Party::default();
    let rejected = policy.call(Idempotent, |_| party.fails(Kind::Rejected)).await;
    assert_eq!(rejected, Err(PolicyError::Failed(Kind::Rejected)));
    let unknown = policy.call(NotIdempotent, |_| party.fails(Kind::UnknownOutcome)).await;
    assert_eq!(unknown, Err(PolicyError::Failed(Kind::UnknownOutcome)));
    assert_eq!(party.asked(), 2);
    let down = policy.call(NotIdempotent, |_| party.fails(Kind::Transient)).await;
    assert_eq!(down, Err(PolicyError::Exhausted { tries: 3, last: Kind::Transient }));
    assert_eq!((party.asked(), policy.snapshot().failed, policy.snapshot().retries), (3, 3, 2));
}

#[tokio::test(start_paused = true)]
async fn each_try_is_told_what_it_is() {
    let config = PolicyConfig {
        timeout: timeout(Some(seconds(2)), Some(seconds(3))),
        retry: retry(3, ms(1_000)),
        ..bare()
    };
    let mut told = Vec::new();
    let outcome: Outcome = policy(&config)
        .call(Idempotent, |attempt| {
            told.push(attempt);
            async {
                sleep(ms(400)).await;
                Err(Kind::Transient)
            }
        })
        .await;
    assert_eq!(outcome, Err(PolicyError::Exhausted { tries: 3, last: Kind::Transient }));
    let attempt = |number, limit| Attempt { number, hedge: 0, limit: Some(limit) };
    assert_eq!(told, [attempt(1, seconds(2)), attempt(2, seconds(2)), attempt(3, ms(1_200))]);
}

#[tokio::test(start_paused = true)]
async fn a_wish_for_later_that_is_too_late_ends_the_call_at_once() {
    let config =
        PolicyConfig { timeout: timeout(None, Some(seconds(10))), retry: retry(3, ms(10)), ..bare() };
    let policy = policy(&config);
    let party = Party::default();
    let kind = Kind::RateLimited { after: Some(seconds(11)) };
    let (outcome, took) = timed(policy.call(Idempotent, |_| party.fails(kind))).await;
    assert_eq!((outcome, took), (Err(PolicyError::Exhausted { tries: 1, last: kind }), Duration::ZERO));
    assert_eq!(policy.snapshot().retries_held_back["time"], 1);
    let kind = Kind::RateLimited { after: Some(seconds(4)) };
    let (_, took) = timed(policy.call(Idempotent, |_| party.fails(kind))).await;
    assert_eq!(took, ms(8_400), "twice the wish and a twentieth");
}

#[tokio::test(start_paused = true)]
async fn what_stands_in_is_counted_by_its_source() {
    let policy = policy(&PolicyConfig { breaker: breaker(1, seconds(60)), ..bare() });
    let clock: Arc<dyn Clock> = Arc::new(TokioClock::new());
    let fallback = Fallback::new(clock).or_cached(seconds(30)).or_default(0);
    let party = Party::default();
    let fresh = policy.call_or(&fallback, Idempotent, |_| party.fine()).await.unwrap();
    assert_eq!((fresh.value, fresh.source), (1, Source::Fresh));
    let failed = policy.call_or(&fallback, Idempotent, |_| party.fails(Kind::Transient)).await.unwrap();
    assert_eq!(failed.source, Source::Cached { age: Duration::ZERO });
    sleep(seconds(31)).await;
    let open = policy.call_or(&fallback, Idempotent, |_| party.fine()).await.unwrap();
    assert_eq!((open.value, open.source), (0, Source::Default));
    let stepped_back = policy.snapshot().stepped_back;
    assert_eq!((stepped_back["cached"], stepped_back["default"], stepped_back["secondary"]), (1, 1, 0));
}

#[tokio::test(start_paused = true)]
async fn stepping_back_can_be_switched_off() {
    let config = PolicyConfig { fallback: false, ..bare() };
    let fallback = Fallback::new(Arc::new(TokioClock::new())).or_default(0);
    let party = Party::default();
    let policy = policy(&config);
    let failed = policy.call_or(&fallback, Idempotent, |_| party.fails(Kind::Transient)).await;
    assert_eq!(failed, Err(PolicyError::Failed(Kind::Transient)));
    assert!(policy.call_or(&fallback, Idempotent, |_| party.fine()).await.unwrap().is_fresh());
}

#[tokio::test(start_paused = true)]
async fn how_long_calls_take_is_known() {
    let policy = policy(&bare());
    let party = Party::default();
    assert_eq!(policy.snapshot().p50_ms, None);
    for call in 0..100 {
        let takes = if call < 95 { ms(8) } else { ms(500) };
        assert!(policy.call(Idempotent, |_| party.answer(takes, Ok(1))).await.is_ok());
    }
    let snapshot = policy.snapshot();
    let (p50, p99) = (snapshot.p50_ms.unwrap(), snapshot.p99_ms.unwrap());
    assert!((8.0..9.1).contains(&p50) && (500.0..570.0).contains(&p99), "{p50} {p99}");
}
