use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Condvar, Mutex, OnceLock, PoisonError, RwLock};
use std::time::Duration;

use rdkafka::config::RDKafkaLogLevel;
use rdkafka::consumer::{BaseConsumer, Consumer as _};
use rdkafka::error::KafkaError as ClientError;
use rdkafka::message::{BorrowedMessage, DeliveryResult, Message as _};
use rdkafka::producer::{BaseRecord, Producer as _, ProducerContext, ThreadedProducer};
use rdkafka::types::RDKafkaErrorCode as Code;
use rdkafka::{ClientContext, Offset, TopicPartitionList};

use super::{GroupConfig, KafkaConfig, KafkaError, client};
use crate::inbox::Mailbox;
use crate::ledger::Ledger;
use crate::wire::{self, Directory};
use crate::{
    Bus, BusClosed, BusCounts, Delivered, Inbox, Key, Message, Received, SubscribeError, Subscription,
    SubscriptionCounts, Topic,
};

/// How long brokers may take to say what a topic is made of.
const WITHIN: Duration = Duration::from_secs(10);

/// How often a topic that is being made is asked for again.
const ASKED_MAX: u32 = 20;

/// Between two looks whether a subscriber is still there, and for room in the client.
const NAP: Duration = Duration::from_millis(50);

/// A bus between processes. Clones are the same one.
///
/// The order of a topic is that of its partitions: with one partition all subscribers see one order, with several the
/// order of each key. A message's number is its place in its partition, counted from one. A subscriber that is slow
/// holds up no publisher: what it has not taken waits on the brokers, as long as they keep it.
///
/// A message that brokers do not take within [`KafkaConfig::delivery_timeout`] is lost, counted and logged; whoever must
/// know uses a [`super::Producer`].
#[derive(Clone)]
pub struct KafkaBus(Arc<Hub>);

struct Hub {
    config: KafkaConfig,
    directory: Directory,
    client: ThreadedProducer<Departures>,
    departures: Arc<Flights>,
    ledger: Arc<Ledger>,
    is_closed: RwLock<bool>,
    /// Behind the last message of each partition; known once the bus is closed.
    ends: OnceLock<BTreeMap<(usize, i32), i64>>,
}

/// Receives from a [`KafkaBus`].
pub struct KafkaSubscription(Arc<Mailbox<Message>>);

impl KafkaBus {
    /// A bus for messages about the instruments of the directory. Does not wait for a broker.
    ///
    /// # Errors
    /// `Invalid` for what the configuration says.
    pub fn new(config: &KafkaConfig, directory: Directory) -> Result<Self, KafkaError> {
        let departures = Arc::new(Flights::default());
        let context = Departures(Arc::clone(&departures));
        let refuse = |error: ClientError| KafkaError::of("starting the bus", &error);
        let client = config.producer()?.create_with_context(context).map_err(refuse)?;
        Ok(Self(Arc::new(Hub {
            config: config.clone(),
            directory,
            client,
            departures,
            ledger: Arc::new(Ledger::new()),
            is_closed: RwLock::new(false),
            ends: OnceLock::new(),
        })))
    }
}

impl Bus<Message> for KafkaBus {
    type Subscription = KafkaSubscription;

    fn publish(&self, topic: Topic, message: Arc<Message>) -> Result<(), BusClosed> {
        let hub = &*self.0;
        let is_closed = hub.is_closed.read().unwrap_or_else(PoisonError::into_inner);
        if *is_closed {
            return Err(BusClosed);
        }
        hub.ledger.published(topic);
        hub.send(topic, &message);
        Ok(())
    }

    fn subscribe(&self, topics: &[Topic], inbox: Inbox) -> Result<KafkaSubscription, SubscribeError> {
        let hub = &self.0;
        if *hub.is_closed.read().unwrap_or_else(PoisonError::into_inner) {
            return Err(SubscribeError::Closed);
        }
        // What was published before is not for this subscriber.
        if !hub.departures.wait(WITHIN) {
            return Err(SubscribeError::Away("what was published is not acknowledged".to_owned()));
        }
        let away = |error: ClientError| SubscribeError::Away(error.to_string());
        let reader = Reader::open(hub, topics).map_err(away)?;
        let mailbox = Arc::new(Mailbox::new(topics, inbox, Arc::clone(&hub.ledger)));
        let kept = Arc::clone(&mailbox);
        let thread = std::thread::Builder::new().name("kafka-bus".to_owned());
        let started = thread.spawn(move || reader.run(&kept));
        started.map_err(|error| SubscribeError::Away(error.to_string()))?;
        Ok(KafkaSubscription(mailbox))
    }

