//! The bulkhead as a layer.

use std::sync::Arc;

use tokio::sync::Notify;
use tower::{Service, ServiceBuilder, ServiceExt, service_fn};

use super::*;
use crate::policy::Layered;

#[tokio::test(start_paused = true)]
async fn calls_wait_in_a_bounded_queue_before_the_service() {
    let bulkhead = Arc::new(bulkhead(1, 1));
    let gate = Arc::new(Notify::new());
    let inside = |_: ()| {
        let gate = Arc::clone(&gate);
        async move {
            gate.notified().await;
            Ok::<_, Kind>(())
        }
    };
    let layer = BulkheadLayer::new(Arc::clone(&bulkhead));
    let mut service = ServiceBuilder::new().layer(layer).service(service_fn(inside));
    let mut begin = async || service.ready().await.unwrap().call(());
    let (first, second, third) = (begin().await, begin().await, begin().await);
    let open = async {
        tokio::task::yield_now().await;
        assert_eq!((bulkhead.in_use(), bulkhead.waiting()), (1, 1));
        gate.notify_one();
        gate.notify_one();
    };
    let (first, second, third, ()) = tokio::join!(first, second, third, open);
    assert_eq!((first, second), (Ok(()), Ok(())));
    assert_eq!(third, Err(Layered::Own(Refused::Full)));
    assert_eq!((bulkhead.in_use(), bulkhead.waiting()), (0, 0));
}

#[tokio::test(start_paused = true)]
async fn the_place_is_free_as_soon_as_the_answer_is_there() {
    let bulkhead = Arc::new(bulkhead(1, 1));
    let layer = BulkheadLayer::new(Arc::clone(&bulkhead));
    let mut service =
        ServiceBuilder::new().layer(layer).service(service_fn(|_: ()| async { Ok::<_, Kind>(()) }));
    let mut call = std::pin::pin!(service.ready().await.unwrap().call(()));
    assert_eq!(call.as_mut().await, Ok(()));
    assert_eq!(bulkhead.in_use(), 0, "the future is not dropped yet");
}

#[tokio::test(start_paused = true)]
async fn a_call_that_is_dropped_gives_its_place_back() {
    let bulkhead = Arc::new(bulkhead(1, 1));
    let layer = BulkheadLayer::new(Arc::clone(&bulkhead));
    let never = service_fn(|_: ()| std::future::pending::<Result<(), Kind>>());
    let service = ServiceBuilder::new().layer(layer).service(never);
    let (one, two) = (service.clone().oneshot(()), service.oneshot(()));
    assert!(tokio::time::timeout(WAIT / 2, async { tokio::join!(one, two) }).await.is_err());
    assert_eq!((bulkhead.in_use(), bulkhead.waiting()), (0, 0));
}
