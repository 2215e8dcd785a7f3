//! A bulkhead around a service.

use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};

use pin_project_lite::pin_project;
use tower::{Layer, Service};

use super::{Bulkhead, Permit, Refused};
use crate::policy::Layered;

type Place = Permit<Arc<Bulkhead>>;

/// Lets so many calls through at once. All services made by it share the places.
#[derive(Debug, Clone)]
pub struct BulkheadLayer(Arc<Bulkhead>);

impl BulkheadLayer {
    #[must_use]
    pub const fn new(bulkhead: Arc<Bulkhead>) -> Self {
        Self(bulkhead)
    }
}

impl<S> Layer<S> for BulkheadLayer {
    type Service = BulkheadService<S>;

    fn layer(&self, inner: S) -> Self::Service {
        BulkheadService { inner, bulkhead: Arc::clone(&self.0) }
    }
}

/// Made by [`BulkheadLayer`].
#[derive(Debug, Clone)]
pub struct BulkheadService<S> {
    inner: S,
    bulkhead: Arc<Bulkhead>,
}

impl<S, Request> Service<Request> for BulkheadService<S>
where
    S: Service<Request> + Clone,
{
    type Response = S::Response;
    type Error = Layered<Refused, S::Error>;
    type Future = BulkheadFuture<S, Request>;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), Self::Error>> {
        self.inner.poll_ready(cx).map_err(Layered::Inner)
    }

    fn call(&mut self, request: Request) -> Self::Future {
        let state = match Permit::take(Arc::clone(&self.bulkhead)) {
            Some(place) => State::Inside { future: self.inner.call(request), place: Some(place) },
            None => {
                // The service that was asked whether it is ready is the one that is called.
                let clone = self.inner.clone();
                let inner = std::mem::replace(&mut self.inner, clone);
                let wait = Box::pin(Arc::clone(&self.bulkhead).acquire_owned());
                State::Waiting { wait, call: Some((inner, request)) }
            }
        };
        BulkheadFuture { state }
    }
}

pin_project! {
    /// Made by [`BulkheadService`].
    pub struct BulkheadFuture<S: Service<Request>, Request> {
        #[pin]
        state: State<S, Request, S::Future>,
    }
}

/// A wait for a place. Only calls that find none pay for the box.
type Wait = Pin<Box<dyn Future<Output = Result<Place, Refused>> + Send>>;

pin_project! {
    #[project = StateProjection]
    enum State<S, Request, F> {
        Waiting { wait: Wait, call: Option<(S, Request)> },
        Inside { #[pin] future: F, place: Option<Place> },
    }
}

impl<S: Service<Request>, Request> Future for BulkheadFuture<S, Request> {
    type Output = Result<S::Response, Layered<Refused, S::Error>>;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let mut state = self.project().state;
        loop {
            match state.as_mut().project() {
                StateProjection::Waiting { wait, call } => {
                    let place = ready!(wait.as_mut().poll(cx)).map_err(Layered::Own)?;
                    let Some((mut service, request)) = call.take() else { return Poll::Pending };
                    let future = service.call(request);
                    state.set(State::Inside { future, place: Some(place) });
                }
                StateProjection::Inside { future, place } => {
                    let answer = ready!(future.poll(cx)).map_err(Layered::Inner);
                    // Free as soon as the answer is there, not when the future is dropped.
                    drop(place.take());
                    return Poll::Ready(answer);
                }
            }
        }
    }
}