    fn close(&self) {
        let hub = &*self.0;
        *hub.is_closed.write().unwrap_or_else(PoisonError::into_inner) = true;
        if !hub.departures.wait(hub.config.delivery_timeout) {
            tracing::error!("some messages were still on their way when the bus was closed");
        }
        hub.ends.get_or_init(|| hub.ends_now());
    }

    fn counts(&self) -> BusCounts {
        self.0.ledger.read()
    }
}

impl Hub {
    /// Into the client, which sends it soon.
    fn send(&self, topic: Topic, message: &Message) {
        let mut payload = Vec::new();
        if let Err(error) = wire::encode(message, &self.directory, &mut payload) {
            tracing::error!(%error, %topic, "a message was not sent");
            return self.ledger.dropped(topic, 1);
        }
        let (name, key) = (self.config.topic(topic), self.key(message));
        let mut record = BaseRecord::with_opaque_to(&name, ()).key(key.as_str()).payload(payload.as_slice());
        self.departures.begin();
        while let Err((refused, again)) = self.client.send(record) {
            if refused.rdkafka_error_code() != Some(Code::QueueFull) {
                tracing::error!(error = %refused, %topic, "a message was not sent");
                self.departures.end();
                return self.ledger.dropped(topic, 1);
            }
            std::thread::sleep(NAP);
            record = again;
        }
    }

    fn key(&self, message: &Message) -> String {
        match message.key() {
            Key::Account(account) => account.to_string(),
            Key::Instrument(id) => self.directory.key_of(id).unwrap_or_default().to_owned(),
        }
    }

    /// The partitions of a topic, which is made if it was not there.
    fn partitions(&self, topic: Topic) -> Result<Vec<i32>, ClientError> {
        let name = self.config.topic(topic);
        for _ in 0..ASKED_MAX {
            let metadata = self.client.client().fetch_metadata(Some(&name), WITHIN)?;
            let parts = metadata.topics().iter().flat_map(|topic| topic.partitions());
            let parts: Vec<i32> = parts.map(|partition| partition.id()).collect();
            if !parts.is_empty() {
                return Ok(parts);
            }
            std::thread::sleep(NAP);
        }
        Err(ClientError::MetadataFetch(Code::UnknownTopicOrPartition))
    }

    /// Behind the last message of a partition.
    fn end(&self, topic: Topic, partition: i32) -> Result<i64, ClientError> {
        let name = self.config.topic(topic);
        self.client.client().fetch_watermarks(&name, partition, WITHIN).map(|(_, end)| end)
    }

    /// Of topics that were used here. Of one that cannot be asked for nothing is waited for.
    fn ends_now(&self) -> BTreeMap<(usize, i32), i64> {
        let mut ends = BTreeMap::new();
        let used = |topic: &Topic| self.ledger.read().of(*topic).published > 0;
        for topic in Topic::ALL.into_iter().filter(used) {
            let asked = self.partitions(topic).and_then(|parts| {
                parts.into_iter().try_for_each(|part| {
                    ends.insert((topic.index(), part), self.end(topic, part)?);
                    Ok(())
                })
            });
            if let Err(error) = asked {
                tracing::error!(%error, %topic, "how far it goes is not known; readers end where they are");
            }
        }
        ends
    }
}

/// A subscriber's own reading of its topics, from where they ended when it came.
struct Reader {
    hub: Arc<Hub>,
    client: BaseConsumer,
    /// Where the next message of each partition is.
    next: BTreeMap<(usize, i32), i64>,
}

impl Reader {
    fn open(hub: &Arc<Hub>, topics: &[Topic]) -> Result<Self, ClientError> {
        // It commits nothing, so the group is a name and no more.
        let group = GroupConfig::new(&format!("{}-bus", hub.config.client_id));
        let settings =
            hub.config.consumer(&group).map_err(|error| ClientError::ClientCreation(error.to_string()))?;
        let client: BaseConsumer = settings.create()?;
        let (mut list, mut next) = (TopicPartitionList::new(), BTreeMap::new());
        for topic in topics {
            for partition in hub.partitions(*topic)? {
                let end = hub.end(*topic, partition)?;
                list.add_partition_offset(&hub.config.topic(*topic), partition, Offset::Offset(end))?;
                next.insert((topic.index(), partition), end);
            }
        }
        client.assign(&list)?;
        Ok(Self { hub: Arc::clone(hub), client, next })
    }

