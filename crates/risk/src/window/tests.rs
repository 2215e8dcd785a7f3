use domain::{Span, Timestamp};
use proptest::prelude::*;

use super::RateWindow;
use crate::Limits;

const WINDOW: Span = Span::from_nanos(100);

fn at(nanos: i64) -> Timestamp {
    Timestamp::from_nanos(nanos)
}

fn filled(limit: u32, times: &[i64]) -> RateWindow {
    let mut window = RateWindow::new(limit, WINDOW);
    for &time in times {
        window.record(at(time));
    }
    window
}

#[test]
fn an_order_leaves_the_window_exactly_one_window_later() {
    let window = filled(3, &[0, 50]);
    assert_eq!(window.count(at(99)), 2);
    assert_eq!(window.count(at(100)), 1);
    assert_eq!(window.count(at(149)), 1);
    assert_eq!(window.count(at(150)), 0);
}

#[test]
fn a_full_window_counts_its_limit_and_keeps_the_newest() {
    let window = filled(3, &[0, 1, 2, 3, 4]);
    assert_eq!(window.count(at(4)), 3);
    assert_eq!(window.count(at(102)), 2);
}

#[test]
fn a_clock_that_steps_back_does_not_shorten_the_window() {
    let window = filled(3, &[1_000, 10]);
    assert_eq!(window.count(at(10)), 2);
    assert_eq!(window.count(at(1_099)), 2);
    assert_eq!(window.count(at(1_100)), 0);
    assert_eq!(filled(9, &[50, 90, 20, 95]).count(at(155)), 3);
}

#[test]
fn new_limits_keep_what_was_sent() {
    let mut window = filled(4, &[0, 10, 20, 30]);
    window.set_limits(2, WINDOW);
    assert_eq!(window.count(at(30)), 2);
    window.set_limits(8, WINDOW);
    assert_eq!(window.count(at(30)), 2);
    assert_eq!(window.count(at(120)), 1);
}

#[test]
fn limits_that_were_never_validated_deny_rather_than_take_memory() {
    assert_eq!(filled(0, &[1, 2]).count(at(2)), 0);
    let mut window = RateWindow::new(u32::MAX, WINDOW);
    for _ in 0..=Limits::ORDERS_PER_WINDOW_MAX {
        window.record(at(1));
    }
    assert_eq!(window.count(at(1)), u32::MAX);
}

#[test]
fn recording_allocates_nothing_even_after_being_read_back() {
    let text = serde_json::to_string(&filled(3, &[0, 1])).unwrap();
    let mut window: RateWindow = serde_json::from_str(&text).unwrap();
    let capacity = window.times.capacity();
    for time in 0..1_000 {
        window.record(at(time));
    }
    assert_eq!(window.times.capacity(), capacity);
}

proptest! {
    #[test]
    fn the_count_is_that_of_all_orders_ever_sent(limit in 1u32..9, steps in prop::collection::vec(0i64..60, 1..200)) {
        let mut window = RateWindow::new(limit, WINDOW);
        let (mut sent, mut now) = (Vec::new(), 0);
        for step in steps {
            now += step;
            let naive = sent.iter().filter(|&&time| now - time < WINDOW.nanos()).count();
            prop_assert_eq!(window.count(at(now)) as usize, naive);
            if window.count(at(now)) < limit {
                window.record(at(now));
                sent.push(now);
            }
            let text = serde_json::to_string(&window).unwrap();
            prop_assert_eq!(&serde_json::from_str::<RateWindow>(&text).unwrap(), &window);
        }
    }
}
