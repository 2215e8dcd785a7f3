//! Redis: a connection that comes back by itself, and whether it answers.

mod latest;

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use ::redis::aio::MultiplexedConnection;
use ::redis::io::tcp::TcpSettings;
use ::redis::{
    AsyncConnectionConfig, Client, Cmd, ConnectionInfo, FromRedisValue, IntoConnectionInfo, RedisError, cmd,
};
use resilience::{Failure, Kind};
use socket2::TcpKeepalive;
use thiserror::Error;

pub use latest::LatestValues;

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
pub struct Redis(Arc<Shared>);

struct Shared {
    client: Client,
    config: AsyncConnectionConfig,
    held: Mutex<Option<Held>>,
    /// Connections so far.
    made: AtomicU64,
    /// One connects, the others wait for what it gets.
    connecting: tokio::sync::Mutex<()>,
}

/// The connection that commands go over now.
#[derive(Clone)]
struct Held {
    /// Tells it from those before it.
    number: u64,
    connection: MultiplexedConnection,
}

impl Redis {
    /// Whether there can be a server at the address.
    ///
    /// # Errors
    /// As [`Redis::new`].
    pub fn check(url: &str) -> Result<(), RedisFault> {
        place(url).map(drop)
    }

    /// `url`: `redis://[user:password@]host:port[/database]`. Nothing is connected yet.
    ///
    /// # Errors
    /// [`RedisFault`] of kind `Invalid` when the address is none.
    pub fn new(url: &str, config: &RedisConfig) -> Result<Self, RedisFault> {
        let keepalive = TcpKeepalive::new().with_time(config.keepalive);
        let settings = TcpSettings::default().set_keepalive(keepalive);
        let client = Client::open(place(url)?.set_tcp_settings(settings)).map_err(|_| no_address())?;
        let config = AsyncConnectionConfig::new()
            .set_connection_timeout(Some(config.connect_timeout))
            .set_response_timeout(Some(config.command_timeout));
        let (held, made, connecting) = (Mutex::default(), AtomicU64::new(0), tokio::sync::Mutex::default());
        Ok(Self(Arc::new(Shared { client, config, held, made, connecting })))
    }

    /// Whether it answers.
    ///
    /// # Errors
    /// [`RedisFault`].
    pub async fn ping(&self) -> Result<(), RedisFault> {
        self.ask::<String>(&cmd("PING")).await.map(drop)
    }

    /// One try: what is tried again and when is the policy's affair.
    async fn ask<T: FromRedisValue>(&self, command: &Cmd) -> Result<T, RedisFault> {
        let mut lent = self.0.lend().await.map_err(|error| fault(&error))?;
        let answered = command.query_async(&mut lent.held.connection).await;
        lent.has_answered = answered.as_ref().map_or_else(is_answer, |_| true);
        answered.map_err(|error| fault(&error))
    }
}

/// Whether Redis said no, rather than nothing.
fn is_answer(error: &RedisError) -> bool {
    !error.is_io_error() && !error.is_unrecoverable_error()
}

impl Shared {
    async fn lend(&self) -> Result<Lent<'_>, RedisError> {
        let lend = |held| Lent { shared: self, held, has_answered: false };
        if let Some(held) = self.held() {
            return Ok(lend(held));
        }
        let _turn = self.connecting.lock().await;
        if let Some(held) = self.held() {
            return Ok(lend(held));
        }
        let connection = self.client.get_multiplexed_async_connection_with_config(&self.config).await?;
        let held = Held { number: self.made.fetch_add(1, Ordering::Relaxed), connection };
        *self.slot() = Some(held.clone());
        Ok(lend(held))
    }

    fn held(&self) -> Option<Held> {
        self.slot().clone()
    }

    fn slot(&self) -> MutexGuard<'_, Option<Held>> {
        self.held.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A connection under a command. One over which no answer came, be it that the caller no longer waits, may be dead
/// without a sign of it: the next command gets a new one.
struct Lent<'a> {
    shared: &'a Shared,
    held: Held,
    has_answered: bool,
}

impl Drop for Lent<'_> {
    fn drop(&mut self) {
        if !self.has_answered {
            let number = self.held.number;
            self.shared.slot().take_if(|held| held.number == number);
        }
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

#[cfg(test)]
mod tests;
