//! The breaker around a [`tower::Service`].

use std::fmt;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};

use pin_project_lite::pin_project;
use tower::{Layer, Service};

use super::machine::Denied;
use super::permit::{Outcome, Refused, Ticket};
use super::{Breaker, State};
use crate::clock::{Clock, SystemClock};
use crate::failure::{Failure, Kind};

/// Puts a breaker around a service. Services that share the breaker open and close together.
#[derive(Debug)]
pub struct BreakerLayer<C: Clock = SystemClock> {
    breaker: Arc<Breaker<C>>,
}

impl<C: Clock> BreakerLayer<C> {
    #[must_use]
    pub const fn new(breaker: Arc<Breaker<C>>) -> Self {
        Self { breaker }
    }
}

impl<C: Clock> Clone for BreakerLayer<C> {
    fn clone(&self) -> Self {
        Self { breaker: Arc::clone(&self.breaker) }
    }
}

impl<S, C: Clock> Layer<S> for BreakerLayer<C> {
    type Service = BreakerService<S, C>;

    fn layer(&self, inner: S) -> Self::Service {
        BreakerService { inner, breaker: Arc::clone(&self.breaker), is_inner_ready: false, waiting: None }
    }
}

type Waiting = Pin<Box<dyn Future<Output = ()> + Send + Sync>>;

/// A service behind a breaker.
///
/// Being ready takes nothing: the permit is taken by the call, so that a service which is ready and never called
/// keeps no probe slot. While the breaker is open the inner service is not even asked whether it is ready, as it may
/// never be. While all probe slots are taken, readiness waits for up to `half_open_wait`.
pub struct BreakerService<S, C: Clock = SystemClock> {
    inner: S,
    breaker: Arc<Breaker<C>>,
    /// The inner service said so, and has not been called since.
    is_inner_ready: bool,
    waiting: Option<Waiting>,
}

impl<S: Clone, C: Clock> Clone for BreakerService<S, C> {
    /// Readiness is not cloned.
    fn clone(&self) -> Self {
        let (inner, breaker) = (self.inner.clone(), Arc::clone(&self.breaker));
        Self { inner, breaker, is_inner_ready: false, waiting: None }
    }
}

impl<S: fmt::Debug, C: Clock> fmt::Debug for BreakerService<S, C> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut fields = formatter.debug_struct("BreakerService");
        fields.field("inner", &self.inner).field("breaker", self.breaker.name()).finish_non_exhaustive()
    }
}

/// What comes out of a service behind a breaker instead of an answer.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BreakerError<E> {
    /// The inner service was not called.
    #[error(transparent)]
    Refused(#[from] Refused),
    /// The inner service's own.
    #[error(transparent)]
    Inner(E),
}

impl<E: Failure> Failure for BreakerError<E> {
    /// A refusal is nobody's outage: it asks for fewer calls, and says for how long.
    fn kind(&self) -> Kind {
        match self {
            Self::Refused(refused) => Kind::RateLimited { after: Some(refused.retry_after) },
            Self::Inner(error) => error.kind(),
        }
    }
}

impl<S, C> BreakerService<S, C>
where
    C: Clock + 'static,
{
    fn poll_slot(&mut self, context: &mut Context<'_>) -> Poll<()> {
        if self.waiting.is_none() && self.breaker.is_busy() {
            let breaker = Arc::clone(&self.breaker);
            self.waiting = Some(Box::pin(async move { breaker.wait_while_busy().await }));
        }
        if let Some(waiting) = &mut self.waiting {
            ready!(waiting.as_mut().poll(context));
            self.waiting = None;
        }
        Poll::Ready(())
    }
}

impl<S, Request, C> Service<Request> for BreakerService<S, C>
where
    S: Service<Request, Error: Failure>,
    C: Clock + 'static,
{
    type Response = S::Response;
    type Error = BreakerError<S::Error>;
    type Future = ResponseFuture<S::Future, C>;

    /// Ready too when the next call would be refused, so that the refusal can be told.
    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), Self::Error>> {
        self.is_inner_ready = false;
        ready!(self.poll_slot(context));
        if self.breaker.would_refuse() {
            return Poll::Ready(Ok(()));
        }
        let readiness = ready!(self.inner.poll_ready(context));
        self.is_inner_ready = readiness.is_ok();
        Poll::Ready(readiness.map_err(BreakerError::Inner))
    }

    fn call(&mut self, request: Request) -> Self::Future {
        if !std::mem::take(&mut self.is_inner_ready) {
            // Ready for a refusal: whatever the breaker says by now, the inner service was not asked.
            return ResponseFuture::refused(self.breaker.refuse_unready());
        }
        match self.breaker.try_acquire() {
            Ok(permit) => {
                // The permit is held over the call, which may panic.
                let call = self.inner.call(request);
                let claim = Claim { breaker: Arc::clone(&self.breaker), ticket: Some(permit.into_ticket()) };
                ResponseFuture { stage: Stage::Called { call, claim } }
            }
            Err(refused) => ResponseFuture::refused(refused),
        }
    }
}

/// A permit that keeps its breaker alive. Dropped unsettled, the call was cancelled.
struct Claim<C: Clock> {
    breaker: Arc<Breaker<C>>,
    ticket: Option<Ticket>,
}

impl<C: Clock> Claim<C> {
    fn settle(&mut self, outcome: Outcome) {
        if let Some(ticket) = self.ticket.take() {
            self.breaker.settle(ticket, outcome);
        }
    }
}

impl<C: Clock> Drop for Claim<C> {
    fn drop(&mut self) {
        self.settle(Outcome::Ignored);
    }
}

pin_project! {
    /// The answer of a [`BreakerService`]. Dropped before it is ready, the call was cancelled.
    pub struct ResponseFuture<F, C: Clock = SystemClock> {
        #[pin]
        stage: Stage<F, C>,
    }
}

pin_project! {
    #[project = StageProjection]
    enum Stage<F, C: Clock> {
        Called {
            #[pin]
            call: F,
            claim: Claim<C>,
        },
        Refused {
            refused: Refused,
        },
    }
}

impl<F, C: Clock> ResponseFuture<F, C> {
    const fn refused(refused: Refused) -> Self {
        Self { stage: Stage::Refused { refused } }
    }
}

impl<F, C: Clock> fmt::Debug for ResponseFuture<F, C> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("ResponseFuture").finish_non_exhaustive()
    }
}

impl<F, C, T, E> Future for ResponseFuture<F, C>
where
    F: Future<Output = Result<T, E>>,
    C: Clock,
    E: Failure,
{
    type Output = Result<T, BreakerError<E>>;

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        match self.project().stage.project() {
            StageProjection::Called { call, claim } => {
                let result = ready!(call.poll(context));
                claim.settle(result.as_ref().map_or_else(|error| error.kind().into(), |_| Outcome::Success));
                Poll::Ready(result.map_err(BreakerError::Inner))
            }
            StageProjection::Refused { refused } => Poll::Ready(Err(BreakerError::Refused(*refused))),
        }
    }
}

impl<C: Clock> Breaker<C> {
    /// Whether a call now would be refused because the breaker is open.
    fn would_refuse(&self) -> bool {
        let word = self.machine.word();
        word.state() == State::Open && !self.remaining(word).is_zero()
    }

    fn refuse_unready(&self) -> Refused {
        let wait = u64::try_from(self.remaining(self.machine.word()).as_nanos()).unwrap_or(u64::MAX);
        self.refuse(Denied::Open { wait })
    }
}
