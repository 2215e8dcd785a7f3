//! Hedging around a service.

use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use tower::{Layer, Service, ServiceExt};

use super::Hedge;
use crate::failure::Failure;
use crate::retry::Idempotency;

/// Asks again beside a request that is late. `classify` says of each request whether it may be done twice.
#[derive(Debug)]
pub struct HedgeLayer<C> {
    hedge: Arc<Hedge>,
    classify: C,
}

impl<C> HedgeLayer<C> {
    #[must_use]
    pub const fn new(hedge: Arc<Hedge>, classify: C) -> Self {
        Self { hedge, classify }
    }
}

impl<C: Clone> Clone for HedgeLayer<C> {
    fn clone(&self) -> Self {
        Self { hedge: Arc::clone(&self.hedge), classify: self.classify.clone() }
    }
}

impl<S, C: Clone> Layer<S> for HedgeLayer<C> {
    type Service = HedgeService<S, C>;

    fn layer(&self, inner: S) -> Self::Service {
        HedgeService { inner, layer: self.clone() }
    }
}

/// Made by [`HedgeLayer`].
#[derive(Debug, Clone)]
pub struct HedgeService<S, C: Clone> {
    inner: S,
    layer: HedgeLayer<C>,
}

impl<S, C, Request> Service<Request> for HedgeService<S, C>
where
    S: Service<Request> + Clone + Send + 'static,
    S::Response: Send,
    S::Error: Failure + Send,
    S::Future: Send,
    C: Fn(&Request) -> Idempotency + Clone,
    Request: Clone + Send + 'static,
{
    type Response = S::Response;
    type Error = S::Error;
    type Future = Pin<Box<dyn Future<Output = Result<S::Response, S::Error>> + Send>>;

    /// Always: each call waits for a service of its own to be ready.
    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Self::Error>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: Request) -> Self::Future {
        let hedge = Arc::clone(&self.layer.hedge);
        let idempotency = (self.layer.classify)(&request);
        let service = self.inner.clone();
        let ask = move |_| service.clone().oneshot(request.clone());
        Box::pin(async move { hedge.call(idempotency, ask).await })
    }
}
