use std::time::Duration;

use rdkafka::ClientConfig;
use resilience::Kind;

use super::KafkaError;
use crate::Topic;

/// How brokers are reached, and what is asked of them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KafkaConfig {
    /// `host:port`, several with commas.
    pub brokers: String,
    /// By which brokers know this program in their logs and quotas.
    pub client_id: String,
    /// Before the name of every topic.
    pub prefix: String,
    /// How long a message may take to be acknowledged, tries of the client included.
    pub delivery_timeout: Duration,
    /// Messages that may wait in the client; whoever sends more waits.
    pub queue_max: usize,
    /// Further properties of librdkafka, such as those of TLS and SASL. Not those that [`RESERVED`] names.
    pub properties: Vec<(String, String)>,
}

/// What being a member of a group means.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GroupConfig {
    pub group: String,
    /// Records that are handed out together at most.
    pub max_poll_records: usize,
    /// A member that is silent for so long is taken for dead.
    pub session_timeout: Duration,
    pub heartbeat: Duration,
    /// A member that takes longer over what it was handed is taken for hung.
    pub max_poll_interval: Duration,
    /// Where a group begins that has committed nothing.
    pub start: Start,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Start {
    Earliest,
    Latest,
}

/// Properties on which it depends that nothing is lost or put out of order.
pub const RESERVED: [&str; 12] = [
    "acks",
    "auto.offset.reset",
    "bootstrap.servers",
    "client.id",
    "enable.auto.commit",
    "enable.auto.offset.store",
    "enable.idempotence",
    "group.id",
    "isolation.level",
    "message.timeout.ms",
    "partition.assignment.strategy",
    "request.required.acks",
];

impl KafkaConfig {
    /// For brokers in the reach of the program: 30 s for a message, 100,000 messages in the client.
    #[must_use]
    pub fn new(brokers: &str) -> Self {
        Self {
            brokers: brokers.to_owned(),
            client_id: "bellwether".to_owned(),
            prefix: String::new(),
            delivery_timeout: Duration::from_secs(30),
            queue_max: 100_000,
            properties: Vec::new(),
        }
    }

    /// The topic's name on the brokers.
    #[must_use]
    pub fn topic(&self, topic: Topic) -> String {
        format!("{}{}", self.prefix, topic.name())
    }

    /// What brokers and clients of every kind are told.
    fn common(&self) -> Result<ClientConfig, KafkaError> {
        let mut client = ClientConfig::new();
        for (name, value) in &self.properties {
            if RESERVED.contains(&name.as_str()) {
                let reason = format!("`{name}` is set by the program itself: take it out of the properties");
                return Err(KafkaError::new(Kind::Invalid, "configuring Kafka", reason));
            }
            client.set(name, value);
        }
        client.set("bootstrap.servers", &self.brokers).set("client.id", &self.client_id);
        client.set("log.connection.close", "false");
        Ok(client)
    }

    pub(super) fn producer(&self) -> Result<ClientConfig, KafkaError> {
        let mut client = self.common()?;
        client
            // What the client itself sends again is there once, and in its place.
            .set("enable.idempotence", "true")
            .set("acks", "all")
            .set("message.timeout.ms", millis(self.delivery_timeout))
            .set("queue.buffering.max.messages", self.queue_max.max(1).to_string())
            // The keys' partitions are those that Java's clients choose.
            .set("partitioner", "murmur2_random");
        if !self.is_set("linger.ms") {
            client.set("linger.ms", LINGER_MS);
        }
        if !self.is_set("compression.type") {
            client.set("compression.type", "lz4");
        }
        Ok(client)
    }

    pub(super) fn consumer(&self, group: &GroupConfig) -> Result<ClientConfig, KafkaError> {
        let start = match group.start {
            Start::Earliest => "earliest",
            Start::Latest => "latest",
        };
        let mut client = self.common()?;
        client
            .set("group.id", &group.group)
            .set("enable.auto.commit", "false")
            .set("enable.auto.offset.store", "false")
            .set("auto.offset.reset", start)
            .set("isolation.level", "read_committed")
            .set("session.timeout.ms", millis(group.session_timeout))
            .set("heartbeat.interval.ms", millis(group.heartbeat))
            .set("max.poll.interval.ms", millis(group.max_poll_interval.max(group.session_timeout)))
            // A change of members stops only what changes hands; eager members would all stop for each.
            .set("partition.assignment.strategy", "cooperative-sticky")
            .set("statistics.interval.ms", STATISTICS_MS)
            .set("queued.max.messages.kbytes", FETCHED_KB_MAX);
        Ok(client)
    }

    fn is_set(&self, name: &str) -> bool {
        self.properties.iter().any(|(known, _)| known == name)
    }
}

/// How long the client waits for more to send together. A batch comes at once, so it need not be long.
const LINGER_MS: &str = "1";

/// How often the client tells how far behind it is.
const STATISTICS_MS: &str = "1000";

/// What is fetched ahead of a partition and waits in the client.
const FETCHED_KB_MAX: &str = "16384";

impl GroupConfig {
    /// As the contract has it: 100 records, 30 s, 10 s; from the beginning.
    #[must_use]
    pub fn new(group: &str) -> Self {
        Self {
            group: group.to_owned(),
            max_poll_records: 100,
            session_timeout: Duration::from_secs(30),
            heartbeat: Duration::from_secs(10),
            max_poll_interval: Duration::from_secs(300),
            start: Start::Earliest,
        }
    }
}

fn millis(span: Duration) -> String {
    span.as_millis().max(1).to_string()
}
