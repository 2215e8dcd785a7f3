use std::collections::BTreeSet;
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, TrySendError};
use std::time::Duration;

use domain::{FeedMessage, InstrumentId, Interruption, InterruptionCause, KeptMessage, Timestamp};
use metrics::{Counter, counter};

/// The names of the metrics that are counted here.
pub mod names {
    /// Connections to sources that ended without being asked to, by `provider`.
    pub const SOURCE_DISCONNECTS: &str = "mdp_source_disconnects_total";
    /// Messages of a source that could not be decoded, by `provider`.
    pub const SOURCE_UNDECODED: &str = "mdp_source_undecoded_total";
    /// Books for which a snapshot was asked, by `provider`.
    pub const SOURCE_SNAPSHOTS_ASKED: &str = "mdp_source_snapshots_asked_total";
    /// Books of a source by `provider` and `state`.
    pub const SOURCE_BOOKS: &str = "mdp_source_books";
    /// Messages that a queue let go, by `queue` and `reason`.
    pub const QUEUE_DROPPED: &str = "mdp_queue_dropped_total";
}

/// What [`super::Feed::recv_timeout`] gives.
#[derive(Debug, PartialEq, Eq)]
pub enum Received {
    /// Messages in the order of their connection.
    Batch(Vec<KeptMessage>),
    /// Nothing came in time.
    Nothing,
    /// Every link has ended.
    Closed,
}

pub(super) fn receive(batches: &Receiver<Vec<KeptMessage>>, within: Duration) -> Received {
    match batches.recv_timeout(within) {
        Ok(batch) => Received::Batch(batch),
        Err(RecvTimeoutError::Timeout) => Received::Nothing,
        Err(RecvTimeoutError::Disconnected) => Received::Closed,
    }
}

/// The link's end of the queue. It never waits: a connection that is not read is one that the venue closes.
pub(super) struct Delivery {
    queue: SyncSender<Vec<KeptMessage>>,
    batch: Vec<KeptMessage>,
    /// Instruments of messages that were let go, to be told before anything else.
    lost: BTreeSet<InstrumentId>,
    dropped: Counter,
    is_closed: bool,
}

impl Delivery {
    pub(super) fn new(queue: SyncSender<Vec<KeptMessage>>) -> Self {
        let dropped = counter!(names::QUEUE_DROPPED, "queue" => "feed", "reason" => "newest");
        dropped.increment(0);
        Self { queue, batch: Vec::new(), lost: BTreeSet::new(), dropped, is_closed: false }
    }

    pub(super) fn push(&mut self, message: FeedMessage<'_>) {
        self.batch.push(KeptMessage::of(message));
    }

    pub(super) fn interrupt(
        &mut self,
        instruments: impl Iterator<Item = InstrumentId>,
        cause: InterruptionCause,
        receive_time: Timestamp,
    ) {
        for instrument in instruments {
            self.push(FeedMessage::Interrupted(Interruption { instrument, cause, receive_time }));
        }
    }

    /// Passes on what was pushed.
    pub(super) fn flush(&mut self, now: Timestamp) {
        if self.batch.is_empty() {
            return;
        }
        let mut batch = std::mem::take(&mut self.batch);
        if !self.lost.is_empty() {
            let told = std::mem::take(&mut self.lost);
            self.interrupt(told.into_iter(), InterruptionCause::SequenceGap, now);
            self.batch.append(&mut batch);
            batch = std::mem::take(&mut self.batch);
        }
        match self.queue.try_send(batch) {
            Ok(()) => {}
            Err(TrySendError::Full(batch)) => {
                self.dropped.increment(u64::try_from(batch.len()).unwrap_or(u64::MAX));
                self.lost.extend(batch.iter().map(|message| message.lend().instrument()));
            }
            Err(TrySendError::Disconnected(_)) => self.is_closed = true,
        }
    }

    /// Nobody takes messages any more.
    pub(super) const fn is_closed(&self) -> bool {
        self.is_closed
    }
}
