use metrics::{Counter, Histogram, counter, histogram};

use crate::names;

/// The metrics of one sink, shared by its workers.
#[derive(Clone)]
pub(super) struct Counters {
    pub(super) committed: Counter,
    pub(super) failed: Counter,
    pub(super) retries: Counter,
    pub(super) dead_letters: Counter,
    pub(super) commit_seconds: Histogram,
}

impl Counters {
    pub(super) fn new(sink: &str) -> Self {
        let sink = || sink.to_owned();
        Self {
            committed: counter!(names::SINK_COMMITTED, "sink" => sink()),
            failed: counter!(names::SINK_FAILED, "sink" => sink()),
            retries: counter!(names::SINK_RETRIES, "sink" => sink()),
            dead_letters: counter!(names::DEAD_LETTERS, "sink" => sink()),
            commit_seconds: histogram!(names::SINK_COMMIT_SECONDS, "sink" => sink()),
        }
    }
}
