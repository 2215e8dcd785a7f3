//! Load shedding around a service.

use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use tower::{Layer, Service};

use super::{InFlight, Priority, Shed, Shedder};
use crate::clock::{Clock, SystemClock};
use crate::policy::{Guarded, Layered};

/// How a request comes in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Arrival {
    pub priority: Priority,
    /// How long it has waited in queues before this one.
    pub waited: Duration,
}

impl From<Priority> for Arrival {
    fn from(priority: Priority) -> Self {
        Self { priority, waited: Duration::ZERO }
    }
}

/// Sheds requests. `classify` says of each how much it matters and how long it has waited already.
#[derive(Debug)]
pub struct ShedLayer<F, C = SystemClock> {
    shedder: Arc<Shedder<C>>,
    classify: F,
}

impl<F, C> ShedLayer<F, C> {
    #[must_use]
    pub const fn new(shedder: Arc<Shedder<C>>, classify: F) -> Self {
        Self { shedder, classify }
    }
}

impl<F: Clone, C> Clone for ShedLayer<F, C> {
    fn clone(&self) -> Self {
        Self { shedder: Arc::clone(&self.shedder), classify: self.classify.clone() }
    }
}

impl<S, F: Clone, C> Layer<S> for ShedLayer<F, C> {
    type Service = ShedService<S, F, C>;

    fn layer(&self, inner: S) -> Self::Service {
        ShedService { inner, layer: self.clone() }
    }
}

/// Made by [`ShedLayer`].
#[derive(Debug)]
pub struct ShedService<S, F, C = SystemClock> {
    inner: S,
    layer: ShedLayer<F, C>,
}

impl<S: Clone, F: Clone, C> Clone for ShedService<S, F, C> {
    fn clone(&self) -> Self {
        Self { inner: self.inner.clone(), layer: self.layer.clone() }
    }
}

impl<S, F, C, Request> Service<Request> for ShedService<S, F, C>
where
    S: Service<Request>,
    F: Fn(&Request) -> Arrival,
    C: Clock,
{
    type Response = S::Response;
    type Error = Layered<Shed, S::Error>;
    type Future = Guarded<S::Future, InFlight<Arc<Shedder<C>>, C>, Shed>;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), Self::Error>> {
        self.inner.poll_ready(cx).map_err(Layered::Inner)
    }

    fn call(&mut self, request: Request) -> Self::Future {
        let arrival = (self.layer.classify)(&request);
        let shedder = &self.layer.shedder;
        let now = shedder.clock.now();
        shedder.observe_at(crate::clock::nanoseconds(arrival.waited), now);
        match Shedder::admit_at(Arc::clone(shedder), arrival.priority, now) {
            Ok(in_flight) => Guarded::inside(self.inner.call(request), in_flight),
            Err(shed) => Guarded::refused(shed),
        }
    }
}
