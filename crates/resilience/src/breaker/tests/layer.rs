//! The breaker around a service.

use std::future::{Ready, pending, ready};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use tokio::time::Instant;
use tower::{Layer, Service, ServiceExt, service_fn};

use super::super::{BreakerConfig, BreakerError, BreakerLayer, BreakerService, Refused, State, WindowKind};
use super::{OPEN_FOR, SECOND, Tested, breaker, brief, fail, half_open, permit, windowed};
use crate::{Failure, Kind, ManualClock};

fn around<S>(breaker: &Arc<Tested>, inner: S) -> BreakerService<S, ManualClock> {
    BreakerLayer::new(Arc::clone(breaker)).layer(inner)
}

/// Answers with what it is asked for.
fn echo() -> impl Service<Result<u8, Kind>, Response = u8, Error = Kind, Future: Send> + Clone {
    service_fn(|answer: Result<u8, Kind>| ready(answer))
}

async fn ask<S>(
    service: &mut BreakerService<S, ManualClock>,
    answer: Result<u8, Kind>,
) -> Result<u8, BreakerError<Kind>>
where
    S: Service<Result<u8, Kind>, Response = u8, Error = Kind>,
{
    service.ready().await?.call(answer).await
}

/// Counts how often it is asked whether it is ready, which it is only when told.
#[derive(Debug, Clone, Default)]
struct Moody {
    is_ready: Arc<AtomicBool>,
    asked: Arc<AtomicU32>,
    called: Arc<AtomicU32>,
}

impl Service<()> for Moody {
    type Response = ();
    type Error = Kind;
    type Future = Ready<Result<(), Kind>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Kind>> {
        self.asked.fetch_add(1, Ordering::SeqCst);
        if self.is_ready.load(Ordering::SeqCst) { Poll::Ready(Ok(())) } else { Poll::Pending }
    }

    fn call(&mut self, (): ()) -> Self::Future {
        assert!(self.is_ready.load(Ordering::SeqCst), "called without being ready");
        self.called.fetch_add(1, Ordering::SeqCst);
        ready(Ok(()))
    }
}

fn poll_ready<S: Service<R>, R>(service: &mut S) -> Poll<Result<(), S::Error>> {
    service.poll_ready(&mut Context::from_waker(Waker::noop()))
}

fn shared((breaker, clock): (Tested, ManualClock)) -> (Arc<Tested>, ManualClock) {
    (Arc::new(breaker), clock)
}

#[tokio::test]
async fn outages_open_it_and_answers_do_not() {
    let (breaker, _) = shared(breaker(brief()));
    let mut service = around(&breaker, echo());
    let answers = [
        Kind::Rejected,
        Kind::Unauthorised,
        Kind::Invalid,
        Kind::RateLimited { after: None },
        Kind::Rejected,
    ];
    for kind in answers {
        assert_eq!(ask(&mut service, Err(kind)).await, Err(BreakerError::Inner(kind)));
    }
    assert_eq!((breaker.snapshot().successes, breaker.snapshot().failures), (4, 0), "one says nothing");
    for kinds in [[Kind::Transient, Kind::TimedOut], [Kind::UnknownOutcome, Kind::Transient]] {
        assert_eq!(ask(&mut service, Ok(7)).await, Ok(7));
        for kind in kinds {
            assert_eq!(ask(&mut service, Err(kind)).await, Err(BreakerError::Inner(kind)));
        }
        assert_eq!(breaker.state(), State::Open);
        let refused = ask(&mut service, Ok(7)).await.unwrap_err();
        assert_eq!(refused, BreakerError::Refused(Refused { retry_after: OPEN_FOR }));
        assert_eq!(refused.kind(), Kind::RateLimited { after: Some(OPEN_FOR) });
        assert!(!refused.kind().is_outage(), "no outage for a breaker around this one");
        breaker.reset();
    }
}

#[tokio::test]
async fn services_of_one_layer_open_together() {
    let (breaker, _) = shared(breaker(brief()));
    let layer = BreakerLayer::new(Arc::clone(&breaker));
    let (mut one, mut two) = (layer.layer(echo()), layer.clone().layer(echo()));
    ask(&mut one, Err(Kind::Transient)).await.unwrap_err();
    ask(&mut two, Err(Kind::Transient)).await.unwrap_err();
    assert!(matches!(ask(&mut one.clone(), Ok(1)).await, Err(BreakerError::Refused(_))));
}

#[tokio::test]
async fn a_ready_service_that_is_not_called_keeps_no_slot() {
    let (breaker, _) = shared(half_open(brief()));
    let mut ready_and_idle = around(&breaker, echo());
    ready_and_idle.ready().await.unwrap();
    assert_eq!(breaker.snapshot().probes, 0);
    let mut service = around(&breaker, echo());
    assert_eq!(ask(&mut service, Ok(3)).await, Ok(3));
    assert_eq!(breaker.state(), State::Closed);
}

