//! Kafka as the node uses it: market data out to its topics, and from its topics into the store.

mod intake;
mod naming;
mod outlet;

use std::sync::Arc;
use std::time::Duration;

use anyhow::Result;
use bus::Topic;
use bus::kafka::{Consumer, DeadLetters, GroupConfig, KafkaConfig};
use tokio::runtime::Handle;

use super::exporting::{ExportHealth, Exporting};
use super::policies::{Party, Policies};
use super::{Guard, open_store};
use crate::config::Config;
use crate::exit::Refused;
use domain::Instruments;
use intake::Parts;
pub(crate) use intake::{Intake, Taken};
use outlet::Outlet;
use pipeline::Ledger;

/// The topics that are stored.
const STORED: [Topic; 4] = [Topic::Trades, Topic::Quotes, Topic::Bars, Topic::Spreads];

/// How the brokers are reached.
pub(crate) fn brokers(config: &Config) -> Result<KafkaConfig> {
    let kafka = &config.kafka;
    if kafka.bootstrap_servers.is_empty() {
        return Err(Refused::usage(
            "no Kafka is named: set KAFKA_BOOTSTRAP_SERVERS, or `kafka.bootstrap_servers`, to host:port",
        )
        .into());
    }
    Ok(KafkaConfig {
        prefix: kafka.topic_prefix.clone(),
        delivery_timeout: Duration::from_millis(kafka.delivery_timeout_ms),
        ..KafkaConfig::new(&kafka.bootstrap_servers)
    })
}

fn group(config: &Config) -> GroupConfig {
    let kafka = &config.kafka;
    GroupConfig {
        max_poll_records: kafka.max_poll_records,
        session_timeout: Duration::from_millis(kafka.session_timeout_ms),
        heartbeat: Duration::from_millis(kafka.heartbeat_ms),
        ..GroupConfig::new(&kafka.group)
    }
}

/// A member of the group that stores what comes.
pub(crate) fn intake(config: &Config, policies: &Policies, runtime: &Handle) -> Result<Intake> {
    let (brokers, group) = (brokers(config)?, group(config));
    let topics: Vec<String> = STORED.iter().map(|topic| brokers.topic(*topic)).collect();
    Intake::new(Parts {
        consumer: Consumer::join(&brokers, &group, &topics)?,
        letters: DeadLetters::new(&brokers)?,
        market: open_store(config)?.market(),
        database: Guard::new(policies.of(Party::Database)?, runtime.clone()),
        consuming: Guard::new(policies.of(Party::KafkaConsume)?, runtime.clone()),
        burying: Guard::new(policies.of(Party::KafkaProduce)?, runtime.clone()),
        limits: super::storing::limits(&config.pipeline),
        brokers,
    })
}

/// Puts the node's market data on the topics.
pub(super) fn exporting(
    config: &Config,
    policies: &Policies,
    runtime: &Handle,
    instruments: &Instruments,
    health: &Arc<ExportHealth>,
    letters: Arc<dyn pipeline::DeadLetters>,
    ledger: Ledger,
) -> Result<Exporting> {
    let guard = Guard::new(policies.of(Party::KafkaProduce)?, runtime.clone());
    let outlet = Outlet::new(&brokers(config)?, instruments.clone(), guard, Arc::clone(health))?;
    Exporting::start("kafka", config, Box::new(outlet), letters, ledger)
}
