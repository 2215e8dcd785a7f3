//! The limit as a layer.

use std::convert::Infallible;
use std::sync::Arc;

use tower::{Service, ServiceBuilder, ServiceExt, service_fn};

use super::*;
use crate::failure::Failure;
use crate::policy::Layered;

#[tokio::test]
async fn calls_beyond_the_limit_are_refused_and_do_not_reach_the_service() {
    let (limit, clock) = limit(Quota::of(2, Duration::from_secs(2)));
    let asked = AtomicU64::new(0);
    let count = |request: u32| {
        asked.fetch_add(1, Ordering::SeqCst);
        async move { Ok::<_, Infallible>(request + 1) }
    };
    let layer = RateLayer::new(Arc::new(limit));
    let mut service = ServiceBuilder::new().layer(layer.clone()).service(service_fn(count));
    let mut twin = ServiceBuilder::new().layer(layer).service(service_fn(count));
    assert_eq!(service.ready().await.unwrap().call(1).await, Ok(2));
    assert_eq!(twin.ready().await.unwrap().call(2).await, Ok(3), "services of a layer share the limit");
    let refused = service.ready().await.unwrap().call(3).await.unwrap_err();
    let Layered::Own(limited) = refused;
    assert_eq!(limited.kind(), Kind::RateLimited { after: Some(Duration::from_secs(1)) });
    assert_eq!(asked.load(Ordering::SeqCst), 2);
    clock.advance(Duration::from_secs(1));
    assert_eq!(service.call(4).await, Ok(5));
}
