use std::sync::Arc;
use std::time::Duration;

use metrics::{Counter, counter};
use rdkafka::Offset;
use rdkafka::TopicPartitionList;
use rdkafka::consumer::{BaseConsumer, CommitMode, Consumer as _, RebalanceProtocol};
use rdkafka::error::KafkaError as ClientError;
use rdkafka::message::{BorrowedMessage, Headers as _, Message as _};
use rdkafka::types::RDKafkaErrorCode as Code;
use resilience::Kind;

use super::membership::{Change, Membership};
use super::offsets::{Offsets, Partition};
use super::{GroupConfig, KafkaConfig, KafkaError};
use crate::names;

/// How often what is given up is committed, and the pause between.
const LAST_COMMITS_MAX: u32 = 5;
const LAST_COMMIT_AFTER: Duration = Duration::from_millis(100);

/// A record as it came.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Incoming {
    pub position: Position,
    pub key: Option<Vec<u8>>,
    /// Empty for a record without a value.
    pub payload: Vec<u8>,
    pub headers: Vec<(String, Vec<u8>)>,
    /// When it was sent, in milliseconds, where that is known.
    pub time: Option<i64>,
}

/// Where a record stands.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Position {
    pub topic: Arc<str>,
    pub partition: i32,
    pub offset: i64,
}

/// What a look at the brokers brought.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Polled {
    /// At most as many as were allowed; none when none came in time.
    Records(Vec<Incoming>),
    /// The group wants partitions back. Finish what is under way, [`Consumer::acknowledge`] it, and
    /// [`Consumer::give_up`]: until then the group waits, as long as it waits for a member, and nothing more comes.
    Revoking,
}

/// A member of a group. Only acknowledged records are ever committed, and only up to the first that is not.
///
/// Leaving (which dropping it is) commits nothing.
pub struct Consumer {
    client: BaseConsumer<Membership>,
    offsets: Offsets,
    topics: Vec<Arc<str>>,
    max_poll_records: usize,
    revoking: Vec<Partition>,
    is_held: bool,
    consumed: Counter,
}

impl Consumer {
    /// Joins the group for these topics, by their full names. Does not wait for a broker.
    ///
    /// # Errors
    /// `Invalid` for what the configuration says.
    pub fn join(config: &KafkaConfig, group: &GroupConfig, topics: &[String]) -> Result<Self, KafkaError> {
        let refuse = |error: ClientError| KafkaError::of("joining a group", &error);
        let client: BaseConsumer<Membership> =
            config.consumer(group)?.create_with_context(Membership::default()).map_err(refuse)?;
        let names: Vec<&str> = topics.iter().map(String::as_str).collect();
        client.subscribe(&names).map_err(refuse)?;
        Ok(Self {
            client,
            offsets: Offsets::default(),
            topics: topics.iter().map(|topic| topic.as_str().into()).collect(),
            max_poll_records: group.max_poll_records.max(1),
            revoking: Vec::new(),
            is_held: false,
            consumed: counter!(names::KAFKA_CONSUMED),
        })
    }

    /// Waits for records, but no longer than `wait`, and takes what else is there. Call it at least once a
    /// `max_poll_interval`.
    ///
    /// # Errors
    /// What brokers or the client said. Unless it is of a kind that cannot pass, asking again goes on from there:
    /// the client mends its connections by itself.
    pub fn poll(&mut self, wait: Duration) -> Result<Polled, KafkaError> {
        let mut records = Vec::new();
        let mut wait = wait;
        while records.len() < self.max_poll_records {
            if self.takes_changes() {
                break;
            }
            self.keep_held()?;
            match self.client.poll(wait) {
                None if self.client.context().has_changes() => {}
                None => break,
                Some(Ok(message)) => records.push(incoming(&message, &mut self.topics)),
                Some(Err(error)) if records.is_empty() => return Err(refused(&error)),
                // What came before it must be handed out; the client says it again if it stays so.
                Some(Err(error)) => {
                    tracing::debug!(%error, "the brokers had something to say between records");
                    break;
                }
            }
            wait = Duration::ZERO;
        }
        if records.is_empty() && !self.revoking.is_empty() {
            return Ok(Polled::Revoking);
        }
        for Incoming { position, .. } in &records {
            self.offsets.hand_out(&position.topic, position.partition, position.offset);
        }
        self.consumed.increment(u64::try_from(records.len()).unwrap_or(u64::MAX));
        Ok(Polled::Records(records))
    }

