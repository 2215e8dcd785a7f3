//! Larger and smaller while calls run.

use std::thread;

use super::*;

fn resize(bulkhead: &Bulkhead, at_once_max: u32) {
    bulkhead.set_config(&BulkheadConfig { at_once_max, waiting_max: 10, wait_max: WAIT }).unwrap();
}

fn free(bulkhead: &Bulkhead) -> usize {
    let places: Vec<_> = std::iter::from_fn(|| bulkhead.try_acquire()).collect();
    places.len()
}

#[test]
fn made_larger_it_has_the_new_places_at_once() {
    let bulkhead = bulkhead(2, 10);
    let _place = bulkhead.try_acquire();
    resize(&bulkhead, 5);
    assert_eq!((bulkhead.in_use(), free(&bulkhead)), (1, 4));
}

#[test]
fn made_smaller_it_lets_calls_end_and_takes_their_places_away() {
    let bulkhead = bulkhead(5, 10);
    let mut places: Vec<_> = (0..4).map(|_| bulkhead.try_acquire().unwrap()).collect();
    resize(&bulkhead, 2);
    assert_eq!((bulkhead.in_use(), free(&bulkhead)), (4, 0));
    places.truncate(2);
    assert_eq!((bulkhead.in_use(), free(&bulkhead)), (2, 0), "it is still full");
    places.truncate(1);
    assert_eq!((bulkhead.in_use(), free(&bulkhead)), (1, 1));
    places.clear();
    assert_eq!((bulkhead.in_use(), free(&bulkhead)), (0, 2));
}

#[test]
fn larger_again_before_calls_ended() {
    let bulkhead = bulkhead(5, 10);
    let places: Vec<_> = (0..5).map(|_| bulkhead.try_acquire().unwrap()).collect();
    resize(&bulkhead, 1);
    resize(&bulkhead, 4);
    assert_eq!((bulkhead.in_use(), free(&bulkhead)), (5, 0));
    drop(places);
    assert_eq!((bulkhead.in_use(), free(&bulkhead)), (0, 4));
}

#[tokio::test(start_paused = true)]
async fn waiting_calls_come_in_when_it_is_made_larger() {
    let bulkhead = bulkhead(1, 10);
    let _place = bulkhead.try_acquire();
    let (came, ()) = tokio::join!(bulkhead.acquire(), async { resize(&bulkhead, 2) });
    assert!(came.is_ok());
}

#[tokio::test(start_paused = true)]
async fn made_smaller_it_gives_surplus_places_to_nobody() {
    let bulkhead = bulkhead(2, 10);
    let mut places: Vec<_> = (0..2).map(|_| bulkhead.try_acquire().unwrap()).collect();
    resize(&bulkhead, 1);
    let ends = async {
        places.pop();
        tokio::task::yield_now().await;
        assert_eq!((bulkhead.in_use(), bulkhead.waiting()), (1, 1), "the next one still waits");
        places.pop();
    };
    let (came, ()) = tokio::join!(bulkhead.acquire(), ends);
    assert!(came.is_ok());
}

#[test]
fn threads_and_changes_at_once_lose_and_make_no_place() {
    for round in 0..20 {
        let bulkhead = bulkhead(8, 10);
        thread::scope(|scope| {
            for _ in 0..4 {
                scope.spawn(|| {
                    for _ in 0..2_000 {
                        let places: Vec<_> = (0..3).filter_map(|_| bulkhead.try_acquire()).collect();
                        drop(places);
                    }
                });
            }
            scope.spawn(|| (0..500).for_each(|step| resize(&bulkhead, 1 + (step * 7 + round) % 9)));
        });
        resize(&bulkhead, 6);
        assert_eq!((bulkhead.in_use(), free(&bulkhead)), (0, 6));
    }
}
