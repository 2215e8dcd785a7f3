//! What the node looks at to know how it does: its own work that must flow, and everybody it depends on.

use std::fmt::Display;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use anyhow::Result;
use resilience::breaker::State;
use resilience::health::{Component, Health, HealthConfig, Importance, Observation, Status};
use resilience::{Policy, SeededChance, SystemClock as Monotonic};
use store::{Redis, RedisConfig, Store};

use super::accounts::{Account, Condition};
use super::brokers;
use super::exporting::ExportHealth;
use super::overview::Watch;
use super::policies::{Party, Policies};
use crate::clock::SystemClock;
use crate::config::{Config, Flaw};

mod disk;

/// Checks that only look at memory cost nothing, so they are made often.
const OFTEN: Duration = Duration::from_secs(1);

/// The market is late when nothing came for this long, and silent after the second.
const MARKET_LATE_AFTER: Duration = Duration::from_secs(5);
const MARKET_SILENT_AFTER: Duration = Duration::from_secs(10);

/// Of a busy market something goes out all the time.
const EXPORT_LATE_AFTER: Duration = Duration::from_secs(15);

/// A cell that has not shown itself for so long hangs.
const CELL_HANGS_AFTER: Duration = Duration::from_secs(30);

pub(super) fn health(config: &Config, start_within: Duration) -> Health {
    let wall = Arc::new(|| engine::Clock::now(&SystemClock).millis());
    let health = HealthConfig { start_within, ..HealthConfig::default() };
    // Only spreads the first checks, so it need not differ from start to start.
    let chance = Arc::new(SeededChance::new(config.synthetic.seed));
    Health::new(health, Arc::new(Monotonic::new()), chance, wall)
}

/// A component with the configured pace.
fn remote(config: &Config, name: &str, about: &str, importance: Importance) -> Component {
    Component {
        interval: Duration::from_millis(config.health.interval_ms),
        interval_when_unwell: Duration::from_millis(config.health.interval_when_unwell_ms),
        timeout: Duration::from_millis(config.health.timeout_ms),
        ..Component::new(name, about, importance)
    }
}

fn local(name: &str, about: &str, importance: Importance) -> Component {
    Component { interval: OFTEN, interval_when_unwell: OFTEN, ..Component::new(name, about, importance) }
}

/// The database: written and undone, so that a locked, full or vanished one is seen. When it is well again the
/// breaker before it need not wait.
pub(super) fn database(health: &Health, config: &Config, store: &Store, policies: &Policies) -> Result<()> {
    let (store, policy) = (store.clone(), policies.of(Party::Database)?);
    let within = Duration::from_millis(config.health.timeout_ms);
    let component = Component {
        gates_readiness: true,
        advice: "Look at the room on the disk and at the rights of the file; `bellwether doctor` names what is wrong. \
                 The journals keep every fact meanwhile, and the tables catch up by themselves."
            .to_owned(),
        ..remote(config, "database", "keeps rows for pages and reports", Importance::Required)
    };
    health.register(component, move || {
        let (store, policy) = (store.clone(), policy.clone());
        async move {
            let pinged = tokio::task::spawn_blocking(move || store.ping(within)).await;
            match pinged {
                Ok(Ok(())) => {
                    if policy.state() != State::Closed && !is_held(&policy) {
                        policy.reset();
                    }
                    Observation::healthy("takes and undoes a write")
                }
                Ok(Err(error)) => Observation::unhealthy(error.to_string()),
                Err(ended) => Observation::unhealthy(format!("the check ended: {ended}")),
            }
        }
    })?;
    Ok(())
}

/// Whether an operator holds the breaker open.
fn is_held(policy: &Policy) -> bool {
    policy.breaker().is_some_and(|breaker| breaker.snapshot().is_held)
}

/// Rows must arrive in the database, not only leave here.
pub(super) fn storing(health: &Health, watch: &Arc<Watch>) -> Result<()> {
    let component = Component {
        depends_on: vec!["database".to_owned()],
        advice: "If the database is well, more comes in than the machine can store: look at the disk's load and at \
                 `pipeline.batch_size`. What could not be stored is counted as dropped."
            .to_owned(),
        ..local("storing", "writes market data and what accounts did", Importance::Supporting)
    };
    let watch = Arc::clone(watch);
    health.register(component, move || std::future::ready(watch.storing()))?;
    Ok(())
}

/// Market data must come.
pub(super) fn feed(health: &Health, watch: &Arc<Watch>, name: &str) -> Result<()> {
    let component = Component {
        gates_readiness: true,
        advice: "Accounts take no new risk while it is silent. Look at the log for why it ended; if it does not come \
                 back by itself, restart the program."
            .to_owned(),
        ..local(&format!("feed:{name}"), "market data comes in", Importance::Required)
    };
    let watch = Arc::clone(watch);
    health.register(component, move || {
        std::future::ready(watch.feed(MARKET_LATE_AFTER, MARKET_SILENT_AFTER))
    })?;
    Ok(())
}

