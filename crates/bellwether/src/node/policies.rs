//! How every dependency is called: one policy each, made of the configuration, listed, watched and changed live.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use anyhow::{Context, Result};
use api::model::operations::BreakerHold;
use resilience::breaker::BreakerConfig;
use resilience::bulkhead::BulkheadConfig;
use resilience::policy::TimeoutConfig;
use resilience::registry::{Idle, PolicyKey, Registry, RegistryFull};
use resilience::retry::RetryConfig;
use resilience::{Policy, PolicyConfig, Surroundings};
use serde_json::Value;

use crate::config::{Config, Flaw};

/// Between two tries of a command to Redis.
const REDIS_RETRY_AFTER: Duration = Duration::from_millis(50);
const REDIS_RETRY_AFTER_MAX: Duration = Duration::from_secs(1);

/// Policies that may be kept at once.
const POLICIES_MAX: usize = 1_000;

/// Somebody the program depends on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Party {
    Database,
    Redis,
    Kafka,
    KafkaProduce,
    KafkaConsume,
    Vault,
    Aws,
    Webhook,
    Email,
    Traces,
    Binance,
}

impl Party {
    pub(crate) const ALL: [Self; 11] = [
        Self::Database,
        Self::Redis,
        Self::Kafka,
        Self::KafkaProduce,
        Self::KafkaConsume,
        Self::Vault,
        Self::Aws,
        Self::Webhook,
        Self::Email,
        Self::Traces,
        Self::Binance,
    ];

    /// The name in configuration, metrics and pages.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Database => "database.rows",
            Self::Redis => "redis.commands",
            Self::Kafka => "kafka.brokers",
            Self::KafkaProduce => "kafka.produce",
            Self::KafkaConsume => "kafka.consume",
            Self::Vault => "vault.secrets",
            Self::Aws => "aws.secrets",
            Self::Webhook => "alerts.webhook",
            Self::Email => "alerts.email",
            Self::Traces => "otlp.spans",
            Self::Binance => "binance.snapshots",
        }
    }

    const fn about(self) -> &'static str {
        match self {
            Self::Database => "reads and writes of rows; the journals do not depend on it",
            Self::Redis => "commands to the Redis server",
            Self::Kafka => "whether the Kafka brokers answer",
            Self::KafkaProduce => "batches and dead letters to Kafka; while it is open they wait",
            Self::KafkaConsume => "records from Kafka and their offsets; nothing moves while it is open",
            Self::Vault => "secrets from HashiCorp Vault",
            Self::Aws => "secrets from AWS Secrets Manager",
            Self::Webhook => "notices of alerts to the webhook",
            Self::Email => "notices of alerts to the mail server",
            Self::Traces => {
                "spans of traces to their collector; while it is open they are dropped and counted"
            }
            Self::Binance => "snapshots of order books from Binance, without which a lost book stays lost",
        }
    }

    /// Services of one's own come back sooner than the world outside.
    const fn is_internal(self) -> bool {
        !matches!(self, Self::Vault | Self::Aws | Self::Webhook | Self::Email | Self::Binance)
    }

    /// Writes to the database have their own queue, which tries again; a second loop inside would only hide that.
    /// Spans that come meanwhile are worth more than those that did not arrive. The client of Kafka tries by itself.
    const fn is_retried(self) -> bool {
        !matches!(self, Self::Database | Self::KafkaProduce | Self::KafkaConsume | Self::Traces)
    }

    fn key(self) -> PolicyKey {
        let (provider, operation) = self.name().split_once('.').unwrap_or((self.name(), ""));
        PolicyKey::shared(provider, operation)
    }
}

/// Kept for as long as the node runs.
struct Kept(Policy);

impl Idle for Kept {
    fn is_idle(&self) -> bool {
        false
    }
}

/// Every policy of the node.
pub(crate) struct Policies {
    registry: Registry<Kept>,
    surroundings: Surroundings,
    config: Mutex<Config>,
    holds: Mutex<BTreeMap<String, BreakerHold>>,
}

impl Policies {
    pub(crate) fn new(config: &Config) -> Self {
        Self {
            registry: Registry::new("policies", POLICIES_MAX),
            surroundings: Surroundings::system(),
            config: Mutex::new(config.clone()),
            holds: Mutex::default(),
        }
    }

    /// The policy around calls to the party, made when it is first asked for.
    pub(crate) fn of(&self, party: Party) -> Result<Policy> {
        let made = self.registry.get_or_try_insert_with(&party.key(), || -> Result<Kept, Refusal> {
            let config = policy_config(&self.config.lock().unwrap_or_else(PoisonError::into_inner), party)?;
            let policy = Policy::new(party.name(), &config, self.surroundings.clone());
            Ok(Kept(policy.map_err(|faults| Refusal(faults.to_string()))?))
        });
        Ok(made?.0.clone())
    }

    pub(crate) fn find(&self, name: &str) -> Option<Policy> {
        let party = Party::ALL.into_iter().find(|party| party.name() == name)?;
        self.registry.get(&party.key()).map(|kept| kept.0.clone())
    }

