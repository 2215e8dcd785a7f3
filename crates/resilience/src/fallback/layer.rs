//! A fallback around a service.

use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use tower::{Layer, Service};

use super::{Fallback, Sourced};
use crate::failure::Failure;
use crate::retry::Idempotency;

/// Steps back when the service fails. Right for services that give one thing: what was kept of one request is given
/// for another. `classify` says of each request whether it may be done twice.
#[derive(Debug)]
pub struct FallbackLayer<T, C> {
    fallback: Arc<Fallback<T>>,
    classify: C,
}

impl<T, C> FallbackLayer<T, C> {
    #[must_use]
    pub const fn new(fallback: Arc<Fallback<T>>, classify: C) -> Self {
        Self { fallback, classify }
    }
}

impl<T, C: Clone> Clone for FallbackLayer<T, C> {
    fn clone(&self) -> Self {
        Self { fallback: Arc::clone(&self.fallback), classify: self.classify.clone() }
    }
}

impl<S, T, C: Clone> Layer<S> for FallbackLayer<T, C> {
    type Service = FallbackService<S, T, C>;

    fn layer(&self, inner: S) -> Self::Service {
        FallbackService { inner, layer: self.clone() }
    }
}

/// Made by [`FallbackLayer`].
#[derive(Debug)]
pub struct FallbackService<S, T, C> {
    inner: S,
    layer: FallbackLayer<T, C>,
}

impl<S: Clone, T, C: Clone> Clone for FallbackService<S, T, C> {
    fn clone(&self) -> Self {
        Self { inner: self.inner.clone(), layer: self.layer.clone() }
    }
}

impl<S, T, C, Request> Service<Request> for FallbackService<S, T, C>
where
    S: Service<Request, Response = T>,
    S::Error: Failure + Send,
    S::Future: Send + 'static,
    C: Fn(&Request) -> Idempotency,
    T: Clone + Send + Sync + 'static,
{
    type Response = Sourced<T>;
    type Error = S::Error;
    type Future = Pin<Box<dyn Future<Output = Result<Sourced<T>, S::Error>> + Send>>;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), Self::Error>> {
        self.inner.poll_ready(cx)
    }

    fn call(&mut self, request: Request) -> Self::Future {
        let fallback = Arc::clone(&self.layer.fallback);
        let idempotency = (self.layer.classify)(&request);
        let fresh = self.inner.call(request);
        Box::pin(async move { fallback.call(idempotency, fresh).await })
    }
}
