#[cfg(test)]
mod tests;

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::broadcast;
use tokio::sync::broadcast::error::RecvError;

use super::line::Line;

/// How many lines are kept for those who come later.
pub const TAIL_LINES: usize = 1_000;
/// How many lines one who follows may be behind before the oldest are lost to them.
pub const FOLLOWER_LINES: usize = 1_024;
/// Longer texts are shortened, so that the tail's memory is bounded.
const TEXT_MAX: usize = 2_048;

/// The last lines, for the page.
pub(super) struct Tail {
    lines: Mutex<VecDeque<Arc<Line>>>,
    live: broadcast::Sender<Arc<Line>>,
}

impl Tail {
    pub(super) fn new() -> Self {
        let (live, _) = broadcast::channel(FOLLOWER_LINES);
        Self { lines: Mutex::new(VecDeque::with_capacity(TAIL_LINES)), live }
    }

    pub(super) fn push(&self, mut line: Line) {
        line.shorten(TEXT_MAX);
        let line = Arc::new(line);
        let mut lines = self.lock();
        if lines.len() == TAIL_LINES {
            lines.pop_front();
        }
        lines.push_back(Arc::clone(&line));
        // Sent under the lock: who follows gets each line once, kept or live. Without followers there is nobody.
        drop(self.live.send(line));
    }

    /// The last lines, oldest first.
    pub(super) fn last(&self) -> Vec<Arc<Line>> {
        self.lock().iter().cloned().collect()
    }

    /// The last lines, and all that come after them.
    pub(super) fn follow(&self) -> (Vec<Arc<Line>>, Follower) {
        let lines = self.lock();
        let follower = Follower(self.live.subscribe());
        (lines.iter().cloned().collect(), follower)
    }

    fn lock(&self) -> MutexGuard<'_, VecDeque<Arc<Line>>> {
        self.lines.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Receives lines as they are logged.
pub struct Follower(broadcast::Receiver<Arc<Line>>);

/// What a follower gets.
#[derive(Debug, Clone)]
pub enum Followed {
    Line(Arc<Line>),
    /// So many lines came while the follower was away, and are lost to it.
    Missed(u64),
}

impl Follower {
    /// The next line; nothing when the log has ended. Can be cancelled without losing a line.
    pub async fn next(&mut self) -> Option<Followed> {
        match self.0.recv().await {
            Ok(line) => Some(Followed::Line(line)),
            Err(RecvError::Lagged(count)) => Some(Followed::Missed(count)),
            Err(RecvError::Closed) => None,
        }
    }
}
