use domain::{InstrumentId, MarketEvent, Timestamp};

use super::super::{KafkaBus, KafkaConfig};
use super::{directory, own, unused};
use crate::contract::{Cargo, check_all};
use crate::{Message, Topic};

fn cargo() -> Cargo<Message> {
    Cargo {
        make: |number| {
            let time = Timestamp::from_nanos(i64::try_from(number).unwrap());
            Message::Market(MarketEvent::Invalid { instrument: InstrumentId(0), time })
        },
        read: |message| match message {
            Message::Market(event) => u64::try_from(event.time().nanos()).unwrap(),
            Message::Order(_) | Message::Listed(_) => panic!("none was sent"),
        },
    }
}

#[test]
fn passes_the_contract() {
    let (brokers, config) = own();
    let brokers = std::sync::Mutex::new(brokers);
    check_all(
        || {
            let config = KafkaConfig { prefix: unused("bus."), ..config.clone() };
            let topics = Topic::ALL.map(|topic| config.topic(topic));
            topics.iter().for_each(|topic| brokers.lock().unwrap().topic(topic, 1));
            KafkaBus::new(&config, directory()).unwrap()
        },
        cargo(),
    );
}

#[test]
fn passes_the_contract_on_a_real_kafka() {
    let Ok(servers) = std::env::var("KAFKA_BOOTSTRAP_SERVERS") else {
        eprintln!("SKIPPED: KAFKA_BOOTSTRAP_SERVERS names no Kafka, whose topics would have one partition");
        return;
    };
    let config = |prefix| KafkaConfig { prefix, ..KafkaConfig::new(&servers) };
    check_all(|| KafkaBus::new(&config(unused("bus.")), directory()).unwrap(), cargo());
}
