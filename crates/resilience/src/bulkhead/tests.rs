mod layer;
mod resize;

use std::pin::pin;

use tokio::time::Instant;

use super::*;

const WAIT: Duration = Duration::from_millis(500);

fn bulkhead(at_once_max: u32, waiting_max: u32) -> Bulkhead {
    Bulkhead::new(&BulkheadConfig { at_once_max, waiting_max, wait_max: WAIT }).unwrap()
}

#[tokio::test(start_paused = true)]
async fn so_many_at_once_and_no_more() {
    let bulkhead = bulkhead(3, 0);
    let places: Vec<_> = (0..3).map(|_| bulkhead.try_acquire().unwrap()).collect();
    assert!(bulkhead.try_acquire().is_none());
    assert_eq!(bulkhead.acquire().await.unwrap_err(), Refused::Full);
    assert_eq!((bulkhead.in_use(), bulkhead.snapshot().full), (3, 1));
    drop(places);
    assert_eq!(bulkhead.in_use(), 0);
    assert!(bulkhead.acquire().await.is_ok());
}

#[tokio::test(start_paused = true)]
async fn the_wait_is_bounded() {
    let bulkhead = bulkhead(1, 1);
    let _place = bulkhead.try_acquire();
    let began = Instant::now();
    assert_eq!(bulkhead.acquire().await.unwrap_err(), Refused::WaitedTooLong(WAIT));
    assert_eq!(began.elapsed(), WAIT);
    let snapshot = bulkhead.snapshot();
    assert_eq!((snapshot.waiting, snapshot.waited_too_long, snapshot.full), (0, 1, 0));
}

#[tokio::test(start_paused = true)]
async fn so_many_wait_and_no_more_and_the_first_is_first() {
    let bulkhead = bulkhead(1, 2);
    let place = bulkhead.try_acquire();
    let (mut one, mut two) = (pin!(bulkhead.acquire()), pin!(bulkhead.acquire()));
    tokio::select! { biased;
        _ = &mut one => unreachable!(),
        _ = &mut two => unreachable!(),
        third = bulkhead.acquire() => assert_eq!(third.unwrap_err(), Refused::Full),
    }
    assert_eq!(bulkhead.waiting(), 2);
    drop(place);
    assert!(bulkhead.try_acquire().is_none(), "nobody passes those who wait");
    let first = tokio::select! { biased;
        _ = &mut two => unreachable!("the second was first"),
        first = &mut one => first,
    };
    assert_eq!((bulkhead.waiting(), bulkhead.in_use()), (1, 1));
    drop(first);
    assert!(two.await.is_ok());
}

#[tokio::test(start_paused = true)]
async fn who_leaves_takes_nothing_along() {
    let bulkhead = bulkhead(1, 1);
    let place = bulkhead.try_acquire();
    for _ in 0..10 {
        let left = tokio::time::timeout(WAIT / 2, bulkhead.acquire()).await;
        assert!(left.is_err());
        assert_eq!(bulkhead.waiting(), 0);
    }
    drop(place);
    // The one who is given the place and leaves before looking gives it on.
    let place = bulkhead.try_acquire().unwrap();
    {
        let mut waiting = pin!(bulkhead.acquire());
        assert!(tokio::time::timeout(Duration::ZERO, &mut waiting).await.is_err());
        drop(place);
    }
    assert_eq!(bulkhead.in_use(), 0);
    assert!(bulkhead.try_acquire().is_some());
}

#[tokio::test(start_paused = true)]
async fn a_permit_can_outlive_the_borrow() {
    let bulkhead = Arc::new(bulkhead(1, 1));
    let place = Arc::clone(&bulkhead).acquire_owned().await.unwrap();
    let next = tokio::spawn(Arc::clone(&bulkhead).acquire_owned());
    tokio::task::yield_now().await;
    assert_eq!(bulkhead.waiting(), 1);
    drop(place);
    let place = next.await.unwrap().unwrap();
    assert_eq!(bulkhead.in_use(), 1);
    drop(place);
    assert_eq!(bulkhead.in_use(), 0);
}

#[test]
fn a_refusal_says_nothing_against_the_party() {
    for refused in [Refused::Full, Refused::WaitedTooLong(WAIT)] {
        assert!(!refused.kind().is_outage());
        assert!(refused.kind().is_retryable(false), "nothing was sent");
    }
}

#[test]
fn everything_that_is_wrong_is_said_at_once() {
    let wait_max = Duration::from_secs(61);
    let config = BulkheadConfig { at_once_max: 0, waiting_max: 2_000_000, wait_max };
    let faults = Bulkhead::new(&config).unwrap_err().to_string();
    assert_eq!(
        faults,
        "at_once_max is 0: allowed is 1 to 100000\n\
         waiting_max is 2000000: allowed is 0 to 1000000\n\
         wait_max_ms is 61000: allowed is 0 to 60000"
    );
}
