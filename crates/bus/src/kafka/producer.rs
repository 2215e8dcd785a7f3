use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use metrics::{Counter, counter};
use rdkafka::ClientContext;
use rdkafka::config::RDKafkaLogLevel;
use rdkafka::error::KafkaError as ClientError;
use rdkafka::message::DeliveryResult;
use rdkafka::producer::{BaseRecord, Producer as _, ProducerContext, PurgeConfig, ThreadedProducer};
use rdkafka::types::RDKafkaErrorCode as Code;
use resilience::Kind;

use super::shipment::{Parcel, Shipment};
use super::{KafkaConfig, KafkaError, client};
use crate::names;

const DOING: &str = "sending to Kafka";

/// How much longer than a message may take a report of it is waited for.
const REPORTS_LATE_MAX: Duration = Duration::from_secs(5);

/// Between two looks for room in the client.
const ROOM_AFTER: Duration = Duration::from_millis(5);

/// Sends shipments, one at a time.
pub struct Producer {
    config: KafkaConfig,
    /// `None` after it has failed for good: the next shipment gets a new one.
    client: Option<ThreadedProducer<Reports>>,
    waits: Counter,
}

impl Producer {
    /// Does not wait for a broker.
    ///
    /// # Errors
    /// `Invalid` for what the configuration says.
    pub fn new(config: &KafkaConfig) -> Result<Self, KafkaError> {
        let client = Some(make(config)?);
        Ok(Self { config: config.clone(), client, waits: counter!(names::KAFKA_WAITS) })
    }

    /// Sends what of the shipment is not delivered yet, and returns when all of it is: written by every replica in
    /// sync. After an error the shipment knows what was delivered, so that it can be handed in again for the rest.
    /// Messages with one key are delivered in order unless one of them fails.
    ///
    /// # Errors
    /// What became of the first that was not delivered; [`Shipment::undelivered`] says how many there are.
    pub fn deliver(&mut self, shipment: &mut Shipment) -> Result<(), KafkaError> {
        let client = match self.client.take() {
            Some(client) => client,
            None => make(&self.config)?,
        };
        let reports = Arc::clone(&client.context().0);
        reports.begin(shipment.undelivered());
        for (place, parcel) in shipment.waiting() {
            self.send(&client, shipment, place, parcel);
        }
        let is_told = reports.wait(self.config.delivery_timeout + REPORTS_LATE_MAX);
        if !is_told {
            client.purge(PurgeConfig::default().queue().inflight());
        }
        let failure = reports.settle(shipment);
        if is_told && client.client().fatal_error().is_none() {
            self.client = Some(client);
        }
        match failure {
            None if shipment.undelivered() == 0 => Ok(()),
            Some(failure) => Err(failure),
            None => Err(KafkaError::new(Kind::TimedOut, DOING, "no word of some messages")),
        }
    }

    /// Hands one message to the client, and waits while it has no room.
    fn send(&self, client: &ThreadedProducer<Reports>, shipment: &Shipment, place: usize, parcel: &Parcel) {
        let mut record = BaseRecord::with_opaque_to(&parcel.topic, place)
            .key(shipment.key(parcel))
            .payload(shipment.payload(parcel));
        record.timestamp = parcel.time;
        record.headers.clone_from(&parcel.headers);
        let mut waited = Duration::ZERO;
        while let Err((refused, again)) = client.send(record) {
            let is_full = refused.rdkafka_error_code() == Some(Code::QueueFull);
            if !is_full || waited > self.config.delivery_timeout {
                client.context().0.fail(place, &refused);
                return;
            }
            self.waits.increment(1);
            client.context().0.rest(ROOM_AFTER);
            waited += ROOM_AFTER;
            record = again;
        }
    }
}

impl std::fmt::Debug for Producer {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("Producer").field("config", &self.config).finish_non_exhaustive()
    }
}

fn make(config: &KafkaConfig) -> Result<ThreadedProducer<Reports>, KafkaError> {
    let reports = Reports(Arc::new(Ledger::new()));
    config
        .producer()?
        .create_with_context(reports)
        .map_err(|error| KafkaError::of("starting a producer", &error))
}

/// What becomes of the messages of one shipment.
struct Ledger {
    round: Mutex<Round>,
    told: Condvar,
    delivered: Counter,
    failed: Counter,
}

#[derive(Default)]
struct Round {
    waiting: usize,
    delivered: Vec<usize>,
    failure: Option<KafkaError>,
}

impl Ledger {
    fn new() -> Self {
        let (delivered, failed) = (counter!(names::KAFKA_DELIVERED), counter!(names::KAFKA_FAILED));
        Self { round: Mutex::default(), told: Condvar::new(), delivered, failed }
    }

    fn begin(&self, waiting: usize) {
        let mut round = self.lock();
        round.waiting = waiting;
        round.delivered.clear();
        round.failure = None;
    }

    fn succeed(&self, place: usize) {
        let mut round = self.lock();
        round.delivered.push(place);
        self.tell(round);
    }

    fn fail(&self, place: usize, error: &ClientError) {
        let mut round = self.lock();
        tracing::debug!(place, %error, "a message was not delivered");
        round.failure.get_or_insert_with(|| KafkaError::of(DOING, error));
        self.failed.increment(1);
        self.tell(round);
    }

    fn tell(&self, mut round: MutexGuard<'_, Round>) {
        round.waiting = round.waiting.saturating_sub(1);
        let is_last = round.waiting == 0;
        drop(round);
        if is_last {
            self.told.notify_all();
        }
    }

    /// Whether there was word of every message.
    fn wait(&self, limit: Duration) -> bool {
        let waited = self.told.wait_timeout_while(self.lock(), limit, |round| round.waiting > 0);
        let (round, _) = waited.unwrap_or_else(PoisonError::into_inner);
        round.waiting == 0
    }

    /// For a moment, or until there was word of everything.
    fn rest(&self, limit: Duration) {
        self.wait(limit);
    }

    fn settle(&self, shipment: &mut Shipment) -> Option<KafkaError> {
        let mut round = self.lock();
        self.delivered.increment(u64::try_from(round.delivered.len()).unwrap_or(u64::MAX));
        round.delivered.drain(..).for_each(|place| shipment.deliver(place));
        round.failure.take()
    }

    /// A round is whole whenever the lock is free.
    fn lock(&self) -> MutexGuard<'_, Round> {
        self.round.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Hears what becomes of each message.
struct Reports(Arc<Ledger>);

impl ClientContext for Reports {
    fn log(&self, level: RDKafkaLogLevel, facility: &str, message: &str) {
        client::log(level, facility, message);
    }

    fn error(&self, error: ClientError, reason: &str) {
        client::error(&error, reason);
    }
}

impl ProducerContext for Reports {
    /// The message's place in its shipment.
    type DeliveryOpaque = usize;

    fn delivery(&self, result: &DeliveryResult<'_>, place: usize) {
        match result {
            Ok(_) => self.0.succeed(place),
            Err((error, _)) => self.0.fail(place, error),
        }
    }
}
