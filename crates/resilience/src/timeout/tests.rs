use std::future::{pending, poll_fn, ready};
use std::pin::pin;
use std::sync::Arc;
use std::task::Waker;

use tokio::time::{Instant, advance};
use tower::{Layer, Service, ServiceBuilder, ServiceExt, service_fn};

use super::*;
use crate::policy::Layered;

const LIMIT: Duration = Duration::from_secs(2);

#[test]
fn what_is_ready_at_once_needs_no_timer() {
    // There is no runtime here, so a timer would panic.
    let mut call = pin!(within(LIMIT, Phase::PerTry, ready(1)));
    let mut cx = Context::from_waker(Waker::noop());
    assert_eq!(call.as_mut().poll(&mut cx), Poll::Ready(Ok(1)));
}

#[tokio::test(start_paused = true)]
async fn what_takes_too_long_is_ended_and_dropped() {
    let held = Arc::new(());
    let inside = Arc::clone(&held);
    let call = async move {
        pending::<()>().await;
        drop(inside);
    };
    let began = Instant::now();
    let outcome = within(LIMIT, Phase::Whole, call).await;
    assert_eq!(outcome, Err(TimedOut { limit: LIMIT, phase: Phase::Whole }));
    assert_eq!(began.elapsed(), LIMIT);
    assert_eq!(Arc::strong_count(&held), 1);
}

#[tokio::test(start_paused = true)]
async fn what_comes_in_time_is_let_through() {
    let almost = LIMIT - Duration::from_millis(1);
    let call = async {
        tokio::time::sleep(almost).await;
        7
    };
    assert_eq!(within(LIMIT, Phase::PerTry, call).await, Ok(7));
}

#[tokio::test(start_paused = true)]
async fn an_answer_at_the_last_moment_counts() {
    let call = tokio::time::sleep(LIMIT);
    assert!(within(LIMIT, Phase::PerTry, call).await.is_ok(), "the answer is looked at before the clock");
}

#[tokio::test(start_paused = true)]
async fn a_greedy_future_is_ended_too() {
    let mut looks = 0;
    let greedy = poll_fn(|cx| {
        looks += 1;
        assert!(looks < 1_000, "the timer is never looked at");
        // Uses up all that the task may do in one turn.
        while let Poll::Ready(spent) = coop::poll_proceed(cx) {
            spent.made_progress();
        }
        Poll::<()>::Pending
    });
    let (outcome, ()) = tokio::join!(within(LIMIT, Phase::PerTry, greedy), advance(LIMIT * 2));
    assert!(outcome.is_err());
}

#[test]
fn the_words_say_which_timeout_it_was() {
    let words = |phase| TimedOut { limit: LIMIT, phase }.to_string();
    assert_eq!(words(Phase::PerTry), "no answer within 2000 ms (one try)");
    assert_eq!(words(Phase::Whole), "no answer within 2000 ms (the whole call)");
    assert_eq!(TimedOut { limit: LIMIT, phase: Phase::Whole }.kind(), Kind::TimedOut);
}

#[tokio::test(start_paused = true)]
async fn layers_tell_tries_from_the_whole() {
    let slow = service_fn(|seconds: u64| async move {
        tokio::time::sleep(Duration::from_secs(seconds)).await;
        if seconds == 0 { Err(Kind::Rejected) } else { Ok(seconds) }
    });
    let mut service = ServiceBuilder::new()
        .layer(TimeoutLayer::whole(LIMIT))
        .layer(TimeoutLayer::per_try(LIMIT / 2))
        .service(slow);
    let mut ask = async |seconds| service.ready().await.unwrap().call(seconds).await;
    assert_eq!(ask(0).await, Err(Layered::Inner(Layered::Inner(Kind::Rejected))));
    let per_try = TimedOut { limit: LIMIT / 2, phase: Phase::PerTry };
    assert_eq!(ask(3).await, Err(Layered::Inner(Layered::Own(per_try))));
    assert_eq!(ask(1).await, Ok(1));
    let mut service = TimeoutLayer::whole(LIMIT).layer(slow);
    let whole = TimedOut { limit: LIMIT, phase: Phase::Whole };
    assert_eq!(service.ready().await.unwrap().call(3).await, Err(Layered::Own(whole)));
}
