//! Redis: a connection that comes back by itself, and whether it answers.

use std::time::Duration;

use ::redis::aio::{ConnectionManager, ConnectionManagerConfig};
use ::redis::io::tcp::TcpSettings;
use ::redis::{Client, ConnectionInfo, IntoConnectionInfo, RedisError, cmd};
use resilience::{Failure, Kind};
use socket2::TcpKeepalive;
use thiserror::Error;

/// How long a connection may be waited for, and how it is kept alive.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RedisConfig {
    pub connect_timeout: Duration,
    pub command_timeout: Duration,
    /// Between two signs of life on an idle connection.
    pub keepalive: Duration,
}

/// Why Redis did not do as asked. The words hold neither password nor address.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("{what}")]
pub struct RedisFault {
    kind: Kind,
    what: String,
}

impl Failure for RedisFault {
    fn kind(&self) -> Kind {
        self.kind
    }
}

fn place(url: &str) -> Result<ConnectionInfo, RedisFault> {
    url.into_connection_info().map_err(|_| no_address())
}

fn no_address() -> RedisFault {
    let what = "the address of Redis cannot be used; write redis://host:port".to_owned();
    RedisFault { kind: Kind::Invalid, what }
}

/// A server. Clones share its connection.
#[derive(Clone)]
pub struct Redis(ConnectionManager);

impl Redis {
    /// Whether there can be a server at the address.
    ///
    /// # Errors
    /// As [`Redis::new`].
    pub fn check(url: &str) -> Result<(), RedisFault> {
        place(url).map(drop)
    }

    /// `url`: `redis://[user:password@]host:port[/database]`. Nothing is connected yet. On the running runtime.
    ///
    /// # Errors
    /// [`RedisFault`] of kind `Invalid` when the address is none.
    pub fn new(url: &str, config: &RedisConfig) -> Result<Self, RedisFault> {
        let keepalive = TcpKeepalive::new().with_time(config.keepalive);
        let settings = TcpSettings::default().set_keepalive(keepalive);
        let client = Client::open(place(url)?.set_tcp_settings(settings)).map_err(|_| no_address())?;
        // One try each: what is tried again and when is the policy's affair.
        let manager = ConnectionManagerConfig::new()
            .set_number_of_retries(0)
            .set_connection_timeout(Some(config.connect_timeout))
            .set_response_timeout(Some(config.command_timeout));
        ConnectionManager::new_lazy_with_config(client, manager).map(Self).map_err(|error| fault(&error))
    }

    /// Whether it answers.
    ///
    /// # Errors
    /// [`RedisFault`].
    pub async fn ping(&self) -> Result<(), RedisFault> {
        let mut connection = self.0.clone();
        let answered: Result<String, RedisError> = cmd("PING").query_async(&mut connection).await;
        answered.map(drop).map_err(|error| fault(&error))
    }
}

impl std::fmt::Debug for Redis {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("Redis")
    }
}

fn fault(error: &RedisError) -> RedisFault {
    let (kind, what) = match () {
        () if error.is_timeout() => (Kind::TimedOut, "Redis did not answer in time"),
        () if error.is_connection_refusal() => (Kind::Transient, "Redis takes no connection"),
        () if error.is_connection_dropped() => (Kind::UnknownOutcome, "the connection to Redis broke"),
        () if error.kind() == ::redis::ErrorKind::AuthenticationFailed => {
            (Kind::Unauthorised, "Redis does not take the password")
        }
        () if error.is_io_error() => (Kind::Transient, "Redis cannot be reached"),
        () => (Kind::Rejected, "Redis refused the command"),
    };
    RedisFault { kind, what: what.to_owned() }
}
