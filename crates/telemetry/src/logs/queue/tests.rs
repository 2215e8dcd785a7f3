use std::sync::Arc;
use std::time::Duration;

use super::{DropReason, Next, Queue, QueueLimits};

fn queue(lines: usize, bytes: usize) -> Queue {
    Queue::new(QueueLimits { lines, bytes })
}

fn push(queue: &Queue, texts: &[&str]) {
    for text in texts {
        queue.push(Arc::from(*text));
    }
}

fn taken(queue: &Queue) -> Vec<Arc<str>> {
    match queue.next() {
        Next::Write(lines) => lines,
        Next::End => panic!("the queue has ended"),
    }
}

fn dropped(queue: &Queue) -> [u64; 3] {
    DropReason::ALL.map(|reason| queue.dropped(reason))
}

#[test]
fn lines_over_the_limit_are_dropped_and_counted() {
    let queue = queue(2, 100);
    push(&queue, &["a", "b", "c", "d"]);
    assert_eq!(dropped(&queue), [2, 0, 0]);
    assert_eq!(taken(&queue), ["a".into(), "b".into()]);
}

#[test]
fn bytes_over_the_limit_are_dropped_and_counted() {
    let queue = queue(100, 5);
    push(&queue, &["aaa", "bbb", "cc", "d"]);
    assert_eq!(dropped(&queue), [2, 0, 0]);
    assert_eq!(taken(&queue), ["aaa".into(), "cc".into()]);
}

#[test]
fn lines_in_the_writers_hands_still_count() {
    let queue = queue(2, 4);
    push(&queue, &["aa", "bb"]);
    let lines = taken(&queue);
    push(&queue, &["c"]);
    assert_eq!(dropped(&queue), [1, 0, 0]);
    queue.settle(&lines[..1]);
    push(&queue, &["d", "e"]);
    assert_eq!(dropped(&queue), [2, 0, 0]);
    queue.settle(&lines[1..]);
    push(&queue, &["f"]);
    assert_eq!(dropped(&queue), [2, 0, 0]);
    assert_eq!(taken(&queue), ["d".into(), "f".into()]);
}

#[test]
fn a_line_is_dropped_for_the_reason_there_is() {
    let queue = queue(1, 100);
    push(&queue, &["a"]);
    assert!(queue.set_failing(true), "this is new");
    assert!(!queue.set_failing(true), "this is known");
    push(&queue, &["b"]);
    assert_eq!(dropped(&queue), [0, 1, 0]);
    assert!(queue.set_failing(false));
    push(&queue, &["c"]);
    assert_eq!(dropped(&queue), [1, 1, 0]);
    assert!(!queue.close(Duration::ZERO), "the writer is still there");
    push(&queue, &["d"]);
    assert_eq!(dropped(&queue), [1, 1, 1]);
}

#[test]
fn words_about_the_logs_themselves_always_find_room() {
    let queue = queue(1, 1);
    push(&queue, &["a", "b"]);
    queue.insist(Arc::from("trouble"));
    assert_eq!(taken(&queue), ["a".into(), "trouble".into()]);
    queue.close(Duration::ZERO);
    queue.insist(Arc::from("late"));
    assert_eq!(dropped(&queue), [1, 0, 1]);
}

#[test]
fn what_waits_when_the_log_closes_is_written_first() {
    let queue = queue(10, 100);
    push(&queue, &["a"]);
    queue.close(Duration::ZERO);
    assert_eq!(taken(&queue), ["a".into()]);
    assert!(matches!(queue.next(), Next::End));
    queue.end();
    assert!(queue.close(Duration::ZERO));
}

#[test]
fn giving_up_counts_everything() {
    let queue = queue(10, 100);
    push(&queue, &["a", "b"]);
    let lines = taken(&queue);
    push(&queue, &["c"]);
    queue.give_up(&lines);
    assert_eq!(dropped(&queue), [0, 3, 0]);
    assert!(queue.flush(Duration::ZERO), "nothing waits any more");
}

#[test]
fn a_flush_waits_for_what_was_pushed_before_it() {
    let queue = queue(10, 100);
    assert!(queue.flush(Duration::ZERO), "nothing was pushed");
    push(&queue, &["a"]);
    assert!(!queue.flush(Duration::ZERO));
    let lines = taken(&queue);
    assert!(!queue.flush(Duration::ZERO), "not settled yet");
    queue.settle(&lines);
    assert!(queue.flush(Duration::ZERO));
    push(&queue, &["b"]);
    queue.end();
    assert!(!queue.flush(Duration::MAX), "the writer is gone: waiting is no use");
}
