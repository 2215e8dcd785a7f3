//! Calling all sessions back.

use std::sync::Arc;
use std::time::Duration;

use resilience::{Clock, ManualClock};
use rusqlite::Connection;

use super::{Place, Pool, Session, Side};
use crate::sqlite::session::{Absent, connect};

fn session() -> Session {
    let clock: Arc<dyn Clock> = Arc::new(ManualClock::default());
    Session::new(Connection::open_in_memory().unwrap(), &clock).unwrap()
}

#[test]
fn all_are_called_back_and_none_is_lent_meanwhile() {
    let pool = Pool::new(Side::Read, 1, 3, vec![session(), session()]);
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
    let pool = Pool::new(Side::Read, 1, 2, vec![session()]);
    let place = pool.try_take();
    assert!(pool.drain(Duration::from_millis(1)).is_none());
    assert!(matches!(pool.try_take(), Some(Place::Room)), "work goes on");
    drop(place);
}

#[test]
fn no_file_is_made_where_one_should_be() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("gone.db");
    assert!(connect(&path, Absent::Fail, Duration::ZERO).is_err());
    assert!(!path.exists());
}
