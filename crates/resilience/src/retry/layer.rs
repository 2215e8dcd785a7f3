//! Retry around a service.

use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use pin_project_lite::pin_project;
use tokio::time::{Instant, Sleep};
use tower::{Layer, Service};

use super::{Failed, Idempotency, Retry};
use crate::failure::Failure;

/// Tries requests again. `classify` says of each request whether it may be done twice.
#[derive(Debug)]
pub struct RetryLayer<C> {
    retry: Arc<Retry>,
    classify: C,
    whole: Option<Duration>,
}

impl<C> RetryLayer<C> {
    #[must_use]
    pub const fn new(retry: Arc<Retry>, classify: C) -> Self {
        Self { retry, classify, whole: None }
    }

    /// Never waits for a try beyond this time from the beginning of a call.
    #[must_use]
    pub const fn within(mut self, whole: Duration) -> Self {
        self.whole = Some(whole);
        self
    }
}

impl<C: Clone> Clone for RetryLayer<C> {
    fn clone(&self) -> Self {
        Self { retry: Arc::clone(&self.retry), classify: self.classify.clone(), whole: self.whole }
    }
}

impl<S, C: Clone> Layer<S> for RetryLayer<C> {
    type Service = RetryService<S, C>;

    fn layer(&self, inner: S) -> Self::Service {
        RetryService { inner, layer: self.clone() }
    }
}

/// Made by [`RetryLayer`].
#[derive(Debug, Clone)]
pub struct RetryService<S, C: Clone> {
    inner: S,
    layer: RetryLayer<C>,
}

impl<S, C, Request> Service<Request> for RetryService<S, C>
where
    S: Service<Request> + Clone,
    S::Error: Failure,
    C: Fn(&Request) -> Idempotency + Clone,
    Request: Clone,
{
    type Response = S::Response;
    type Error = S::Error;
    type Future = RetryFuture<S, Request>;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), Self::Error>> {
        self.inner.poll_ready(cx)
    }

    fn call(&mut self, request: Request) -> Self::Future {
        // The service that was asked whether it is ready is the one that is called.
        let clone = self.inner.clone();
        let mut service = std::mem::replace(&mut self.inner, clone);
        let idempotency = (self.layer.classify)(&request);
        self.layer.retry.budget.deposit();
        RetryFuture {
            state: State::Trying { future: service.call(request.clone()) },
            service,
            request,
            retry: Arc::clone(&self.layer.retry),
            idempotency,
            deadline: self.layer.whole.and_then(|whole| Instant::now().checked_add(whole)),
            tries: 1,
        }
    }
}

pin_project! {
    /// Made by [`RetryService`].
    pub struct RetryFuture<S: Service<Request>, Request> {
        #[pin]
        state: State<S::Future>,
        service: S,
        request: Request,
        retry: Arc<Retry>,
        idempotency: Idempotency,
        deadline: Option<Instant>,
        tries: u32,
    }
}

pin_project! {
    #[project = StateProjection]
    enum State<F> {
        Trying { #[pin] future: F },
        Waiting { #[pin] sleep: Sleep },
        /// The service inside is asked before every retry whether it is ready.
        Preparing,
    }
}

impl<S, Request> Future for RetryFuture<S, Request>
where
    S: Service<Request>,
    S::Error: Failure,
    Request: Clone,
{
    type Output = Result<S::Response, S::Error>;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let mut this = self.project();
        loop {
            let outcome = match this.state.as_mut().project() {
                StateProjection::Trying { future } => ready!(future.poll(cx)),
                StateProjection::Waiting { sleep } => {
                    ready!(sleep.poll(cx));
                    *this.tries = this.tries.saturating_add(1);
                    this.state.set(State::Preparing);
                    continue;
                }
                // A service that cannot be readied is a try that failed.
                StateProjection::Preparing => match ready!(this.service.poll_ready(cx)) {
                    Ok(()) => {
                        let future = this.service.call(this.request.clone());
                        this.state.set(State::Trying { future });
                        continue;
                    }
                    Err(error) => Err(error),
                },
            };
            let error = match outcome {
                Ok(response) => return Poll::Ready(Ok(response)),
                Err(error) => error,
            };
            let time_left = this.deadline.map(|at| at.saturating_duration_since(Instant::now()));
            let (kind, idempotency, tries) = (error.kind(), *this.idempotency, *this.tries);
            match this.retry.decide(&Failed { kind, idempotency, tries, time_left, is_barred: false }) {
                Ok(delay) => this.state.set(State::Waiting { sleep: tokio::time::sleep(delay) }),
                Err(_) => return Poll::Ready(Err(error)),
            }
        }
    }
}
