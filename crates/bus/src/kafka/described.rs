//! The topic that describes instruments, read to its end.

use std::collections::BTreeSet;
use std::time::Duration;

use domain::Instrument;
use rdkafka::consumer::{BaseConsumer, Consumer as _};
use rdkafka::error::KafkaError as ClientError;
use rdkafka::message::Message as _;
use rdkafka::{Offset, TopicPartitionList};
use resilience::Kind;

use super::{GroupConfig, KafkaConfig, KafkaError};
use crate::wire::{self, Directory};
use crate::{Message, Topic};

const DOING: &str = "reading the instruments from Kafka";

/// A record that has been promised comes within this time, or the reading is given up.
const RECORD_WITHIN: Duration = Duration::from_secs(10);

/// Every instrument that somebody has described so far, in the order of their last descriptions. What is no
/// description is passed over and logged: the topic is not ours alone.
///
/// # Errors
/// The brokers did not answer within `within`, or what they said.
pub fn described(config: &KafkaConfig, within: Duration) -> Result<Vec<Instrument>, KafkaError> {
    let refuse = |error: ClientError| KafkaError::of(DOING, &error);
    // It commits nothing, so the group is a name and no more.
    let group = GroupConfig::new(&format!("{}-instruments", config.client_id));
    let mut settings = config.consumer(&group)?;
    settings.set("enable.partition.eof", "true");
    let client: BaseConsumer = settings.create().map_err(refuse)?;
    let topic = config.topic(Topic::Instruments);
    let mut unread = partitions(&client, &topic, within).map_err(refuse)?;
    let mut list = TopicPartitionList::new();
    for partition in &unread {
        list.add_partition_offset(&topic, *partition, Offset::Beginning).map_err(refuse)?;
    }
    client.assign(&list).map_err(refuse)?;
    let mut found = Vec::new();
    while !unread.is_empty() {
        let record = match client.poll(RECORD_WITHIN) {
            Some(Ok(record)) => record,
            Some(Err(ClientError::PartitionEOF(partition))) => {
                unread.remove(&partition);
                continue;
            }
            Some(Err(error)) => return Err(refuse(error)),
            None => return Err(KafkaError::new(Kind::TimedOut, DOING, "the rest did not come in time")),
        };
        match wire::decode(record.payload().unwrap_or_default(), &Directory::default()) {
            Ok(Message::Listed(instrument)) => found.push(*instrument),
            Ok(_) => tracing::warn!(offset = record.offset(), "{topic} holds another kind of message"),
            Err(error) => {
                tracing::warn!(%error, offset = record.offset(), "{topic} holds what is no message")
            }
        }
    }
    Ok(last_of_each(found))
}

/// None where the topic is not there: nobody has described anything.
fn partitions(client: &BaseConsumer, topic: &str, within: Duration) -> Result<BTreeSet<i32>, ClientError> {
    let metadata = client.fetch_metadata(Some(topic), within)?;
    let partitions = metadata.topics().iter().flat_map(|topic| topic.partitions());
    Ok(partitions.map(|partition| partition.id()).collect())
}

fn last_of_each(found: Vec<Instrument>) -> Vec<Instrument> {
    let mut last: Vec<Instrument> = Vec::new();
    for instrument in found {
        last.retain(|known| (known.venue, &known.symbol) != (instrument.venue, &instrument.symbol));
        last.push(instrument);
    }
    last
}
