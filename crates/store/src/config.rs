use std::path::PathBuf;
use std::time::Duration;

use crate::StoreError;

/// Connections that one store may hold, overflow and all; each of SQLite takes three open files.
pub const POOL_MAX: usize = 1000;

/// How a store holds its connections and how long it is patient.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoreConfig {
    /// Connections that stay open; of SQLite those for reading, besides which one writes.
    pub pool_min: usize,
    /// So many are kept when they were needed.
    pub pool_max: usize,
    /// So many more are made when all of those are in use.
    pub pool_overflow: usize,
    /// A call that finds all of them in use waits at most so long.
    pub acquire_timeout: Duration,
    /// A connection beyond `pool_min` that nobody used for so long is closed, with the next call of any kind.
    pub idle_timeout: Duration,
    /// How long one read, or one transaction, may compute; a wait for another process to let go of the file is
    /// at most so long too. Upkeep (migrations, backups, checks) is not limited.
    pub statement_timeout: Duration,
    /// A connection older than that is replaced before it is used again.
    pub recycle: Duration,
    /// Whether a connection that was idle for a second or longer is tried before it is used.
    pub pre_ping: bool,
    /// What takes so long is logged at the target `slow`.
    pub slow_query: Duration,
    /// Of a server, where its URL does not say.
    pub tls: TlsMode,
    /// A file of certificates in PEM that the server's is verified with; `None` for those of this system.
    pub root_certificate: Option<PathBuf>,
}

/// Whether a connection to a server is encrypted, and what of the server is verified.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum TlsMode {
    Disable,
    /// Encrypted if the server can.
    Prefer,
    Require,
    /// A known authority vouches for the server.
    VerifyCa,
    /// And for its name.
    VerifyFull,
}

impl TlsMode {
    /// The words that PostgreSQL's own clients use.
    #[must_use]
    pub fn read(text: &str) -> Option<Self> {
        match text {
            "disable" => Some(Self::Disable),
            "allow" | "prefer" => Some(Self::Prefer),
            "require" => Some(Self::Require),
            "verify-ca" => Some(Self::VerifyCa),
            "verify-full" => Some(Self::VerifyFull),
            _ => None,
        }
    }
}

impl Default for StoreConfig {
    fn default() -> Self {
        Self {
            pool_min: 5,
            pool_max: 20,
            pool_overflow: 10,
            acquire_timeout: Duration::from_secs(10),
            idle_timeout: Duration::from_secs(30),
            statement_timeout: Duration::from_secs(30),
            recycle: Duration::from_secs(3600),
            pre_ping: true,
            slow_query: Duration::from_secs(1),
            tls: TlsMode::Prefer,
            root_certificate: None,
        }
    }
}

impl StoreConfig {
    /// Whether the settings go together.
    ///
    /// # Errors
    /// `Invalid`, naming the setting.
    pub fn check(&self) -> Result<(), StoreError> {
        let Self { pool_min, pool_max, pool_overflow, .. } = self;
        if !(1..=POOL_MAX).contains(pool_max) {
            return Err(StoreError::invalid(format!("pool_max is {pool_max}; it must be 1 to {POOL_MAX}")));
        }
        if pool_max.saturating_add(*pool_overflow) > POOL_MAX {
            let what = format!(
                "pool_max and pool_overflow are {pool_max} and {pool_overflow}; at most {POOL_MAX} in all"
            );
            return Err(StoreError::invalid(what));
        }
        if pool_min > pool_max {
            let what = format!("pool_min is {pool_min} and pool_max {pool_max}; the least is above the most");
            return Err(StoreError::invalid(what));
        }
        let spans = [
            ("acquire_timeout", self.acquire_timeout),
            ("statement_timeout", self.statement_timeout),
            ("recycle", self.recycle),
        ];
        match spans.iter().find(|(_, span)| span.is_zero()) {
            Some((name, _)) => Err(StoreError::invalid(format!("{name} is 0; it must be above"))),
            None => Ok(()),
        }
    }
}
