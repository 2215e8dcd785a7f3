//! What the group decides about this member, put aside until the member can follow it.

use std::collections::VecDeque;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use metrics::gauge;
use rdkafka::config::RDKafkaLogLevel;
use rdkafka::consumer::{BaseConsumer, Consumer as _, ConsumerContext, RebalanceProtocol};
use rdkafka::error::{KafkaError as ClientError, KafkaResult};
use rdkafka::types::RDKafkaRespErr;
use rdkafka::{ClientContext, Statistics, TopicPartitionList};

use super::client;
use super::offsets::Partition;
use crate::names;

/// What is to be done about partitions.
#[derive(Debug)]
pub(super) enum Change {
    /// They are still ours, until they are given up.
    Revoking(Vec<Partition>),
    /// They are ours no longer.
    Lost(Vec<Partition>),
}

const UNKNOWN: u64 = u64::MAX;

pub(super) struct Membership {
    changes: Mutex<VecDeque<Change>>,
    is_closing: AtomicBool,
    lag: AtomicU64,
}

impl Default for Membership {
    fn default() -> Self {
        Self { changes: Mutex::default(), is_closing: AtomicBool::new(false), lag: AtomicU64::new(UNKNOWN) }
    }
}

impl Membership {
    pub(super) fn next_change(&self) -> Option<Change> {
        self.lock().pop_front()
    }

    pub(super) fn has_changes(&self) -> bool {
        !self.lock().is_empty()
    }

    /// From now on partitions are given up at once.
    pub(super) fn close(&self) {
        self.is_closing.store(true, Ordering::SeqCst);
    }

    pub(super) fn lag(&self) -> Option<u64> {
        Some(self.lag.load(Ordering::Relaxed)).filter(|lag| *lag != UNKNOWN)
    }

    fn lock(&self) -> MutexGuard<'_, VecDeque<Change>> {
        self.changes.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn revoke(&self, consumer: &BaseConsumer<Self>, list: &TopicPartitionList) {
        let partitions = partitions(list);
        tracing::info!(?partitions, "the group takes partitions back");
        if !self.is_closing.load(Ordering::SeqCst) && !consumer.assignment_lost() {
            self.lock().push_back(Change::Revoking(partitions));
            return;
        }
        self.lock().push_back(Change::Lost(partitions));
        told(
            "partitions cannot be given up",
            match consumer.rebalance_protocol() {
                RebalanceProtocol::Cooperative => consumer.incremental_unassign(list),
                _ => consumer.unassign(),
            },
        );
    }
}

impl ClientContext for Membership {
    fn log(&self, level: RDKafkaLogLevel, facility: &str, message: &str) {
        client::log(level, facility, message);
    }

    fn error(&self, error: ClientError, reason: &str) {
        client::error(&error, reason);
    }

    fn stats(&self, statistics: Statistics) {
        let mut total = None;
        for (name, topic) in &statistics.topics {
            let known = topic.partitions.values().filter_map(|part| u64::try_from(part.consumer_lag).ok());
            let Some(lag) = known.reduce(u64::saturating_add) else { continue };
            gauge!(names::KAFKA_LAG, "topic" => name.clone()).set(lag as f64);
            total = Some(total.unwrap_or(0) + lag);
        }
        self.lag.store(total.unwrap_or(UNKNOWN), Ordering::Relaxed);
    }
}

impl ConsumerContext for Membership {
    /// Partitions are taken at once. They are not given back here: what is under way must be committed first.
    fn rebalance(&self, consumer: &BaseConsumer<Self>, event: RDKafkaRespErr, list: &mut TopicPartitionList) {
        if event != RDKafkaRespErr::RD_KAFKA_RESP_ERR__ASSIGN_PARTITIONS {
            return self.revoke(consumer, list);
        }
        tracing::info!(partitions = ?partitions(list), "the group gives partitions");
        told(
            "partitions cannot be taken",
            match consumer.rebalance_protocol() {
                RebalanceProtocol::Cooperative => consumer.incremental_assign(list),
                _ => consumer.assign(list),
            },
        );
    }
}

fn partitions(list: &TopicPartitionList) -> Vec<Partition> {
    list.elements().iter().map(|element| (Arc::from(element.topic()), element.partition())).collect()
}

/// The client then leaves the group and joins it again, so that nothing stays half done.
fn told(what: &str, done: KafkaResult<()>) {
    if let Err(error) = done {
        tracing::error!(%error, "{what}");
    }
}
