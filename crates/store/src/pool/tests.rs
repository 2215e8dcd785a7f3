//! Calling all sessions back, and those beyond what is kept.

use std::time::Duration;

use resilience::ManualClock;

use super::{Place, Pool, Pooled, Side, Size};

#[derive(Debug, PartialEq, Eq)]
struct Session(u64);

impl Pooled for Session {
    fn idle_since(&self) -> u64 {
        self.0
    }
}

fn pool(min: usize, kept: usize, max: usize, open: u64) -> Pool<Session> {
    Pool::new(Size { min, kept, max }, (0..open).map(Session).collect())
}

#[test]
fn all_are_called_back_and_none_is_lent_meanwhile() {
    let pool = pool(1, 3, 3, 2);
    let Some(Place::Idle(lent)) = pool.try_take() else { panic!("one was idle") };
    std::thread::scope(|scope| {
        let drain = scope.spawn(|| pool.drain(Duration::from_secs(60)));
        // Until the other waits for what is lent.
        while pool.lock().waiting == 0 {
            std::thread::yield_now();
        }
        assert_eq!((pool.open(), pool.lent()), (1, 1), "who was idle is closed");
        assert!(pool.try_take().is_none());
        assert!(!drain.is_finished());
        pool.give_back(Some(lent));
        let drained = drain.join().unwrap().unwrap();
        assert_eq!((pool.open(), pool.lent()), (0, 0), "who came back is closed");
        assert!(pool.take(Duration::ZERO).is_none());
        drop(drained);
    });
    assert!(matches!(pool.try_take(), Some(Place::Room)));
}

#[test]
fn who_does_not_come_back_is_given_up() {
    let pool = pool(1, 2, 2, 1);
    let _lent = pool.try_take();
    assert!(pool.drain(Duration::from_millis(1)).is_none());
    assert!(matches!(pool.try_take(), Some(Place::Room)), "work goes on");
}

#[test]
fn beyond_what_is_kept_more_are_lent_and_closed_when_they_come_back() {
    let pool = pool(1, 2, 4, 1);
    let places: Vec<_> = std::iter::from_fn(|| pool.try_take()).collect();
    assert!(matches!(places[..], [Place::Idle(Session(0)), Place::Room, Place::Room, Place::Room]));
    let clock = ManualClock::default();
    for (side, words) in [(Side::Read, "all 4 connections"), (Side::Write, "all 4 connections")] {
        let error = pool.lend(side, &clock, Duration::ZERO).unwrap_err();
        assert!(error.what.contains(words), "{error}");
    }
    let closed: Vec<_> = (0..4).map(|number| pool.give_back(Some(Session(number)))).collect();
    assert_eq!(closed, [false, false, true, true]);
    assert_eq!((pool.open(), pool.lent()), (2, 0));
    assert_eq!(pool.take_stale(1), [Session(0)], "the least stays");
    assert_eq!(pool.take_stale(9), []);
}
