use std::sync::Arc;

use metrics::counter;
use rdkafka::message::{Header, OwnedHeaders};

use super::shipment::Raw;
use super::{Incoming, KafkaConfig, KafkaError, Producer, Shipment};
use crate::names;

/// The names of the headers that a dead letter has beside its own.
pub mod header {
    /// Why it could not be handled.
    pub const ERROR: &str = "bw.error";
    /// How often that was tried.
    pub const ATTEMPTS: &str = "bw.attempts";
    pub const TOPIC: &str = "bw.topic";
    pub const PARTITION: &str = "bw.partition";
    pub const OFFSET: &str = "bw.offset";
    /// When the message was sent, in milliseconds; absent where that is not known.
    pub const TIME: &str = "bw.time";
}

/// What is behind a topic's name for its dead letters.
const SUFFIX: &str = ".dlq";

/// Keeps records that could not be handled, each in the topic of dead letters of its own topic.
#[derive(Debug)]
pub struct DeadLetters {
    producer: Producer,
    shipment: Shipment,
}

impl DeadLetters {
    /// # Errors
    /// `Invalid` for what the configuration says.
    pub fn new(config: &KafkaConfig) -> Result<Self, KafkaError> {
        Ok(Self { producer: Producer::new(config)?, shipment: Shipment::new(config) })
    }

    /// Returns when the letter is durable: only then may its record be acknowledged.
    ///
    /// # Errors
    /// It is not durable, or that is not known; it may be buried again.
    pub fn bury(&mut self, record: &Incoming, error: &str, attempts: u32) -> Result<(), KafkaError> {
        let Incoming { position, key, payload, .. } = record;
        let topic: Arc<str> = format!("{}{SUFFIX}", position.topic).into();
        self.shipment.clear();
        let (key, headers) = (key.as_deref().unwrap_or_default(), headers(record, error, attempts));
        self.shipment.push_raw(Raw { topic, key, payload, time: record.time, headers });
        self.producer.deliver(&mut self.shipment)?;
        counter!(names::DEAD_LETTERS, "sink" => position.topic.to_string()).increment(1);
        tracing::error!(?position, error, attempts, "a message is a dead letter");
        Ok(())
    }
}

/// Its own, but for those that tell of an earlier burial.
fn headers(record: &Incoming, error: &str, attempts: u32) -> OwnedHeaders {
    let Incoming { position, headers, time, .. } = record;
    let own = headers.iter().filter(|(name, _)| !is_ours(name));
    let kept = own.fold(OwnedHeaders::new(), |kept, (name, value)| {
        kept.insert(Header { key: name, value: Some(value) })
    });
    let told = [
        (header::ERROR, Some(error.to_owned())),
        (header::ATTEMPTS, Some(attempts.to_string())),
        (header::TOPIC, Some(position.topic.to_string())),
        (header::PARTITION, Some(position.partition.to_string())),
        (header::OFFSET, Some(position.offset.to_string())),
        (header::TIME, time.map(|millis| millis.to_string())),
    ];
    let told = told.iter().filter_map(|(name, value)| Some((*name, value.as_ref()?)));
    told.fold(kept, |kept, (key, value)| kept.insert(Header { key, value: Some(value) }))
}

fn is_ours(name: &str) -> bool {
    let ours =
        [header::ERROR, header::ATTEMPTS, header::TOPIC, header::PARTITION, header::OFFSET, header::TIME];
    ours.contains(&name)
}
