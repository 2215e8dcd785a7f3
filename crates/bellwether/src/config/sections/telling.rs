use std::collections::BTreeMap;
use std::path::PathBuf;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::config::masked::Masked;

#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Log {
    pub(crate) level: String,
    pub(crate) format: LogFormat,
    /// Empty: `logs` in the data folder.
    pub(crate) directory: PathBuf,
    pub(crate) max_bytes: u64,
    pub(crate) max_files: usize,
    pub(crate) slow_operation_ms: u64,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum LogFormat {
    Pretty,
    Json,
}

impl Default for Log {
    fn default() -> Self {
        Self {
            level: "info".to_owned(),
            format: LogFormat::Pretty,
            directory: PathBuf::new(),
            max_bytes: 10 * 1_024 * 1_024,
            max_files: 10,
            slow_operation_ms: 1_000,
        }
    }
}

#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Metrics {
    pub(crate) enabled: bool,
    /// 0: only beside the API.
    pub(crate) port: u16,
}

impl Default for Metrics {
    fn default() -> Self {
        Self { enabled: true, port: 0 }
    }
}

#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Tracing {
    pub(crate) enabled: bool,
    /// Empty: [`Tracing::USUAL_ENDPOINT`].
    pub(crate) endpoint: Masked,
}

impl Tracing {
    /// Where an OTLP collector listens on this machine.
    pub(crate) const USUAL_ENDPOINT: &str = "http://127.0.0.1:4317";
}

#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Alerts {
    /// By name, each in the form of the crate that evaluates rules.
    pub(crate) rules: BTreeMap<String, Value>,
    pub(crate) webhook: Webhook,
    pub(crate) email: Email,
}

#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Webhook {
    /// Empty: nothing is posted.
    pub(crate) url: Masked,
    pub(crate) secret: Masked,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Email {
    /// Empty: no mail is sent.
    pub(crate) host: String,
    pub(crate) port: u16,
    pub(crate) tls: EmailTls,
    pub(crate) username: String,
    pub(crate) password: Masked,
    pub(crate) from: String,
    pub(crate) to: Vec<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum EmailTls {
    None,
    StartTls,
    Tls,
}

impl Default for Email {
    fn default() -> Self {
        Self {
            host: String::new(),
            port: 587,
            tls: EmailTls::StartTls,
            username: String::new(),
            password: Masked::default(),
            from: String::new(),
            to: Vec::new(),
        }
    }
}
