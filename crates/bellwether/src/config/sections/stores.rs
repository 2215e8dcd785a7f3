use serde::{Deserialize, Serialize};

use crate::config::masked::Masked;

/// A database server's connections. Where the address is not given whole, its parts are here.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Database {
    pub(crate) host: String,
    pub(crate) port: u16,
    pub(crate) name: String,
    pub(crate) user: String,
    pub(crate) password: Masked,
    pub(crate) ssl_mode: SslMode,
    pub(crate) min_pool_size: usize,
    pub(crate) max_pool_size: usize,
    pub(crate) connection_timeout_ms: u64,
    pub(crate) idle_timeout_ms: u64,
    pub(crate) statement_timeout_ms: u64,
    pub(crate) pool_pre_ping: bool,
    pub(crate) slow_query_ms: u64,
    pub(crate) enable_query_logging: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum SslMode {
    Disable,
    Prefer,
    Require,
    VerifyCa,
    VerifyFull,
}

impl Default for Database {
    fn default() -> Self {
        Self {
            host: String::new(),
            port: 5_432,
            name: String::new(),
            user: String::new(),
            password: Masked::default(),
            ssl_mode: SslMode::Prefer,
            min_pool_size: 5,
            max_pool_size: 20,
            connection_timeout_ms: 10_000,
            idle_timeout_ms: 30_000,
            statement_timeout_ms: 30_000,
            pool_pre_ping: true,
            slow_query_ms: 1_000,
            enable_query_logging: false,
        }
    }
}

impl SslMode {
    /// The server's own default needs no word.
    const fn parameter(self) -> &'static str {
        match self {
            Self::Prefer => "",
            Self::Disable => "?sslmode=disable",
            Self::Require => "?sslmode=require",
            Self::VerifyCa => "?sslmode=verify-ca",
            Self::VerifyFull => "?sslmode=verify-full",
        }
    }
}

impl Database {
    /// `postgres://user:password@host:port/name` with every part encoded; `None` without a host.
    pub(super) fn url(&self) -> Option<Masked> {
        if self.host.is_empty() {
            return None;
        }
        let password = match self.password.reveal() {
            "" => String::new(),
            password => format!(":{}", encoded(password)),
        };
        let (user, name) = (encoded(&self.user), encoded(&self.name));
        let ssl = self.ssl_mode.parameter();
        Some(Masked::new(format!("postgres://{user}{password}@{}:{}/{name}{ssl}", self.host, self.port)))
    }
}

/// Percent-encoding of everything but unreserved characters.
fn encoded(text: &str) -> String {
    use std::fmt::Write;
    text.bytes().fold(String::with_capacity(text.len()), |mut encoded, byte| {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => {
                encoded.push(char::from(byte))
            }
            _ => drop(write!(encoded, "%{byte:02X}")),
        }
        encoded
    })
}

#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Redis {
    pub(crate) max_retries: u32,
    pub(crate) connect_timeout_ms: u64,
    pub(crate) command_timeout_ms: u64,
    pub(crate) keepalive_ms: u64,
}

impl Default for Redis {
    fn default() -> Self {
        Self { max_retries: 3, connect_timeout_ms: 10_000, command_timeout_ms: 5_000, keepalive_ms: 30_000 }
    }
}

#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Kafka {
    /// `host:port`, several with commas between them; empty: none.
    pub(crate) bootstrap_servers: String,
    /// Before the name of every topic.
    pub(crate) topic_prefix: String,
    /// Of the members that store what comes over Kafka.
    pub(crate) group: String,
    pub(crate) max_poll_records: usize,
    pub(crate) session_timeout_ms: u64,
    pub(crate) heartbeat_ms: u64,
    /// How long a message may take to be acknowledged.
    pub(crate) delivery_timeout_ms: u64,
}

impl Default for Kafka {
    fn default() -> Self {
        Self {
            bootstrap_servers: String::new(),
            topic_prefix: String::new(),
            group: "bellwether".to_owned(),
            max_poll_records: 100,
            session_timeout_ms: 30_000,
            heartbeat_ms: 10_000,
            delivery_timeout_ms: 30_000,
        }
    }
}
