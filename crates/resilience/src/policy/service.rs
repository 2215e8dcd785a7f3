//! A policy around a service.

use std::pin::Pin;
use std::task::{Context, Poll};

use tower::{Layer, Service, ServiceExt};

use super::{Call, Policy, PolicyError};
use crate::failure::Failure;

/// Puts a policy around a service. `classify` says what each request is like: an
/// [`Idempotency`](crate::retry::Idempotency), or a [`Call`].
#[derive(Debug, Clone)]
pub struct PolicyLayer<C> {
    policy: Policy,
    classify: C,
}

impl<C> PolicyLayer<C> {
    #[must_use]
    pub const fn new(policy: Policy, classify: C) -> Self {
        Self { policy, classify }
    }
}

impl<S, C: Clone> Layer<S> for PolicyLayer<C> {
    type Service = PolicyService<S, C>;

    fn layer(&self, inner: S) -> Self::Service {
        PolicyService { inner, layer: self.clone() }
    }
}

/// Made by [`PolicyLayer`]. Each call is one box.
#[derive(Debug, Clone)]
pub struct PolicyService<S, C> {
    inner: S,
    layer: PolicyLayer<C>,
}

impl<S, C, K, Request> Service<Request> for PolicyService<S, C>
where
    S: Service<Request> + Clone + Send + 'static,
    S::Response: Send,
    S::Error: Failure + Send,
    S::Future: Send,
    C: Fn(&Request) -> K,
    K: Into<Call>,
    Request: Clone + Send + 'static,
{
    type Response = S::Response;
    type Error = PolicyError<S::Error>;
    type Future = Pin<Box<dyn Future<Output = Result<S::Response, Self::Error>> + Send>>;

    /// Always: each try waits, under its timeout, for a service of its own to be ready. A service that is not ready
    /// must not keep a breaker that is open from saying so.
    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Self::Error>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: Request) -> Self::Future {
        let (policy, service) = (self.layer.policy.clone(), self.inner.clone());
        let call = (self.layer.classify)(&request).into();
        let ask = move |_| service.clone().oneshot(request.clone());
        Box::pin(async move { policy.call(call, ask).await })
    }
}
