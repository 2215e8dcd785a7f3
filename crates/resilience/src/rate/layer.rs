//! The rate limit around a service.

use std::sync::Arc;
use std::task::{Context, Poll};

use tower::{Layer, Service};

use super::{Limited, RateLimit};
use crate::clock::{Clock, SystemClock};
use crate::policy::{Guarded, Layered};

/// Refuses calls beyond the limit at once. All services made by it share the limit.
#[derive(Debug)]
pub struct RateLayer<C = SystemClock>(Arc<RateLimit<C>>);

impl<C> RateLayer<C> {
    #[must_use]
    pub const fn new(limit: Arc<RateLimit<C>>) -> Self {
        Self(limit)
    }
}

impl<C> Clone for RateLayer<C> {
    fn clone(&self) -> Self {
        Self(Arc::clone(&self.0))
    }
}

impl<S, C> Layer<S> for RateLayer<C> {
    type Service = RateService<S, C>;

    fn layer(&self, inner: S) -> Self::Service {
        RateService { inner, limit: Arc::clone(&self.0) }
    }
}

/// Made by [`RateLayer`].
#[derive(Debug)]
pub struct RateService<S, C = SystemClock> {
    inner: S,
    limit: Arc<RateLimit<C>>,
}

impl<S: Clone, C> Clone for RateService<S, C> {
    fn clone(&self) -> Self {
        Self { inner: self.inner.clone(), limit: Arc::clone(&self.limit) }
    }
}

impl<S, C, Request> Service<Request> for RateService<S, C>
where
    S: Service<Request>,
    C: Clock,
{
    type Response = S::Response;
    type Error = Layered<Limited, S::Error>;
    type Future = Guarded<S::Future, (), Limited>;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), Self::Error>> {
        self.inner.poll_ready(cx).map_err(Layered::Inner)
    }

    fn call(&mut self, request: Request) -> Self::Future {
        match self.limit.check() {
            Ok(_) => Guarded::inside(self.inner.call(request), ()),
            Err(limited) => Guarded::refused(limited),
        }
    }
}
