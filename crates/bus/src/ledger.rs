use std::sync::atomic::{AtomicU64, Ordering};

use metrics::{Counter, counter};

use crate::names;
use crate::port::{BusCounts, TopicCounts};
use crate::topic::Topic;

/// The counts of a bus, for callers and as metrics.
pub(super) struct Ledger(Vec<Entry>);

struct Entry {
    published: Tally,
    delivered: Tally,
    dropped: Tally,
}

struct Tally {
    count: AtomicU64,
    metric: Counter,
}

impl Ledger {
    pub(super) fn new() -> Self {
        let tally = |name: &'static str, topic: Topic| Tally {
            count: AtomicU64::new(0),
            metric: counter!(name, "topic" => topic.name()),
        };
        let entry = |topic: Topic| Entry {
            published: tally(names::PUBLISHED, topic),
            delivered: tally(names::DELIVERED, topic),
            dropped: tally(names::DROPPED, topic),
        };
        Self(Topic::ALL.into_iter().map(entry).collect())
    }

    #[inline]
    pub(super) fn published(&self, topic: Topic) {
        self.0[topic.index()].published.add(1);
    }

    #[inline]
    pub(super) fn delivered(&self, topic: Topic) {
        self.0[topic.index()].delivered.add(1);
    }

    pub(super) fn dropped(&self, topic: Topic, count: u64) {
        self.0[topic.index()].dropped.add(count);
    }

    pub(super) fn read(&self) -> BusCounts {
        BusCounts(Topic::ALL.map(|topic| {
            let entry = &self.0[topic.index()];
            TopicCounts {
                published: entry.published.read(),
                delivered: entry.delivered.read(),
                dropped: entry.dropped.read(),
            }
        }))
    }
}

impl Tally {
    #[inline]
    fn add(&self, count: u64) {
        self.count.fetch_add(count, Ordering::Relaxed);
        self.metric.increment(count);
    }

    fn read(&self) -> u64 {
        self.count.load(Ordering::Relaxed)
    }
}
