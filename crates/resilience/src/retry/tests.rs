mod budget;
mod layer;
mod waits;

use std::cell::Cell;

use tokio::time::Instant;

use super::*;
use GiveUp::{NoBudget, NoTime, NotRetryable, TriesUsed};
use Idempotency::{Idempotent, NotIdempotent};

/// Always says the same.
struct Fixed(f64);

impl Chance for Fixed {
    fn unit(&self) -> f64 {
        self.0
    }
}

fn retry(config: RetryConfig) -> Retry {
    Retry::new(config, Arc::new(Fixed(0.5))).unwrap()
}

/// What comes of a call that always fails with `kind`, how many tries it took and how long.
async fn fail(
    retry: &Retry,
    idempotency: Idempotency,
    whole: Option<Duration>,
    kind: Kind,
) -> (GiveUp, u32, Duration) {
    let (began, tries) = (Instant::now(), Cell::new(0));
    let operation = |number| {
        tries.set(tries.get() + 1);
        assert_eq!(number, tries.get());
        async move { Err::<(), _>(kind) }
    };
    let gave_up = retry.call(idempotency, whole, operation).await.unwrap_err();
    assert_eq!((gave_up.tries, gave_up.last), (tries.get(), kind));
    (gave_up.why, gave_up.tries, began.elapsed())
}

#[tokio::test(start_paused = true)]
async fn only_what_does_no_harm_is_tried_again() {
    let cases = [
        (Kind::Transient, Idempotent, TriesUsed),
        (Kind::Transient, NotIdempotent, TriesUsed),
        (Kind::RateLimited { after: None }, Idempotent, TriesUsed),
        (Kind::RateLimited { after: None }, NotIdempotent, TriesUsed),
        (Kind::TimedOut, Idempotent, TriesUsed),
        (Kind::TimedOut, NotIdempotent, NotRetryable),
        (Kind::UnknownOutcome, Idempotent, TriesUsed),
        (Kind::UnknownOutcome, NotIdempotent, NotRetryable),
        (Kind::Rejected, Idempotent, NotRetryable),
        (Kind::Unauthorised, Idempotent, NotRetryable),
        (Kind::Invalid, Idempotent, NotRetryable),
    ];
    for (kind, idempotency, expected) in cases {
        let (why, tries, _) = fail(&retry(RetryConfig::default()), idempotency, None, kind).await;
        let expected_tries = if expected == TriesUsed { 3 } else { 1 };
        assert_eq!((why, tries), (expected, expected_tries), "{kind:?}, {idempotency:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn waits_grow_and_are_drawn_below_their_bound() {
    let config = RetryConfig { tries_max: 5, ..RetryConfig::default() };
    let (_, tries, took) = fail(&retry(config), Idempotent, None, Kind::Transient).await;
    // Half of 2, 4, 8 and 10 seconds.
    assert_eq!((tries, took), (5, Duration::from_secs(12)));
}

#[tokio::test(start_paused = true)]
async fn a_success_ends_it() {
    let operation = |number| async move { if number < 3 { Err(Kind::Transient) } else { Ok(number) } };
    assert_eq!(retry(RetryConfig::default()).call(NotIdempotent, None, operation).await, Ok(3));
}

#[tokio::test(start_paused = true)]
async fn the_party_s_wish_is_honoured() {
    let after = Duration::from_secs(20);
    let kind = Kind::RateLimited { after: Some(after) };
    let (_, tries, took) = fail(&retry(RetryConfig::default()), Idempotent, None, kind).await;
    // A twentieth of it on top, so that those who were told the same do not come back together.
    assert_eq!((tries, took), (3, (after + after / 20) * 2));
}

#[tokio::test(start_paused = true)]
async fn no_wait_reaches_past_the_whole_time() {
    let (retry, whole) = (retry(RetryConfig::default()), Duration::from_secs(10));
    let kind = |seconds| Kind::RateLimited { after: Some(Duration::from_secs(seconds)) };
    let (why, tries, took) = fail(&retry, Idempotent, Some(whole), kind(30)).await;
    assert_eq!((why, tries, took), (NoTime, 1, Duration::ZERO), "told at once, not after a useless wait");
    let (why, tries, took) = fail(&retry, Idempotent, Some(whole), kind(6)).await;
    assert_eq!((why, tries), (NoTime, 2));
    assert!(took < whole);
    assert_eq!(retry.budget().level(), 9, "a retry that is not made costs nothing");
}

#[tokio::test(start_paused = true)]
async fn an_empty_budget_ends_it_and_is_counted() {
    let budget = BudgetConfig { ratio: 0.0, reserve: 3 };
    let retry = retry(RetryConfig { budget, ..RetryConfig::default() });
    assert_eq!(fail(&retry, Idempotent, None, Kind::Transient).await.0, TriesUsed);
    let (why, tries, _) = fail(&retry, Idempotent, None, Kind::Transient).await;
    assert_eq!((why, tries), (NoBudget, 2));
    assert_eq!(fail(&retry, Idempotent, None, Kind::Transient).await.1, 1);
    assert_eq!(retry.budget().refused(), 2);
}

#[tokio::test(start_paused = true)]
async fn every_call_pays_into_the_budget() {
    let budget = BudgetConfig { ratio: 1.0, reserve: 1 };
    let retry = retry(RetryConfig { tries_max: 2, budget, ..RetryConfig::default() });
    for _ in 0..5 {
        assert_eq!(fail(&retry, Idempotent, None, Kind::Transient).await.0, TriesUsed);
    }
}

#[test]
fn the_spec_s_numbers_are_the_defaults() {
    let config = RetryConfig::default();
    assert_eq!(
        (config.tries_max, config.initial, config.cap),
        (3, Duration::from_secs(2), Duration::from_secs(10))
    );
    assert!((config.multiplier - 2.0).abs() < f64::EPSILON);
}

#[test]
fn everything_that_is_wrong_is_said_at_once() {
    let config = RetryConfig {
        tries_max: 0,
        initial: Duration::ZERO,
        multiplier: f64::NAN,
        cap: Duration::from_secs(7_200),
        budget: BudgetConfig { ratio: 1.5, reserve: 20_000 },
    };
    let faults = Retry::new(config, Arc::new(Fixed(0.0))).unwrap_err();
    let paths: Vec<_> = faults.as_slice().iter().map(|fault| fault.path.as_str()).collect();
    assert_eq!(paths, ["tries_max", "initial_ms", "multiplier", "cap_ms", "budget.ratio", "budget.reserve"]);
}