    /// Follows what the group decided. Whether partitions are to be given up first.
    fn takes_changes(&mut self) -> bool {
        while let Some(change) = self.client.context().next_change() {
            match change {
                Change::Revoking(partitions) => self.revoking.extend(partitions),
                Change::Lost(partitions) => {
                    tracing::warn!(?partitions, "partitions went to others before they could be given up");
                    partitions.iter().for_each(|partition| self.offsets.forget(partition));
                }
            }
        }
        !self.revoking.is_empty()
    }

    /// The record is handled for good: its sink has committed it, or it is a dead letter. In any order.
    pub fn acknowledge(&mut self, position: &Position) {
        self.offsets.acknowledge(position);
    }

    /// How many records were handed out and are not acknowledged.
    #[must_use]
    pub fn outstanding(&self) -> usize {
        self.offsets.outstanding()
    }

    /// Commits the offsets that have moved, and waits until that is durable. Returns how many partitions had any.
    ///
    /// # Errors
    /// Nothing is committed then, or it is not known; the next call tries again. `Transient` while members change,
    /// `Rejected` when the group has gone on without this member: what is not committed then comes again.
    pub fn commit(&mut self) -> Result<usize, KafkaError> {
        let due = self.offsets.due();
        if due.is_empty() {
            return Ok(0);
        }
        let mut list = TopicPartitionList::new();
        for ((topic, partition), offset) in &due {
            list.add_partition_offset(topic, *partition, Offset::Offset(*offset))
                .map_err(|error| commit(&error))?;
        }
        self.client.commit(&list, CommitMode::Sync).map_err(|error| commit(&error))?;
        self.offsets.commit(&due);
        Ok(due.len())
    }

    /// Commits, and gives up the partitions that the group wants back.
    ///
    /// # Errors
    /// That of the last commit, of a few. The partitions are given up all the same: their next owner gets what is not
    /// committed.
    pub fn give_up(&mut self) -> Result<(), KafkaError> {
        let mut committed = self.commit();
        for _ in 1..LAST_COMMITS_MAX {
            if committed.is_ok() {
                break;
            }
            // Commits are refused while the group makes up its mind.
            std::thread::sleep(LAST_COMMIT_AFTER);
            committed = self.commit();
        }
        let partitions = std::mem::take(&mut self.revoking);
        if partitions.is_empty() {
            return committed.map(drop);
        }
        let mut list = TopicPartitionList::new();
        for partition in &partitions {
            list.add_partition(&partition.0, partition.1);
            self.offsets.forget(partition);
        }
        let given = match self.client.rebalance_protocol() {
            RebalanceProtocol::Cooperative => self.client.incremental_unassign(&list),
            _ => self.client.unassign(),
        };
        committed?;
        given.map_err(|error| KafkaError::of("giving partitions up", &error))
    }

    /// Whether the record was handed out and its acknowledgement is awaited. Of a partition that was given up it is not:
    /// what was not acknowledged there is its next owner's.
    #[must_use]
    pub fn is_awaited(&self, position: &Position) -> bool {
        self.offsets.is_awaited(position)
    }

    /// While held, [`Self::poll`] brings no records, yet the member stays alive: for when the sink takes nothing.
    ///
    /// # Errors
    /// The client's. It is as before then.
    pub fn hold(&mut self, is_held: bool) -> Result<(), KafkaError> {
        if self.is_held && !is_held {
            let list = self.client.assignment().map_err(|error| refused(&error))?;
            self.client.resume(&list).map_err(|error| refused(&error))?;
        }
        self.is_held = is_held;
        self.keep_held()
    }

    /// Partitions that came meanwhile are held too.
    fn keep_held(&self) -> Result<(), KafkaError> {
        if !self.is_held {
            return Ok(());
        }
        let list = self.client.assignment().map_err(|error| refused(&error))?;
        self.client.pause(&list).map_err(|error| refused(&error))
    }