    /// Notes who holds the breaker open and why, or that nobody does any more.
    pub(crate) fn note_hold(&self, name: &str, hold: Option<BreakerHold>) {
        let mut holds = self.holds.lock().unwrap_or_else(PoisonError::into_inner);
        match hold {
            Some(hold) => drop(holds.insert(name.to_owned(), hold)),
            None => drop(holds.remove(name)),
        }
    }

    pub(crate) fn hold(&self, name: &str) -> Option<BreakerHold> {
        self.holds.lock().unwrap_or_else(PoisonError::into_inner).get(name).cloned()
    }

    /// Every policy in use, with what it is for.
    pub(crate) fn list(&self) -> Vec<(Policy, &'static str)> {
        let known = Party::ALL.into_iter();
        known.filter_map(|party| Some((self.registry.get(&party.key())?.0.clone(), party.about()))).collect()
    }

    /// Takes other figures over. All were checked before, so that none is left half changed.
    pub(crate) fn reconfigure(&self, config: &Config) -> Result<()> {
        *self.config.lock().unwrap_or_else(PoisonError::into_inner) = config.clone();
        for party in Party::ALL {
            if let Some(kept) = self.registry.get(&party.key()) {
                kept.0.reconfigure(&policy_config(config, party)?).context(party.name())?;
            }
        }
        Ok(())
    }

    /// Writes what is counted to the metrics.
    pub(crate) fn export_metrics(&self) {
        self.registry.export_metrics();
        for (policy, _) in self.list() {
            policy.export_metrics();
        }
    }
}

/// Why there is no policy.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub(crate) struct Refusal(String);

impl From<RegistryFull> for Refusal {
    fn from(full: RegistryFull) -> Self {
        Self(full.to_string())
    }
}

/// What is wrong with the policies that the configuration names.
pub(crate) fn check(config: &Config) -> Vec<Flaw> {
    let known = Party::ALL.map(Party::name);
    let unknown = config.policies.keys().filter(|name| !known.contains(&name.as_str()));
    let mut flaws: Vec<Flaw> = unknown
        .map(|name| {
            Flaw::new(
                "policies",
                name,
                "",
                "names nothing that has a policy",
                format!("one of {}", known.join(", ")),
            )
        })
        .collect();
    for party in Party::ALL.into_iter().filter(|party| config.policies.contains_key(party.name())) {
        if let Err(Refusal(fault)) = policy_config(config, party) {
            flaws.push(Flaw::new("policies", party.name(), "", fault, ""));
        }
    }
    flaws
}

/// What the configuration says of the party: its own settings over those for all.
fn policy_config(config: &Config, party: Party) -> Result<PolicyConfig, Refusal> {
    let mut value = serde_json::to_value(usual(config, party)).map_err(|error| Refusal(error.to_string()))?;
    if let Some(own) = config.policies.get(party.name()) {
        lay(&mut value, own);
    }
    let policy: PolicyConfig = serde_json::from_value(value).map_err(|error| Refusal(error.to_string()))?;
    policy.check().map_err(|faults| Refusal(faults.to_string()))?;
    Ok(policy)
}

fn usual(config: &Config, party: Party) -> PolicyConfig {
    let (resilience, http) = (&config.resilience, &config.http);
    let open_for = if party.is_internal() {
        resilience.circuit_breaker_internal_timeout_ms
    } else {
        resilience.circuit_breaker_timeout_ms
    };
    let breaker = BreakerConfig {
        consecutive_failures: resilience.circuit_breaker_failure_threshold,
        open_for: Duration::from_millis(open_for),
        successes_to_close: resilience.circuit_breaker_successes,
        ..BreakerConfig::default()
    };
    let retry = match party {
        // A server of one's own answers at once or not at all.
        Party::Redis => RetryConfig {
            tries_max: config.redis.max_retries.saturating_add(1),
            initial: REDIS_RETRY_AFTER,
            cap: REDIS_RETRY_AFTER_MAX,
            ..RetryConfig::default()
        },
        _ => RetryConfig {
            tries_max: resilience.retry_max_attempts,
            initial: Duration::from_millis(resilience.retry_initial_delay_ms),
            cap: Duration::from_millis(resilience.retry_max_delay_ms),
            ..RetryConfig::default()
        },
    };
    // The client bounds each part of an exchange; the policy must not cut it off before.
    let exchange =
        http.connect_timeout_ms.saturating_add(http.write_timeout_ms).saturating_add(http.read_timeout_ms);
    let at_once = u32::try_from(http.max_connections).unwrap_or(u32::MAX);
    PolicyConfig {
        timeout: TimeoutConfig {
            per_try: Some(Duration::from_millis(exchange)),
            whole: Some(Duration::from_millis(exchange.saturating_mul(2))),
        },
        bulkhead: Some(BulkheadConfig { at_once_max: at_once, ..BulkheadConfig::default() }),
        retry: (resilience.retry_enabled && party.is_retried()).then_some(retry),
        breaker: resilience.circuit_breaker_enabled.then_some(breaker),
        ..PolicyConfig::default()
    }
}

/// Lays `over` on `value`, map by map.
fn lay(value: &mut Value, over: &Value) {
    match (value, over) {
        (Value::Object(into), Value::Object(map)) => {
            for (key, inner) in map {
                lay(into.entry(key.clone()).or_insert(Value::Null), inner);
            }
        }
        (slot, other) => *slot = other.clone(),
    }
}