    /// Until the subscriber leaves, or the bus is closed and all of it was read.
    fn run(mut self, mailbox: &Mailbox<Message>) {
        while !mailbox.is_left() {
            match self.client.poll(NAP) {
                None => {}
                Some(Err(error)) => tracing::warn!(%error, "a subscriber hears nothing for a while"),
                Some(Ok(record)) => {
                    if let Some(((topic, partition), delivered)) = read(&self.hub, &record) {
                        self.next.insert((topic.index(), partition), record.offset() + 1);
                        if let Some(delivered) = delivered {
                            mailbox.put(delivered);
                        }
                    }
                }
            }
            if self.is_at_the_end() {
                break;
            }
        }
        mailbox.close();
    }

    fn is_at_the_end(&self) -> bool {
        let Some(ends) = self.hub.ends.get() else { return false };
        self.next.iter().all(|(part, next)| ends.get(part).is_none_or(|end| next >= end))
    }
}

type Place = (Topic, i32);

/// What a record holds for a subscriber; nothing where it cannot be read, which is counted.
fn read(hub: &Hub, record: &BorrowedMessage<'_>) -> Option<(Place, Option<Delivered<Message>>)> {
    let topic = Topic::ALL.into_iter().find(|topic| hub.config.topic(*topic) == record.topic())?;
    let place = (topic, record.partition());
    match wire::decode(record.payload().unwrap_or_default(), &hub.directory) {
        Ok(message) => {
            let sequence = u64::try_from(record.offset() + 1).unwrap_or(0);
            Some((place, Some(Delivered { topic, sequence, message: Arc::new(message) })))
        }
        Err(error) => {
            tracing::error!(%error, %topic, offset = record.offset(), "a message cannot be read");
            hub.ledger.dropped(topic, 1);
            Some((place, None))
        }
    }
}

impl Subscription<Message> for KafkaSubscription {
    fn try_recv(&mut self) -> Received<Message> {
        self.0.take(Duration::ZERO)
    }

    fn recv_timeout(&mut self, limit: Duration) -> Received<Message> {
        self.0.take(limit)
    }

    fn counts(&self) -> SubscriptionCounts {
        self.0.counts()
    }
}

impl Drop for KafkaSubscription {
    fn drop(&mut self) {
        self.0.leave();
    }
}

/// Messages on their way from the client to the brokers.
#[derive(Default)]
struct Flights {
    begun: AtomicU64,
    landed: Mutex<u64>,
    told: Condvar,
}

impl Flights {
    fn begin(&self) {
        self.begun.fetch_add(1, Ordering::SeqCst);
    }

    fn end(&self) {
        *self.landed.lock().unwrap_or_else(PoisonError::into_inner) += 1;
        self.told.notify_all();
    }

    /// Whether as many have landed in time as had begun when this was called.
    fn wait(&self, limit: Duration) -> bool {
        let begun = self.begun.load(Ordering::SeqCst);
        let landed = self.landed.lock().unwrap_or_else(PoisonError::into_inner);
        let waited = self.told.wait_timeout_while(landed, limit, |landed| *landed < begun);
        *waited.unwrap_or_else(PoisonError::into_inner).0 >= begun
    }
}

/// Hears what becomes of each message.
struct Departures(Arc<Flights>);

impl ClientContext for Departures {
    fn log(&self, level: RDKafkaLogLevel, facility: &str, message: &str) {
        client::log(level, facility, message);
    }

    fn error(&self, error: ClientError, reason: &str) {
        client::error(&error, reason);
    }
}

impl ProducerContext for Departures {
    type DeliveryOpaque = ();

    fn delivery(&self, result: &DeliveryResult<'_>, (): ()) {
        match result {
            Ok(_) => metrics::counter!(crate::names::KAFKA_DELIVERED).increment(1),
            Err((error, record)) => {
                tracing::error!(%error, topic = record.topic(), "a message of the bus is lost");
                metrics::counter!(crate::names::KAFKA_FAILED).increment(1);
            }
        }
        self.0.end();
    }
}
