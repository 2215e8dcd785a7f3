//! Channels: what is told, what is not, what is let go, and that one never waits for another.

use std::sync::Arc;

use resilience::Kind;
use tokio::sync::Semaphore;

use super::world::message;
use crate::notify::{ChannelStatus, Message, Notifier, QUEUE_MAX, Tell, TellError, Told};

/// Tells nothing before it is let, and fails where the notice is named so.
struct Way {
    name: &'static str,
    let_through: Arc<Semaphore>,
}

impl Tell for Way {
    fn name(&self) -> &'static str {
        self.name
    }

    fn tell<'a>(&'a self, message: &'a Message) -> Told<'a> {
        Box::pin(async move {
            self.let_through.acquire().await.unwrap().forget();
            let refused = TellError { kind: Kind::Rejected, what: "nobody there".to_owned() };
            if message.alert == "bad" { Err(refused) } else { Ok(()) }
        })
    }
}

/// A way of that name, and how many notices it may tell.
fn way(name: &'static str, permits: usize) -> (Box<dyn Tell>, Arc<Semaphore>) {
    let let_through = Arc::new(Semaphore::new(permits));
    (Box::new(Way { name, let_through: Arc::clone(&let_through) }), let_through)
}

/// Lets the tasks of this thread work as far as they get.
async fn settle() {
    for _ in 0..4 * QUEUE_MAX {
        tokio::task::yield_now().await;
    }
}

fn status(notifier: &Notifier, name: &str) -> ChannelStatus {
    let known = notifier.status().into_iter().find(|(known, _)| *known == name);
    known.unwrap_or_else(|| panic!("no channel {name}")).1
}

fn counts(notifier: &Notifier, name: &str) -> (u64, u64, u64) {
    let status = status(notifier, name);
    (status.sent, status.failed, status.dropped)
}

#[tokio::test]
async fn what_arrives_and_what_does_not_is_counted_and_said() {
    let (page, _) = way("page", 9);
    let notifier = Notifier::start(vec![page]);
    notifier.tell(&message("good", 7));
    notifier.tell(&message("bad", 8));
    settle().await;
    let after = status(&notifier, "page");
    assert_eq!((after.sent, after.failed, after.dropped, after.last_sent_ms), (1, 1, 0, Some(7)));
    assert_eq!(after.last_error.as_deref(), Some("nobody there"));
    notifier.tell(&message("good", 9));
    settle().await;
    let after = status(&notifier, "page");
    assert_eq!((after.last_sent_ms, after.last_error), (Some(9), None));
}

#[tokio::test]
async fn a_channel_that_hangs_holds_up_no_other_and_lets_go_what_is_too_much() {
    let ((slow, permits), (quick, _)) = (way("email", 0), way("webhook", usize::MAX >> 4));
    let notifier = Notifier::start(vec![slow, quick]);
    notifier.tell(&message("good", 0));
    settle().await;
    for at_ms in 0..QUEUE_MAX + 3 {
        notifier.tell(&message("good", i64::try_from(at_ms).unwrap()));
        tokio::task::yield_now().await;
        tokio::task::yield_now().await;
    }
    settle().await;
    let all = u64::try_from(QUEUE_MAX).unwrap() + 4;
    assert_eq!(counts(&notifier, "webhook"), (all, 0, 0));
    assert_eq!(counts(&notifier, "email"), (0, 0, 3), "one under way and a full queue are kept");
    permits.add_permits(QUEUE_MAX + 1);
    settle().await;
    assert_eq!(counts(&notifier, "email"), (all - 3, 0, 3));
}

#[tokio::test]
async fn other_channels_leave_the_notices_under_way_and_the_counts_as_they_are() {
    let ((before, permits), (other, _)) = (way("webhook", 0), way("email", 9));
    let mut notifier = Notifier::start(vec![before, other]);
    notifier.tell(&message("good", 1));
    settle().await;
    let ((after, _), (page, _)) = (way("webhook", 9), way("page", 9));
    notifier.replace(vec![after, page]);
    notifier.tell(&message("good", 2));
    settle().await;
    assert_eq!(counts(&notifier, "webhook"), (1, 0, 0), "the new one waits for nobody");
    permits.add_permits(1);
    settle().await;
    assert_eq!(counts(&notifier, "webhook"), (2, 0, 0), "what was under way has left");
    assert_eq!(counts(&notifier, "page"), (1, 0, 0));
    assert!(notifier.status().iter().all(|(name, _)| *name != "email"));
}

#[tokio::test]
async fn the_end_waits_for_what_is_under_way() {
    let (page, permits) = way("page", 0);
    let notifier = Notifier::start(vec![page]);
    notifier.tell(&message("good", 1));
    let drain = tokio::spawn(notifier.drain());
    settle().await;
    assert!(!drain.is_finished());
    permits.add_permits(1);
    drain.await.unwrap();
}
