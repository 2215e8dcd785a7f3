use std::sync::Arc;

use tracing::Level;

use super::super::line::{Fields, Line};
use super::super::stamp::Stamp;
use super::{FOLLOWER_LINES, Followed, TAIL_LINES, TEXT_MAX, Tail};

fn line(message: &str) -> Line {
    Line {
        time: Stamp::new(0),
        level: Level::INFO,
        target: "part",
        message: message.to_owned(),
        fields: Fields::default(),
    }
}

fn messages(lines: &[Arc<Line>]) -> Vec<&str> {
    lines.iter().map(|line| line.message.as_str()).collect()
}

#[test]
fn the_last_lines_are_kept() {
    let tail = Tail::new();
    let all: Vec<String> = (0..TAIL_LINES + 5).map(|number| number.to_string()).collect();
    all.iter().for_each(|message| tail.push(line(message)));
    assert_eq!(messages(&tail.last()), all[5..]);
}

#[test]
fn long_texts_are_kept_in_part() {
    let tail = Tail::new();
    tail.push(line(&"x".repeat(TEXT_MAX + 1)));
    assert_eq!(tail.last()[0].message.len(), TEXT_MAX);
}

#[tokio::test]
async fn who_follows_gets_each_line_once() {
    let tail = Tail::new();
    tail.push(line("before"));
    let (kept, mut follower) = tail.follow();
    tail.push(line("after"));
    assert_eq!(messages(&kept), ["before"]);
    assert!(matches!(follower.next().await, Some(Followed::Line(line)) if line.message == "after"));
    drop(tail);
    assert!(follower.next().await.is_none());
}

#[tokio::test]
async fn who_lags_loses_the_oldest_and_learns_how_many() {
    let tail = Tail::new();
    let (_, mut follower) = tail.follow();
    for number in 0..FOLLOWER_LINES + 7 {
        tail.push(line(&number.to_string()));
    }
    assert!(matches!(follower.next().await, Some(Followed::Missed(7))));
    assert!(matches!(follower.next().await, Some(Followed::Line(line)) if line.message == "7"));
}
