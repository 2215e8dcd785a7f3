//! Retry as a layer.

use std::collections::VecDeque;
use std::sync::Mutex;
use std::task::{Context, Poll};

use tower::{Layer, Service, ServiceExt};

use super::*;

/// Answers from a script, and insists on being asked whether it is ready before every call.
#[derive(Clone)]
struct Scripted {
    script: Arc<Mutex<Script>>,
    is_ready: bool,
}

#[derive(Default)]
struct Script {
    readiness: VecDeque<Result<(), Kind>>,
    answers: VecDeque<Result<u32, Kind>>,
    calls: Vec<u32>,
}

impl Scripted {
    fn new(readiness: &[Result<(), Kind>], answers: &[Result<u32, Kind>]) -> Self {
        let (readiness, answers) = (readiness.iter().copied().collect(), answers.iter().copied().collect());
        let script = Script { readiness, answers, calls: Vec::new() };
        Self { script: Arc::new(Mutex::new(script)), is_ready: false }
    }

    fn calls(&self) -> usize {
        self.script.lock().unwrap().calls.len()
    }
}

impl Service<u32> for Scripted {
    type Response = u32;
    type Error = Kind;
    type Future = std::future::Ready<Result<u32, Kind>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Kind>> {
        let ready = self.script.lock().unwrap().readiness.pop_front().unwrap_or(Ok(()));
        self.is_ready = ready.is_ok();
        Poll::Ready(ready)
    }

    fn call(&mut self, request: u32) -> Self::Future {
        assert!(std::mem::take(&mut self.is_ready), "called without being ready");
        let mut script = self.script.lock().unwrap();
        script.calls.push(request);
        std::future::ready(script.answers.pop_front().unwrap())
    }
}

async fn ask(service: &Scripted, idempotency: Idempotency, whole: Option<Duration>) -> Result<u32, Kind> {
    let mut layer = RetryLayer::new(Arc::new(retry(RetryConfig::default())), move |_: &u32| idempotency);
    if let Some(whole) = whole {
        layer = layer.within(whole);
    }
    let mut service = layer.layer(service.clone());
    service.ready().await?.call(7).await
}

#[tokio::test(start_paused = true)]
async fn readiness_is_asked_for_before_every_try() {
    let service = Scripted::new(&[], &[Err(Kind::Transient), Err(Kind::Transient), Ok(1)]);
    let began = Instant::now();
    assert_eq!(ask(&service, NotIdempotent, None).await, Ok(1));
    assert_eq!((service.calls(), began.elapsed()), (3, Duration::from_secs(3)));
}

#[tokio::test(start_paused = true)]
async fn a_service_that_cannot_be_readied_is_a_try_that_failed() {
    let readiness = [Ok(()), Err(Kind::Transient), Ok(())];
    let service = Scripted::new(&readiness, &[Err(Kind::Transient), Ok(1)]);
    assert_eq!(ask(&service, NotIdempotent, None).await, Ok(1));
    assert_eq!(service.calls(), 2);
    let readiness = [Ok(()), Err(Kind::Transient), Err(Kind::Transient)];
    let service = Scripted::new(&readiness, &[Err(Kind::Transient)]);
    assert_eq!(ask(&service, NotIdempotent, None).await, Err(Kind::Transient));
    assert_eq!(service.calls(), 1);
}

#[tokio::test(start_paused = true)]
async fn every_request_pays_into_the_budget() {
    let budget = BudgetConfig { ratio: 1.0, reserve: 1 };
    let retry = Arc::new(retry(RetryConfig { tries_max: 2, budget, ..RetryConfig::default() }));
    let service = Scripted::new(&[], &[Err(Kind::Transient); 10]);
    let mut layered = RetryLayer::new(retry, |_: &u32| Idempotent).layer(service.clone());
    for _ in 0..5 {
        assert!(layered.ready().await.unwrap().call(1).await.is_err());
    }
    assert_eq!(service.calls(), 10);
}

#[tokio::test(start_paused = true)]
async fn what_must_not_be_repeated_is_not() {
    let service = Scripted::new(&[], &[Err(Kind::UnknownOutcome)]);
    assert_eq!(ask(&service, NotIdempotent, None).await, Err(Kind::UnknownOutcome));
    let service = Scripted::new(&[], &[Err(Kind::UnknownOutcome), Ok(1)]);
    assert_eq!(ask(&service, Idempotent, None).await, Ok(1));
}

#[tokio::test(start_paused = true)]
async fn no_wait_reaches_past_the_whole_time() {
    let limited = Kind::RateLimited { after: Some(Duration::from_secs(30)) };
    let service = Scripted::new(&[], &[Err(limited)]);
    let began = Instant::now();
    assert_eq!(ask(&service, Idempotent, Some(Duration::from_secs(10))).await, Err(limited));
    assert_eq!(began.elapsed(), Duration::ZERO);
}
