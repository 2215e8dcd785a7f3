//! The policy as a layer.

use std::task::{Context, Poll};

use tower::{Layer, Service, ServiceExt, service_fn};

use super::*;

#[tokio::test(start_paused = true)]
async fn requests_are_tried_again_as_their_kind_allows() {
    let config = PolicyConfig { retry: retry(3, ms(10)), ..PolicyConfig::default() };
    let asked = Arc::new(AtomicU32::new(0));
    let count = Arc::clone(&asked);
    let service = service_fn(move |_: Idempotency| {
        let number = count.fetch_add(1, Ordering::SeqCst);
        async move { if number == 0 { Err(Kind::UnknownOutcome) } else { Ok(number) } }
    });
    let mut service = PolicyLayer::new(policy(&config), |request: &Idempotency| *request).layer(service);
    let outcome = service.ready().await.unwrap().call(NotIdempotent).await;
    assert_eq!(outcome, Err(PolicyError::Failed(Kind::UnknownOutcome)));
    asked.store(0, Ordering::SeqCst);
    assert_eq!(service.ready().await.unwrap().call(Idempotent).await, Ok(1));
}

/// Is never ready.
#[derive(Clone)]
struct Stuck;

impl Service<()> for Stuck {
    type Response = ();
    type Error = Kind;
    type Future = std::future::Ready<Result<(), Kind>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Kind>> {
        Poll::Pending
    }

    fn call(&mut self, (): ()) -> Self::Future {
        unreachable!("it is never ready")
    }
}

#[tokio::test(start_paused = true)]
async fn a_service_that_is_never_ready_is_a_party_that_hangs() {
    let config =
        PolicyConfig { timeout: timeout(Some(seconds(1)), None), breaker: breaker(1, seconds(60)), ..bare() };
    let policy = policy(&config);
    let critical = |(): &()| Call::new(NotIdempotent, Priority::Critical);
    let service = PolicyLayer::new(policy.clone(), critical).layer(Stuck);
    let outcome = service.clone().oneshot(()).await;
    assert_eq!(outcome, Err(PolicyError::TimedOut { limit: seconds(1), whole: false }));
    let outcome = service.oneshot(()).await;
    assert_eq!(
        outcome,
        Err(PolicyError::Open { retry_after: seconds(60) }),
        "and the breaker says so at once"
    );
    assert_empty(&policy);
}
