use std::future::ready;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use tower::{Service, ServiceBuilder, ServiceExt, service_fn};

use super::*;
use crate::clock::{Clock, ManualClock};
use crate::failure::Kind;
use crate::retry::Idempotency::{self, Idempotent, NotIdempotent};

const MINUTE: Duration = Duration::from_secs(60);

async fn give(fallback: &Fallback<u32>, answer: Result<u32, Kind>) -> Result<(u32, Source), Kind> {
    let sourced = fallback.call(Idempotent, ready(answer)).await?;
    Ok((sourced.value, sourced.source))
}

fn with_clock() -> (Fallback<u32>, ManualClock) {
    let clock = ManualClock::default();
    (Fallback::new(Arc::new(clock.clone())), clock)
}

#[tokio::test]
async fn a_kept_value_tells_its_age_and_ends_with_it() {
    let (fallback, clock) = with_clock();
    let fallback = fallback.or_cached(MINUTE);
    assert_eq!(give(&fallback, Err(Kind::TimedOut)).await, Err(Kind::TimedOut), "nothing is kept yet");
    assert_eq!(give(&fallback, Ok(1)).await, Ok((1, Source::Fresh)));
    assert_eq!(give(&fallback, Ok(2)).await, Ok((2, Source::Fresh)));
    clock.advance(MINUTE);
    assert_eq!(give(&fallback, Err(Kind::TimedOut)).await, Ok((2, Source::Cached { age: MINUTE })));
    clock.advance(Duration::from_nanos(1));
    assert_eq!(give(&fallback, Err(Kind::TimedOut)).await, Err(Kind::TimedOut), "it is too old");
    let FallbackSnapshot { fresh, cached, nothing, .. } = fallback.snapshot();
    assert_eq!((fresh, cached, nothing), (2, 1, 2));
}

#[tokio::test]
async fn steps_are_tried_in_their_order() {
    let (fallback, clock) = with_clock();
    let other = Arc::new(AtomicU64::new(0));
    let asked = Arc::clone(&other);
    let fallback = fallback
        .or_other(move || ready(if asked.fetch_add(1, Ordering::SeqCst) == 0 { Ok(10) } else { Err("down") }))
        .or_cached(MINUTE)
        .or_default(99);
    assert_eq!(give(&fallback, Ok(1)).await, Ok((1, Source::Fresh)));
    assert_eq!(other.load(Ordering::SeqCst), 0, "nobody else is asked while the party answers");
    let down = Err(Kind::Transient);
    assert_eq!(give(&fallback, down).await, Ok((10, Source::Secondary)));
    assert_eq!(give(&fallback, down).await, Ok((1, Source::Cached { age: Duration::ZERO })));
    clock.advance(MINUTE * 2);
    assert_eq!(give(&fallback, down).await, Ok((99, Source::Default)));
    let counts = FallbackSnapshot { fresh: 1, cached: 1, secondary: 1, default: 1, nothing: 0 };
    assert_eq!(fallback.snapshot(), counts);
}

#[tokio::test]
async fn what_was_answered_stands() {
    let fallback = with_clock().0.or_default(99);
    let cases: [(Kind, Idempotency, bool); 9] = [
        (Kind::Transient, NotIdempotent, true),
        (Kind::RateLimited { after: None }, NotIdempotent, true),
        (Kind::TimedOut, Idempotent, true),
        (Kind::UnknownOutcome, Idempotent, true),
        // It may have been done: another value would hide that.
        (Kind::TimedOut, NotIdempotent, false),
        (Kind::UnknownOutcome, NotIdempotent, false),
        (Kind::Rejected, Idempotent, false),
        (Kind::Unauthorised, Idempotent, false),
        (Kind::Invalid, Idempotent, false),
    ];
    for (kind, idempotency, is_replaced) in cases {
        let given = fallback.call(idempotency, ready(Err(kind))).await;
        assert_eq!(given.is_ok(), is_replaced, "{kind:?}, {idempotency:?}");
    }
}

/// Tells the times it was given, one after the other.
struct Told([u64; 3], AtomicU64);

impl Clock for Told {
    fn now(&self) -> u64 {
        self.0[usize::try_from(self.1.fetch_add(1, Ordering::SeqCst)).unwrap()]
    }
}

#[test]
fn a_value_that_comes_late_does_not_replace_a_newer_one() {
    let (last_good, clock) = (LastGood::new(MINUTE), Told([20, 10, 25], AtomicU64::new(0)));
    last_good.keep(&"newer", &clock);
    last_good.keep(&"older", &clock);
    assert_eq!(last_good.get(&clock), Some(("newer", Duration::from_nanos(5))));
}

#[tokio::test]
async fn as_a_layer_it_tells_the_source_of_each_answer() {
    let fallback = Arc::new(with_clock().0.or_cached(MINUTE));
    let layer = FallbackLayer::new(Arc::clone(&fallback), |_: &Result<u32, Kind>| Idempotent);
    let mut service =
        ServiceBuilder::new().layer(layer).service(service_fn(|answer: Result<u32, Kind>| ready(answer)));
    let mut ask = async |answer| service.ready().await?.call(answer).await;
    assert!(ask(Ok(5)).await.unwrap().is_fresh());
    let kept = ask(Err(Kind::Transient)).await.unwrap();
    assert_eq!((kept.value, kept.source), (5, Source::Cached { age: Duration::ZERO }));
    assert_eq!(ask(Err(Kind::Rejected)).await, Err(Kind::Rejected));
}

#[test]
fn a_source_is_written_with_its_age() {
    let cached = Source::Cached { age: Duration::from_millis(1_500) };
    let written = serde_json::to_value(Sourced { value: 7, source: cached }).unwrap();
    assert_eq!(written["source"]["from"], "cached");
    assert_eq!(written["source"]["age"]["secs"], 1);
    assert_eq!(cached.code(), "cached");
}
