//! Waiting for a probe slot, in time that stands still until all wait.

use std::pin::{Pin, pin};
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use tokio::time::Instant;

use super::super::{BreakerConfig, Outcome, State, WAITING_MAX};
use super::{MILLISECOND, OPEN_FOR, SECOND, Tested, breaker, brief, fail, half_open, permit};

type Change = fn(&Tested);

const WAIT: Duration = Duration::from_secs(5);

fn patient() -> BreakerConfig {
    BreakerConfig { half_open_wait: WAIT, successes_to_close: 9, ..brief() }
}

fn poll<T>(future: Pin<&mut impl Future<Output = T>>) -> Poll<T> {
    future.poll(&mut Context::from_waker(Waker::noop()))
}

/// How long `acquire` took, and whether it was let in.
async fn timed(breaker: &Tested) -> (Duration, bool) {
    let began = Instant::now();
    let is_in = breaker.acquire().await.is_ok();
    (began.elapsed(), is_in)
}

#[tokio::test(start_paused = true)]
async fn a_closed_and_an_open_breaker_answer_at_once() {
    let (breaker, _) = breaker(patient());
    assert_eq!(timed(&breaker).await, (Duration::ZERO, true));
    fail(&breaker);
    fail(&breaker);
    assert_eq!(timed(&breaker).await, (Duration::ZERO, false));
    assert_eq!(breaker.acquire().await.unwrap_err().retry_after, OPEN_FOR);
}

#[tokio::test(start_paused = true)]
async fn without_a_wait_it_refuses_at_once() {
    let (breaker, _) = half_open(brief());
    let _probe = permit(&breaker);
    assert_eq!(timed(&breaker).await, (Duration::ZERO, false));
}

#[tokio::test(start_paused = true)]
async fn it_waits_no_longer_than_it_may() {
    let (breaker, _) = half_open(patient());
    let _probe = permit(&breaker);
    assert_eq!(timed(&breaker).await, (WAIT, false));
    assert_eq!(breaker.snapshot().refused, 1, "counted once");
}

#[tokio::test(start_paused = true)]
async fn it_gets_the_slot_of_a_probe_that_ends_while_it_waits() {
    for outcome in [None, Some(Outcome::Success), Some(Outcome::Ignored)] {
        let (breaker, _) = half_open(patient());
        let probe = permit(&breaker);
        let ending = async {
            tokio::time::sleep(SECOND).await;
            match outcome {
                Some(outcome) => probe.settle(outcome),
                None => drop(probe),
            }
        };
        let (waited, ()) = tokio::join!(timed(&breaker), ending);
        assert_eq!(waited, (SECOND, true));
    }
}

#[tokio::test(start_paused = true)]
async fn all_who_wait_are_let_in_when_it_closes_and_none_when_it_opens() {
    for is_good in [true, false] {
        let (breaker, _) = half_open(BreakerConfig { successes_to_close: 1, ..patient() });
        let probe = permit(&breaker);
        let ending = async {
            tokio::time::sleep(SECOND).await;
            if is_good { probe.success() } else { probe.failure() }
        };
        let (one, two, three, ()) = tokio::join!(timed(&breaker), timed(&breaker), timed(&breaker), ending);
        assert_eq!([one, two, three], [(SECOND, is_good); 3]);
    }
}

#[tokio::test(start_paused = true)]
async fn one_free_slot_is_for_one_of_those_who_wait() {
    let (breaker, _) = half_open(patient());
    let probe = permit(&breaker);
    let mut waiting = [Box::pin(breaker.acquire()), Box::pin(breaker.acquire()), Box::pin(breaker.acquire())];
    for waits in &mut waiting {
        assert!(poll(waits.as_mut()).is_pending());
    }
    drop(probe);
    let mut let_in: Vec<_> = waiting.iter_mut().map(|waits| poll(waits.as_mut())).collect();
    assert_eq!(let_in.iter().filter(|admission| admission.is_ready()).count(), 1);
    let_in.clear();
    let second = waiting.iter_mut().skip(1).map(|waits| poll(waits.as_mut())).find(Poll::is_ready);
    assert!(matches!(second, Some(Poll::Ready(Ok(_)))), "and then for the next");
}

#[tokio::test(start_paused = true)]
async fn who_stops_waiting_takes_nothing_with_him() {
    let (breaker, _) = half_open(patient());
    let probe = permit(&breaker);
    {
        let mut waits = pin!(breaker.acquire());
        assert!(poll(waits.as_mut()).is_pending());
        drop(probe);
        // It is told, and stops before it looks.
    }
    assert_eq!(breaker.snapshot().probes, 0);
    assert_eq!(timed(&breaker).await, (Duration::ZERO, true));
}

#[tokio::test(start_paused = true)]
async fn hands_and_new_limits_end_the_wait() {
    let changes: [(Change, bool); 4] = [
        (Tested::force_close, true),
        (Tested::reset, true),
        (Tested::force_open, false),
        (|breaker| breaker.set_config(BreakerConfig { half_open_probes: 2, ..patient() }).unwrap(), true),
    ];
    for (change, is_let_in) in changes {
        let (breaker, _) = half_open(patient());
        let _probe = permit(&breaker);
        let changing = async {
            tokio::time::sleep(MILLISECOND).await;
            change(&breaker);
        };
        let (waited, ()) = tokio::join!(timed(&breaker), changing);
        assert_eq!(waited, (MILLISECOND, is_let_in));
    }
}

#[tokio::test(start_paused = true)]
async fn the_crowd_has_a_limit() {
    let (breaker, _) = half_open(patient());
    let _probe = permit(&breaker);
    let mut crowd: Vec<_> = (0..WAITING_MAX).map(|_| Box::pin(breaker.acquire())).collect();
    for waits in &mut crowd {
        assert!(poll(waits.as_mut()).is_pending());
    }
    assert_eq!(timed(&breaker).await, (Duration::ZERO, false));
    assert_eq!(breaker.snapshot().refused, 1);
    crowd.pop();
    assert_eq!(timed(&breaker).await, (WAIT, false), "there is a place again");
    assert_eq!(breaker.state(), State::HalfOpen);
}