/// An account's cell must run. Its name is its tenant's, and nobody else's to see.
pub(super) fn account(health: &Health, account: &Arc<Account>) -> Result<()> {
    let name = format!("account:{}", account.identity.account);
    let about = format!("trades for {}", account.identity.profile.name);
    let component = Component {
        is_public: false,
        advice:
            "It is rebuilt from its journal by itself, with growing pauses. If it stops again for the same \
                 reason, mend that first; its orders and positions are in the journal."
                .to_owned(),
        ..local(&name, &about, Importance::Supporting)
    };
    let account = Arc::clone(account);
    health.register(component, move || std::future::ready(cell(&account)))?;
    Ok(())
}

fn cell(account: &Account) -> Observation {
    match account.condition() {
        Condition::Starting => Observation::degraded("starting"),
        Condition::Stopped(reason) => Observation::unhealthy(reason),
        Condition::Running => {
            let age = account.age();
            let status = if age > CELL_HANGS_AFTER { Status::Unhealthy } else { Status::Healthy };
            Observation::new(
                status,
                format!("{}; showed itself {} ms ago", account.identity.profile.strategy, age.as_millis()),
            )
        }
    }
}

/// Journals and database need room.
pub(super) fn disk(health: &Health, config: &Config, folder: PathBuf) -> Result<()> {
    let component = Component {
        advice: "Free space: old log files and exports first, never journals. Without room nothing can be \
                 journalled, and accounts stop."
            .to_owned(),
        ..remote(config, "disk", "room for journals, database and logs", Importance::Supporting)
    };
    health.register(component, move || std::future::ready(disk::room(&folder)))?;
    Ok(())
}

/// Redis, where one is configured: its own answer to PING.
pub(super) fn redis(health: &Health, config: &Config, policies: &Policies) -> Result<()> {
    if config.redis_url.is_empty() {
        return Ok(());
    }
    let policy = policies.of(Party::Redis)?;
    let party = Arc::new(Redis::new(config.redis_url.reveal(), &redis_config(config))?);
    let component = Component {
        gates_readiness: true,
        advice: "Start the server, or mend `redis_url` and restart the program. This node is not ready meanwhile; \
                 its accounts go on trading."
            .to_owned(),
        ..remote(config, "redis", "shared cache, limits and latest values", Importance::Required)
    };
    health.register(component, move || {
        let (policy, party) = (policy.clone(), Arc::clone(&party));
        async move {
            let answered = policy.probe(|_| party.ping()).await;
            seen(&answered, "answers PING")
        }
    })?;
    Ok(())
}

/// What is wrong with the address of Redis, unless it is still to be fetched.
pub(crate) fn check_redis(config: &Config) -> Vec<Flaw> {
    let url = config.redis_url.reveal();
    if !url.starts_with("redis") {
        return Vec::new();
    }
    let allowed = "redis://[user:password@]host:port[/number]";
    let flaw = |_| Flaw::new("", "redis_url", "", "is no address of Redis (not shown)", allowed);
    Redis::check(url).err().map(flaw).into_iter().collect()
}

pub(super) fn redis_config(config: &Config) -> RedisConfig {
    let redis = &config.redis;
    RedisConfig {
        connect_timeout: Duration::from_millis(redis.connect_timeout_ms),
        command_timeout: Duration::from_millis(redis.command_timeout_ms),
        keepalive: Duration::from_millis(redis.keepalive_ms),
    }
}

/// Kafka, where brokers are configured: whether one answers.
pub(super) fn kafka(health: &Health, config: &Config, policies: &Policies) -> Result<()> {
    let named = config.kafka.bootstrap_servers.split(',').map(|broker| broker.trim().to_owned());
    let brokers: Arc<Vec<String>> = Arc::new(named.filter(|broker| !broker.is_empty()).collect());
    if brokers.is_empty() {
        return Ok(());
    }
    let policy = policies.of(Party::Kafka)?;
    let within = Duration::from_millis(config.http.connect_timeout_ms);
    let component = Component {
        advice: "Start the brokers, or mend `kafka.bootstrap_servers` and restart the program.".to_owned(),
        ..remote(config, "kafka", "brokers of messages between nodes", Importance::Supporting)
    };
    health.register(component, move || {
        let (policy, brokers) = (policy.clone(), Arc::clone(&brokers));
        async move {
            let reached = policy.probe(|_| brokers::reach(&brokers, within)).await;
            seen(&reached, "a broker answers")
        }
    })?;
    Ok(())
}

/// What goes out must be taken there, not only reach somebody.
pub(super) fn export(health: &Health, name: &str, exported: &Arc<ExportHealth>) -> Result<()> {
    let component = Component {
        advice: "Look at the log for why messages are refused: rights, a topic that is not there, too few replicas in \
                 sync. Meanwhile the oldest batches that wait are dropped and counted; nothing else waits for them."
            .to_owned(),
        ..local(&format!("export:{name}"), "market data goes out", Importance::Supporting)
    };
    let exported = Arc::clone(exported);
    health.register(component, move || std::future::ready(exported.observe(EXPORT_LATE_AFTER)))?;
    Ok(())
}

fn seen<E: Display>(answered: &Result<(), E>, words: &str) -> Observation {
    match answered {
        Ok(()) => Observation::healthy(words),
        Err(error) => Observation::unhealthy(error.to_string()),
    }
}
