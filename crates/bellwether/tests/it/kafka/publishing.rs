//! What the platform sees goes to the topics of Kafka, and from there into another database.

use std::collections::BTreeMap;
use std::time::Duration;

use bus::Topic;
use bus::kafka::{Consumer, GroupConfig, KafkaConfig, Polled, described};
use bus::wire::{Directory, decode};
use domain::{InstrumentId, Instruments};
use servers::kafka::{Brokers, test_words};

use crate::it::program::{Ran, bellwether};
use crate::it::running::{Running, within};

const TOPICS: [Topic; 3] = [Topic::Trades, Topic::Quotes, Topic::Bars];

#[test]
fn what_the_platform_sees_can_be_read_and_stored_elsewhere() {
    let mut brokers = Brokers::start(&test_words("it::kafka::brokers"), 1);
    let config = KafkaConfig::new(brokers.address());
    let folder = tempfile::tempdir().unwrap();
    let servers = format!("kafka.bootstrap_servers={}", brokers.address());
    let running = Running::start(folder.path(), &["--set", &servers, "--set", "synthetic.warm_up_minutes=1"]);
    let component = |running: &Running| {
        let health = running.get("/operations/health").good();
        let components = health["components"].as_array().unwrap().clone();
        components.into_iter().find(|component| component["name"] == "export:kafka").unwrap()
    };
    within(60, "messages are delivered", || (component(&running)["status"] == "healthy").then_some(()));
    let seen = read(&config);
    assert!(TOPICS.iter().all(|topic| seen[&config.topic(*topic)] > 0), "{seen:?}");
    brokers.down(1);
    within(60, "that they are not is told", || (component(&running)["status"] == "unhealthy").then_some(()));
    brokers.up(1);
    within(60, "they are again", || (component(&running)["status"] == "healthy").then_some(()));
    let (ended, said) = running.terminate();
    assert!(ended.code() == Some(0) && said.contains("Stopped."), "{ended:?}: {said}");
    let elsewhere = tempfile::tempdir().unwrap();
    let stored: Ran = bellwether(elsewhere.path(), &["consume", "--until-read", "--json", "--set", &servers])
        .output()
        .unwrap()
        .into();
    assert_eq!(stored.code, Some(0), "{stored:?}");
    let rows = |report: &serde_json::Value| report["new_rows"].as_u64().unwrap();
    assert!(rows(&stored.json()) > 100, "{stored:?}");
}

/// How many messages each topic has within a few seconds, all of which can be read by somebody who only knows what was
/// described.
fn read(config: &KafkaConfig) -> BTreeMap<String, usize> {
    let mut known = Instruments::default();
    for instrument in described(config, Duration::from_secs(10)).unwrap() {
        assert_eq!(instrument.id, InstrumentId(u32::MAX));
        known.list(instrument).unwrap();
    }
    let directory = Directory::new(&known).unwrap();
    let topics = TOPICS.map(|topic| config.topic(topic));
    let mut consumer = Consumer::join(config, &GroupConfig::new("reader"), &topics).unwrap();
    let mut seen: BTreeMap<String, usize> = topics.iter().map(|topic| (topic.clone(), 0)).collect();
    for _ in 0..600 {
        if let Ok(Polled::Records(records)) = consumer.poll(Duration::from_millis(100)) {
            for record in records {
                decode(&record.payload, &directory).unwrap();
                *seen.get_mut(record.position.topic.as_ref()).unwrap() += 1;
            }
        }
        if seen.values().all(|count| *count > 0) {
            break;
        }
    }
    seen
}
