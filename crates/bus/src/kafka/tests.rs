//! Against brokers of a process of its own, and against a real Kafka where `KAFKA_BOOTSTRAP_SERVERS` names one.

mod burying;
mod consuming;
mod contract;
mod describing;
mod errors;
mod ledger;
mod members;
mod outages;
mod producing;

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use domain::{InstrumentId, MarketEvent, Price, Quantity, Timestamp, Trade};
use servers::kafka::{Brokers, test_words};

use super::{Consumer, GroupConfig, Incoming, KafkaConfig, Polled, Producer, Shipment};
use crate::wire::{self, Directory};
use crate::{Message, Topic};

/// How long what must come may take.
const PATIENCE: Duration = Duration::from_secs(30);

/// The brokers of the other tests, in a process that they start; nothing where nobody asks for them.
#[test]
fn brokers() {
    servers::kafka::host();
}

/// Brokers of one's own, and how they are reached.
pub(super) fn own() -> (Brokers, KafkaConfig) {
    let brokers = Brokers::start(&test_words("kafka::tests::brokers"), 1);
    let config = KafkaConfig::new(brokers.address());
    (brokers, config)
}

/// Our own brokers, and a real Kafka where one is named; each with topics that nobody else uses.
pub(super) fn everywhere(test: impl Fn(KafkaConfig)) {
    let (_brokers, config) = own();
    test(config);
    match std::env::var("KAFKA_BOOTSTRAP_SERVERS") {
        Ok(servers) => test(KafkaConfig { prefix: unused("test."), ..KafkaConfig::new(&servers) }),
        Err(_) => eprintln!("SKIPPED on a real Kafka: KAFKA_BOOTSTRAP_SERVERS names none"),
    }
}

/// A name that no run had before.
pub(super) fn unused(word: &str) -> String {
    static COUNT: AtomicU64 = AtomicU64::new(0);
    let number = COUNT.fetch_add(1, Ordering::Relaxed);
    let folder = tempfile::Builder::new().rand_bytes(12).tempdir().unwrap();
    let chance = folder.path().file_name().unwrap().to_str().unwrap();
    format!("{word}{}-{number}.", chance.trim_start_matches('.'))
}

pub(super) fn group() -> GroupConfig {
    GroupConfig {
        session_timeout: Duration::from_secs(6),
        heartbeat: Duration::from_millis(200),
        ..GroupConfig::new(&unused("group-"))
    }
}

pub(super) fn directory() -> Directory {
    wire::tests::directory()
}

/// A trade with this number, of one of two instruments.
pub(super) fn trade(number: u64) -> Message {
    let time = Timestamp::from_millis(1_723_161_254_000 + i64::try_from(number).unwrap());
    Message::Market(MarketEvent::Trade(Trade {
        instrument: InstrumentId(u32::from(number.is_multiple_of(3))),
        id: number,
        price: Price::from_units(100),
        quantity: Quantity::from_units(1),
        aggressor: None,
        venue_time: time,
        receive_time: time,
    }))
}

pub(super) fn number(record: &Incoming) -> u64 {
    match wire::decode(&record.payload, &directory()) {
        Ok(Message::Market(MarketEvent::Trade(trade))) => trade.id,
        other => panic!("a trade was due: {other:?}"),
    }
}

pub(super) fn shipment(config: &KafkaConfig, numbers: std::ops::Range<u64>) -> Shipment {
    let mut shipment = Shipment::new(config);
    numbers.for_each(|number| shipment.push(&trade(number), &directory()).unwrap());
    shipment
}

pub(super) fn send(config: &KafkaConfig, numbers: std::ops::Range<u64>) {
    Producer::new(config).unwrap().deliver(&mut shipment(config, numbers)).unwrap();
}

pub(super) fn join(config: &KafkaConfig, group: &GroupConfig) -> Consumer {
    Consumer::join(config, group, &[config.topic(Topic::Trades)]).unwrap()
}

/// The next records that come; a pause of the brokers is waited out.
pub(super) fn records(consumer: &mut Consumer) -> Vec<Incoming> {
    for _ in 0..PATIENCE.as_millis() / 100 {
        match consumer.poll(Duration::from_millis(100)) {
            Ok(Polled::Records(records)) if records.is_empty() => {}
            Ok(Polled::Records(records)) => return records,
            Ok(Polled::Revoking) => consumer.give_up().unwrap(),
            Err(error) => eprintln!("the brokers said: {error}"),
        }
    }
    panic!("records were due");
}

/// As many records as asked for, acknowledged as they come.
pub(super) fn read(consumer: &mut Consumer, count: usize) -> Vec<Incoming> {
    let mut read = Vec::new();
    while read.len() < count {
        let records = records(consumer);
        records.iter().for_each(|record| consumer.acknowledge(&record.position));
        read.extend(records);
    }
    read
}

/// Nothing comes, although there is time for it.
pub(super) fn expect_nothing(consumer: &mut Consumer) {
    for _ in 0..5 {
        let polled = consumer.poll(Duration::from_millis(100)).unwrap();
        assert_eq!(polled, Polled::Records(Vec::new()));
    }
}

pub(super) fn sorted(records: &[Incoming]) -> Vec<u64> {
    let mut numbers: Vec<u64> = records.iter().map(number).collect();
    numbers.sort_unstable();
    numbers
}