    /// Counts the records that are still to be read from this member's partitions, by asking the brokers.
    ///
    /// # Errors
    /// They did not answer within `within`.
    pub fn behind(&self, within: Duration) -> Result<u64, KafkaError> {
        let read = self.client.position().map_err(|error| refused(&error))?;
        let committed = self.client.committed(within).map_err(|error| refused(&error))?;
        let offset = |list: &TopicPartitionList, topic: &str, partition| {
            let found = list.find_partition(topic, partition);
            found.and_then(|element| element.offset().to_raw()).filter(|offset| *offset >= 0)
        };
        let mut behind = 0;
        for element in self.client.assignment().map_err(|error| refused(&error))?.elements() {
            let (topic, partition) = (element.topic(), element.partition());
            let (first, end) =
                self.client.fetch_watermarks(topic, partition, within).map_err(|error| refused(&error))?;
            let at = offset(&read, topic, partition).or_else(|| offset(&committed, topic, partition));
            behind += u64::try_from(end - at.unwrap_or(first).max(first)).unwrap_or(0);
        }
        Ok(behind)
    }

    /// How many records the group is behind in the partitions of this member, as far as it was told.
    #[must_use]
    pub fn lag(&self) -> Option<u64> {
        self.client.context().lag()
    }

    /// How many partitions the topics have together, whoever has them; 0 where none of them is there.
    ///
    /// # Errors
    /// The brokers did not answer within `within`.
    pub fn partitions_there(&self, within: Duration) -> Result<usize, KafkaError> {
        let mut count = 0;
        for topic in &self.topics {
            let metadata =
                self.client.fetch_metadata(Some(topic), within).map_err(|error| refused(&error))?;
            count += metadata.topics().iter().map(|topic| topic.partitions().len()).sum::<usize>();
        }
        Ok(count)
    }

    /// How many partitions this member has now.
    #[must_use]
    pub fn partitions(&self) -> usize {
        self.client.assignment().map_or(0, |list| list.count())
    }
}

impl Drop for Consumer {
    fn drop(&mut self) {
        self.client.context().close();
        // What was wanted back is given up, or leaving would wait for it.
        if !self.revoking.is_empty() && self.client.unassign().is_err() {
            tracing::debug!("partitions could not be given up before leaving");
        }
    }
}

impl std::fmt::Debug for Consumer {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("Consumer").field("topics", &self.topics).finish_non_exhaustive()
    }
}

fn commit(error: &ClientError) -> KafkaError {
    KafkaError::of("committing offsets", error)
}

/// A client that has failed for good must be made anew, which its owner decides.
fn refused(error: &ClientError) -> KafkaError {
    if matches!(error, ClientError::MessageConsumptionFatal(_)) {
        return KafkaError::new(Kind::Rejected, "reading from Kafka", error.to_string());
    }
    if error.rdkafka_error_code() == Some(Code::UnknownTopicOrPartition) {
        return KafkaError::new(Kind::Transient, "reading from Kafka", "a topic is not there (yet)");
    }
    KafkaError::of("reading from Kafka", error)
}

fn incoming(message: &BorrowedMessage<'_>, topics: &mut Vec<Arc<str>>) -> Incoming {
    let name = message.topic();
    let known = topics.iter().find(|topic| topic.as_ref() == name).cloned();
    let topic = known.unwrap_or_else(|| {
        topics.push(name.into());
        name.into()
    });
    let headers = message.headers().map_or_else(Vec::new, |headers| {
        let owned = |header: rdkafka::message::Header<'_, &[u8]>| {
            (header.key.to_owned(), header.value.unwrap_or_default().to_vec())
        };
        headers.iter().map(owned).collect()
    });
    Incoming {
        position: Position { topic, partition: message.partition(), offset: message.offset() },
        key: message.key().map(<[u8]>::to_vec),
        payload: message.payload().unwrap_or_default().to_vec(),
        headers,
        time: message.timestamp().to_millis(),
    }
}