#[test]
fn a_dropped_answer_gives_its_slot_back() {
    let (breaker, _) = shared(half_open(brief()));
    let mut service = around(&breaker, service_fn(|()| pending::<Result<(), Kind>>()));
    for _ in 0..5 {
        assert!(poll_ready(&mut service).is_ready());
        let answer = service.call(());
        assert_eq!(breaker.snapshot().probes, 1);
        drop(answer);
        assert_eq!((breaker.state(), breaker.snapshot().probes), (State::HalfOpen, 0));
    }
}

#[test]
fn a_call_that_panics_gives_its_slot_back() {
    let (breaker, _) = shared(half_open(brief()));
    let panicking = |(): ()| -> Ready<Result<(), Kind>> { panic!("in the call") };
    let mut service = around(&breaker, service_fn(panicking));
    assert!(poll_ready(&mut service).is_ready());
    assert!(catch_unwind(AssertUnwindSafe(|| drop(service.call(())))).is_err());
    assert_eq!((breaker.state(), breaker.snapshot().probes), (State::HalfOpen, 0));
}

#[tokio::test]
async fn while_open_the_inner_service_is_not_even_asked() {
    let (breaker, _) = shared(breaker(brief()));
    fail(&breaker);
    fail(&breaker);
    let moody = Moody::default();
    let mut service = around(&breaker, moody.clone());
    for _ in 0..3 {
        let refused = service.ready().await.unwrap().call(()).await.unwrap_err();
        assert!(matches!(refused, BreakerError::Refused(_)));
    }
    assert_eq!(moody.asked.load(Ordering::SeqCst), 0);
    assert_eq!(breaker.snapshot().refused, 3);
}

#[tokio::test]
async fn who_was_ready_for_a_refusal_is_refused_even_if_the_time_is_over_by_then() {
    let (breaker, clock) = shared(breaker(brief()));
    fail(&breaker);
    fail(&breaker);
    let moody = Moody::default();
    let mut service = around(&breaker, moody.clone());
    service.ready().await.unwrap();
    clock.advance(OPEN_FOR);
    let refused = service.call(()).await.unwrap_err();
    assert_eq!(refused, BreakerError::Refused(Refused { retry_after: Duration::ZERO }));
    assert_eq!(breaker.snapshot().probes, 0);

    assert!(poll_ready(&mut service).is_pending(), "now the inner service is asked");
    moody.is_ready.store(true, Ordering::SeqCst);
    assert!(poll_ready(&mut service).is_ready());
    service.call(()).await.unwrap();
    assert_eq!((breaker.state(), moody.called.load(Ordering::SeqCst)), (State::Closed, 1));
}

#[tokio::test]
async fn readiness_is_good_for_one_call() {
    let (breaker, _) = shared(breaker(brief()));
    let moody = Moody::default();
    moody.is_ready.store(true, Ordering::SeqCst);
    let mut service = around(&breaker, moody.clone());
    service.ready().await.unwrap();
    let mut clone = service.clone();
    assert!(clone.call(()).await.is_err(), "readiness is not cloned");
    service.call(()).await.unwrap();
    assert!(service.call(()).await.is_err());
    assert_eq!(moody.called.load(Ordering::SeqCst), 1);
}

#[tokio::test]
async fn an_inner_service_that_cannot_become_ready_says_so() {
    #[derive(Debug)]
    struct Broken;
    impl Service<()> for Broken {
        type Response = ();
        type Error = Kind;
        type Future = Ready<Result<(), Kind>>;

        fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Kind>> {
            Poll::Ready(Err(Kind::Transient))
        }

        fn call(&mut self, (): ()) -> Self::Future {
            ready(Ok(()))
        }
    }
    let (breaker, _) = shared(breaker(brief()));
    let mut service = around(&breaker, Broken);
    assert_eq!(service.ready().await.unwrap_err(), BreakerError::Inner(Kind::Transient));
}

#[tokio::test(start_paused = true)]
async fn readiness_waits_for_a_slot_as_long_as_it_may() {
    let config = BreakerConfig { half_open_wait: 5 * SECOND, successes_to_close: 9, ..brief() };
    let (breaker, _) = shared(half_open(config));
    let mut service = around(&breaker, echo());
    let began = Instant::now();
    let probe = permit(&breaker);
    let ending = async {
        tokio::time::sleep(SECOND).await;
        drop(probe);
    };
    let (answer, ()) = tokio::join!(ask(&mut service, Ok(1)), ending);
    assert_eq!((answer, began.elapsed()), (Ok(1), SECOND));

    let _probe = permit(&breaker);
    let refused = ask(&mut service, Ok(1)).await.unwrap_err();
    assert_eq!(refused, BreakerError::Refused(Refused { retry_after: Duration::ZERO }));
    assert_eq!(began.elapsed(), 6 * SECOND);
}

#[tokio::test]
async fn slow_answers_are_slow() {
    let (breaker, clock) = shared(breaker(windowed(WindowKind::Count(10))));
    let inner = service_fn(move |()| {
        clock.advance(SECOND);
        ready(Ok::<_, Kind>(()))
    });
    let mut service = around(&breaker, inner);
    for _ in 0..4 {
        service.ready().await.unwrap().call(()).await.unwrap();
    }
    assert_eq!((breaker.state(), breaker.snapshot().slow), (State::Open, 4));
}
