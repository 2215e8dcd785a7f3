//! Hedging as a layer.

use std::sync::atomic::AtomicU32;

use tower::{Service, ServiceBuilder, ServiceExt, service_fn};

use super::*;

#[tokio::test(start_paused = true)]
async fn a_request_that_is_late_is_asked_again() {
    let asked = Arc::new(AtomicU32::new(0));
    let count = Arc::clone(&asked);
    let first_is_slow = service_fn(move |_: Idempotency| {
        let number = count.fetch_add(1, Ordering::SeqCst);
        async move {
            sleep(MS(if number == 0 { 1_000 } else { 10 })).await;
            Ok::<_, Kind>(number)
        }
    });
    let layer = HedgeLayer::new(Arc::new(hedge(1)), |idempotency: &Idempotency| *idempotency);
    let mut service = ServiceBuilder::new().layer(layer).service(first_is_slow);
    let mut ask = async |idempotency| service.ready().await?.call(idempotency).await;
    assert_eq!(ask(Idempotent).await, Ok(1));
    asked.store(0, Ordering::SeqCst);
    assert_eq!(ask(NotIdempotent).await, Ok(0));
    assert_eq!(asked.load(Ordering::SeqCst), 1);
}
