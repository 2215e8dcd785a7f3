//! The typed configuration and its defaults. What each field does is said once, in the table of settings.

pub(crate) mod feeds;
pub(crate) mod guards;
pub(crate) mod market;
pub(crate) mod outside;
pub(crate) mod stores;
pub(crate) mod telling;
pub(crate) mod trading;

pub(crate) use feeds::{FeedSettings, MarketKind, StreamSettings};
pub(crate) use market::{Backpressure, Pipeline};
pub(crate) use telling::EmailTls;
pub(crate) use telling::LogFormat;
pub(crate) use trading::{Ladder, LadderRule, LadderStatus};

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use risk::Limits;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::flags::{Features, Flag};
use super::masked::Masked;
use feeds::Feeds;
use guards::{Health, Http, RateLimit, Resilience};
use market::Synthetic;
use outside::{Aws, Vault};
use stores::{Database, Kafka, Redis};
use telling::{Alerts, Log, Metrics, Tracing};
use trading::{Accounts, Trading};

#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Config {
    pub(crate) environment: String,
    pub(crate) app_version: String,
    pub(crate) data_dir: PathBuf,
    pub(crate) listen: String,
    pub(crate) secret_key: Masked,
    pub(crate) admin_username: String,
    pub(crate) admin_password: Masked,
    pub(crate) api_key: Masked,
    pub(crate) features: Features,
    pub(crate) flags: BTreeMap<String, Flag>,
    pub(crate) feeds: Feeds,
    pub(crate) synthetic: Synthetic,
    pub(crate) pipeline: Pipeline,
    pub(crate) trading: Trading,
    pub(crate) accounts: Accounts,
    pub(crate) limits: Limits,
    pub(crate) ladder: Ladder,
    pub(crate) resilience: Resilience,
    /// Each in the form of the crate that makes policies.
    pub(crate) policies: BTreeMap<String, Value>,
    pub(crate) health: Health,
    pub(crate) http: Http,
    pub(crate) rate_limit: RateLimit,
    pub(crate) database_url: Masked,
    pub(crate) database: Database,
    pub(crate) redis_url: Masked,
    pub(crate) redis: Redis,
    /// Where topics are beside this process; empty: on Kafka if one is named.
    pub(crate) bus_url: String,
    pub(crate) kafka: Kafka,
    pub(crate) log: Log,
    pub(crate) metrics: Metrics,
    pub(crate) tracing: Tracing,
    pub(crate) alerts: Alerts,
    pub(crate) vault: Vault,
    pub(crate) aws: Aws,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            environment: "development".to_owned(),
            app_version: env!("CARGO_PKG_VERSION").to_owned(),
            data_dir: PathBuf::from("./data"),
            listen: "127.0.0.1:8083".to_owned(),
            secret_key: Masked::default(),
            admin_username: "admin".to_owned(),
            admin_password: Masked::default(),
            api_key: Masked::default(),
            features: Features::default(),
            flags: BTreeMap::new(),
            feeds: Feeds::default(),
            synthetic: Synthetic::default(),
            pipeline: Pipeline::default(),
            trading: Trading::default(),
            accounts: Accounts::default(),
            limits: Limits::specified(),
            ladder: Ladder::default(),
            resilience: Resilience::default(),
            policies: BTreeMap::new(),
            health: Health::default(),
            http: Http::default(),
            rate_limit: RateLimit::default(),
            database_url: Masked::default(),
            database: Database::default(),
            redis_url: Masked::default(),
            redis: Redis::default(),
            bus_url: String::new(),
            kafka: Kafka::default(),
            log: Log::default(),
            metrics: Metrics::default(),
            tracing: Tracing::default(),
            alerts: Alerts::default(),
            vault: Vault::default(),
            aws: Aws::default(),
        }
    }
}

impl Config {
    /// Whether money may be at stake: then weak secrets and open doors are refused.
    pub(crate) fn is_production(&self) -> bool {
        matches!(self.environment.as_str(), "production" | "prod")
    }

    /// The address of a database server, given whole or made of its parts; `None` for an embedded file.
    pub(crate) fn database_server(&self) -> Option<Masked> {
        match self.database_url.reveal() {
            "" => self.database.url(),
            url if url.starts_with("sqlite:") => None,
            _ => Some(self.database_url.clone()),
        }
    }

    /// The embedded database file; `None` where a server is named.
    pub(crate) fn sqlite_path(&self) -> Option<PathBuf> {
        if self.database_server().is_some() {
            return None;
        }
        let named = self.database_url.reveal().strip_prefix("sqlite:");
        Some(named.map_or_else(
            || self.data_dir.join("bellwether.db"),
            |path| Path::new(path.strip_prefix("//").unwrap_or(path)).to_owned(),
        ))
    }

    /// Where accounts keep their journals, a folder each.
    pub(crate) fn journals(&self) -> PathBuf {
        self.data_dir.join("journals")
    }

    /// Whether market data goes to the topics of Kafka.
    pub(crate) fn is_exported_to_kafka(&self) -> bool {
        match self.bus_url.as_str() {
            "kafka:" => true,
            "" => cfg!(feature = "kafka") && !self.kafka.bootstrap_servers.is_empty(),
            _ => false,
        }
    }

    /// Where traces are sent.
    pub(crate) fn tracing_endpoint(&self) -> &str {
        match self.tracing.endpoint.reveal() {
            "" => Tracing::USUAL_ENDPOINT,
            endpoint => endpoint,
        }
    }

    /// What is logged: everything that helps to find faults while the feature for it is on.
    pub(crate) fn log_level(&self) -> &str {
        if self.features.debug { "debug" } else { &self.log.level }
    }

    /// Where log files are written.
    pub(crate) fn log_directory(&self) -> PathBuf {
        if self.log.directory.as_os_str().is_empty() {
            self.data_dir.join("logs")
        } else {
            self.log.directory.clone()
        }
    }
}

#[cfg(test)]
mod tests;
