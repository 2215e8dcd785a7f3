//! The thread that moves the market.

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use domain::{KeptMessage, Span, Timestamp};
use engine::Source;

use super::{Pace, Server};

/// How long the thread sleeps at most before it looks whether it should stop.
const NAP: Duration = Duration::from_millis(5);

/// Between two repetitions of the best prices once the source has ended.
const RESTATE_EVERY: Span = Span::SECOND;

/// Moves the market until the server stops. A source that has ended leaves a market that stands still and says so.
pub(super) fn run(server: &Arc<Server>, mut source: Box<dyn Source>, pace: Pace) {
    let mut clock = Pacing { pace, start: None };
    while !server.stop.is_cancelled() {
        if server.has_paused.load(Ordering::SeqCst) {
            std::thread::sleep(NAP);
            continue;
        }
        let message = match source.next() {
            Ok(Some(message)) => KeptMessage::of(message),
            Ok(None) => break,
            Err(fault) if fault.is_final => {
                tracing::error!(%fault, "the simulated market stands still");
                break;
            }
            Err(fault) => {
                tracing::warn!(%fault, "a message of the simulated market was left out");
                continue;
            }
        };
        clock.wait(message.lend().receive_time(), server);
        move_on(server, &message);
    }
    let mut told = server.clock.now();
    while !server.stop.is_cancelled() {
        std::thread::sleep(NAP);
        let now = server.clock.now();
        if now.since(told) >= RESTATE_EVERY {
            told = now;
            let mut world = server.world();
            for event in world.restate(now) {
                drop(server.events.send(Arc::new(event)));
            }
        }
    }
}

/// Changes the world and tells it in one step, so that no snapshot lies between the two.
fn move_on(server: &Server, message: &KeptMessage) {
    let mut world = server.world();
    if let Some(event) = world.take(message.lend(), server.clock.now()) {
        // Nobody may be connected.
        drop(server.events.send(Arc::new(event)));
    }
}

struct Pacing {
    pace: Pace,
    /// When the source began, by its own time and by ours.
    start: Option<(Timestamp, Timestamp)>,
}

impl Pacing {
    fn wait(&mut self, time: Timestamp, server: &Server) {
        let speed = match self.pace {
            Pace::Every(pause) => return std::thread::sleep(pause),
            Pace::Recorded(speed) => speed,
        };
        let (recorded, real) = *self.start.get_or_insert_with(|| (time, server.clock.now()));
        #[expect(clippy::cast_possible_truncation, reason = "a span of recorded time fits")]
        let due = real.plus(Span::from_nanos((time.since(recorded).nanos() as f64 / speed) as i64));
        while server.clock.now() < due && !server.stop.is_cancelled() {
            let left = due.since(server.clock.now()).nanos();
            std::thread::sleep(NAP.min(Duration::from_nanos(u64::try_from(left).unwrap_or(0))));
        }
    }
}
