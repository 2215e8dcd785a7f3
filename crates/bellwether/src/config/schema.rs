//! The typed configuration and its defaults.

use std::path::PathBuf;

use domain::{Money, Rate};
use risk::Limits;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::origin_of;

#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Config {
    pub(crate) environment: String,
    /// Database, journals, snapshots and keys live here.
    pub(crate) data_dir: PathBuf,
    /// Address and port of API and page.
    pub(crate) listen: String,
    /// `sqlite:<path>`; empty: `bellwether.db` in the data folder.
    pub(crate) database_url: String,
    pub(crate) admin_username: String,
    /// Empty: a random one, shown once.
    pub(crate) admin_password: String,
    pub(crate) log: Log,
    pub(crate) synthetic: Synthetic,
    pub(crate) pipeline: Pipeline,
    pub(crate) accounts: Accounts,
    pub(crate) limits: Limits,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Log {
    pub(crate) level: String,
    pub(crate) format: LogFormat,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum LogFormat {
    Pretty,
    Json,
}

/// The market that needs no network.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Synthetic {
    pub(crate) seed: u64,
    /// How much past is made at the start, so that charts are not empty.
    pub(crate) warm_up_minutes: u32,
    pub(crate) messages_per_second: u32,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Pipeline {
    pub(crate) batch_size: usize,
    pub(crate) flush_ms: i64,
    pub(crate) max_bytes: usize,
    pub(crate) sink_queue_max: usize,
    pub(crate) drop_policy: String,
    /// Trades and quotes older than this are deleted while the platform runs; 0 keeps them for ever.
    pub(crate) keep_ticks_hours: u32,
    /// A venue silent for longer is marked stale.
    pub(crate) stale_after_ms: i64,
    /// Spreads below this net rate are not reported.
    pub(crate) spread_min_net_rate: Rate,
    /// Quotes older than this make no spread.
    pub(crate) spread_max_quote_age_ms: i64,
}

/// How the paper accounts that the node creates begin.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Accounts {
    pub(crate) cash: Money,
    pub(crate) latency_ms: i64,
    pub(crate) latency_jitter_ms: i64,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            environment: "development".to_owned(),
            data_dir: PathBuf::from("./data"),
            listen: "127.0.0.1:8083".to_owned(),
            database_url: String::new(),
            admin_username: "admin".to_owned(),
            admin_password: String::new(),
            log: Log { level: "info".to_owned(), format: LogFormat::Pretty },
            synthetic: Synthetic { seed: 1, warm_up_minutes: 30, messages_per_second: 300 },
            pipeline: Pipeline {
                batch_size: 500,
                flush_ms: 100,
                max_bytes: 512_000,
                sink_queue_max: 16,
                drop_policy: "block".to_owned(),
                keep_ticks_hours: 24,
                stale_after_ms: 10_000,
                spread_min_net_rate: Rate::from_basis_points(1),
                spread_max_quote_age_ms: 5_000,
            },
            accounts: Accounts { cash: Money::from_units(1_000_000), latency_ms: 5, latency_jitter_ms: 5 },
            limits: Limits::specified(),
        }
    }
}

/// The typed form, or the fault with the origin of the offending key.
pub(super) fn read(value: &Value, origins: &[(String, String)], faults: &mut Vec<String>) -> Option<Config> {
    let mut unknown = Vec::new();
    if let (Some(given), Ok(Value::Object(known))) =
        (value.as_object(), serde_json::to_value(Config::default()))
    {
        find_unknown(given, &known, "", &mut unknown);
    }
    for path in &unknown {
        faults.push(format!("{}: there is no setting `{path}`", origin_of(origins, path)));
    }
    if !unknown.is_empty() {
        return None;
    }
    match serde_json::from_value(value.clone()) {
        Ok(config) => Some(config),
        Err(error) => {
            faults.push(locate(value, origins).unwrap_or_else(|| error.to_string()));
            None
        }
    }
}

fn find_unknown(
    given: &serde_json::Map<String, Value>,
    known: &serde_json::Map<String, Value>,
    path: &str,
    unknown: &mut Vec<String>,
) {
    for (key, value) in given {
        let path = if path.is_empty() { key.clone() } else { format!("{path}.{key}") };
        match (known.get(key), value) {
            (None, _) => unknown.push(path),
            (Some(Value::Object(inner)), Value::Object(value)) => find_unknown(value, inner, &path, unknown),
            _ => {}
        }
    }
}

/// Which of the settings that somebody made does not fit: each is tried alone on top of the defaults.
fn locate(value: &Value, origins: &[(String, String)]) -> Option<String> {
    origins.iter().find_map(|(path, origin)| {
        let mut trial = serde_json::to_value(Config::default()).ok()?;
        let pointer = format!("/{}", path.replace('.', "/"));
        *trial.pointer_mut(&pointer)? = value.pointer(&pointer)?.clone();
        let error = serde_json::from_value::<Config>(trial).err()?;
        Some(format!("{origin}: `{path}`: {error}"))
    })
}
