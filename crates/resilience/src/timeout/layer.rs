//! A timeout around a service.

use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use pin_project_lite::pin_project;
use tower::{Layer, Service};

use super::{Phase, TimedOut, Within, within};
use crate::policy::Layered;

/// Ends calls that take too long. Inside a [`RetryLayer`](crate::retry::RetryLayer) it is the timeout of one try,
/// around it that of the whole call.
#[derive(Debug, Clone, Copy)]
pub struct TimeoutLayer {
    limit: Duration,
    phase: Phase,
}

impl TimeoutLayer {
    #[must_use]
    pub const fn per_try(limit: Duration) -> Self {
        Self { limit, phase: Phase::PerTry }
    }

    #[must_use]
    pub const fn whole(limit: Duration) -> Self {
        Self { limit, phase: Phase::Whole }
    }
}

impl<S> Layer<S> for TimeoutLayer {
    type Service = TimeoutService<S>;

    fn layer(&self, inner: S) -> Self::Service {
        TimeoutService { inner, layer: *self }
    }
}

/// Made by [`TimeoutLayer`].
#[derive(Debug, Clone)]
pub struct TimeoutService<S> {
    inner: S,
    layer: TimeoutLayer,
}

impl<S: Service<Request>, Request> Service<Request> for TimeoutService<S> {
    type Response = S::Response;
    type Error = Layered<TimedOut, S::Error>;
    type Future = TimeoutFuture<S::Future>;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), Self::Error>> {
        self.inner.poll_ready(cx).map_err(Layered::Inner)
    }

    fn call(&mut self, request: Request) -> Self::Future {
        let TimeoutLayer { limit, phase } = self.layer;
        TimeoutFuture { within: within(limit, phase, self.inner.call(request)) }
    }
}

pin_project! {
    /// Made by [`TimeoutService`].
    #[derive(Debug)]
    pub struct TimeoutFuture<F> {
        #[pin]
        within: Within<F>,
    }
}

impl<F, T, E> Future for TimeoutFuture<F>
where
    F: Future<Output = Result<T, E>>,
{
    type Output = Result<T, Layered<TimedOut, E>>;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        Poll::Ready(match ready!(self.project().within.poll(cx)) {
            Ok(answer) => answer.map_err(Layered::Inner),
            Err(timed_out) => Err(Layered::Own(timed_out)),
        })
    }
}
