//! How fast trades become durable messages by way of a sink's thread, against the same bytes handed to the client of
//! Kafka with nothing of ours around it: on the same brokers, in a process of their own, in turns.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use anyhow::{Context, Result, ensure};
use bus::kafka::{KafkaConfig, Producer, Shipment};
use bus::wire::{self, Directory};
use bus::{Message, Topic};
use domain::{MarketEvent, Timestamp, Trade};
use pipeline::{
    Account, BatchLimits, Delivery, Ledger, MemoryDeadLetters, Sink, SinkConfig, SinkError, SinkItem,
    SinkLanes,
};
use rdkafka::ClientContext;
use rdkafka::config::ClientConfig;
use rdkafka::message::DeliveryResult;
use rdkafka::producer::{BaseRecord, ProducerContext, ThreadedProducer};
use servers::kafka::Brokers;

use crate::harness::{Side, Table};
use crate::sink::{instruments, trade};

/// Within what the brokers keep of four partitions.
const MESSAGES: u32 = 200_000;

/// The word by which this program becomes the brokers.
pub(crate) const HOST: &str = "kafka-brokers";

pub(crate) fn run(table: &mut Table) -> Result<()> {
    let brokers = Brokers::start(&[HOST], 1);
    let config = KafkaConfig::new(brokers.address());
    let directory = Arc::new(Directory::new(&instruments()?)?);
    let trades: Vec<Trade> = (0..MESSAGES).map(trade).collect();
    let bytes = encoded(&trades, &directory)?;
    for in_batch in [500, 5_000, 20_000] {
        table.compare(
            &format!("trades → Kafka, {in_batch} a commit"),
            (Side { name: "sink worker, wire format", units: trades.len() }, &mut || {
                succeed(deliver(&config, &directory, &trades, in_batch))
            }),
            (Side { name: "bare producer, bytes at hand, one flush", units: bytes.len() }, &mut || {
                succeed(send_bare(brokers.address(), &bytes))
            }),
            "floor 0.80",
        );
    }
    Ok(())
}

fn succeed(result: Result<()>) {
    result.unwrap_or_else(|error| panic!("the benchmark's own run failed: {error:#}"));
}

fn message(trade: Trade) -> Message {
    Message::Market(MarketEvent::Trade(trade))
}

/// Key and value of each.
fn encoded(trades: &[Trade], directory: &Directory) -> Result<Vec<(String, Vec<u8>)>> {
    let one = |trade: &Trade| -> Result<(String, Vec<u8>)> {
        let mut bytes = Vec::new();
        wire::encode(&message(*trade), directory, &mut bytes)?;
        Ok((directory.key_of(trade.instrument).context("a known instrument")?.to_owned(), bytes))
    };
    trades.iter().map(one).collect()
}

struct KafkaSink {
    producer: Producer,
    shipment: Shipment,
    directory: Arc<Directory>,
}

impl Sink for KafkaSink {
    fn commit(&mut self, batch: &[SinkItem]) -> Result<(), SinkError> {
        let fail = |reason: String| SinkError::refused(reason);
        self.shipment.clear();
        for item in batch {
            let SinkItem::Trade(trade) = item else { continue };
            self.shipment.push(&message(*trade), &self.directory).map_err(|error| fail(error.to_string()))?;
        }
        self.producer.deliver(&mut self.shipment).map_err(|error| fail(error.to_string()))
    }
}

fn deliver(
    config: &KafkaConfig,
    directory: &Arc<Directory>,
    trades: &[Trade],
    in_batch: usize,
) -> Result<()> {
    let (producer, shipment) = (Producer::new(config)?, Shipment::new(config));
    let sink = Box::new(KafkaSink { producer, shipment, directory: Arc::clone(directory) });
    let (ledger, account) = (Ledger::new(1), Account::new("bench"));
    let letters = Arc::new(MemoryDeadLetters::new(1));
    let delivery = Delivery::new(letters, Arc::new(|| Timestamp::EPOCH), ledger, account);
    let limits = BatchLimits { items_max: in_batch, bytes_max: usize::MAX, ..BatchLimits::default() };
    let mut lanes =
        SinkLanes::start(&SinkConfig { limits, ..SinkConfig::new("bench") }, vec![sink], delivery)?;
    for trade in trades {
        lanes.take(SinkItem::Trade(*trade), None, Timestamp::EPOCH);
    }
    let report = lanes.drain();
    ensure!(report.items.delivered == trades.len() as u64, "not all was delivered: {report:?}");
    Ok(())
}

/// Counts the reports and nothing else.
#[derive(Default)]
struct Count(Arc<AtomicUsize>);

impl ClientContext for Count {}

impl ProducerContext for Count {
    type DeliveryOpaque = ();

    fn delivery(&self, result: &DeliveryResult<'_>, (): ()) {
        if result.is_ok() {
            self.0.fetch_add(1, Ordering::Relaxed);
        }
    }
}

/// With the settings of ours.
fn send_bare(brokers: &str, bytes: &[(String, Vec<u8>)]) -> Result<()> {
    let delivered = Arc::new(AtomicUsize::new(0));
    let producer: ThreadedProducer<Count> = ClientConfig::new()
        .set("bootstrap.servers", brokers)
        .set("enable.idempotence", "true")
        .set("acks", "all")
        .set("linger.ms", "1")
        .set("compression.type", "lz4")
        .create_with_context(Count(Arc::clone(&delivered)))?;
    let topic = Topic::Trades.name();
    for (key, payload) in bytes {
        let mut record = BaseRecord::to(topic).key(key).payload(payload);
        while let Err((_, again)) = producer.send(record) {
            std::thread::sleep(Duration::from_millis(1));
            record = again;
        }
    }
    while delivered.load(Ordering::Relaxed) < bytes.len() {
        std::thread::sleep(Duration::from_micros(200));
    }
    Ok(())
}
