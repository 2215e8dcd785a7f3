use std::ops::Deref;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use engine::Clock;
use tokio::sync::Semaphore;
use tokio_util::sync::CancellationToken;

use crate::auth::{LoginLimiter, Tokens, Users};
use crate::config::{Config, TenantRate};
use crate::history::{History, HistoryFault};
use crate::layers::{RequestIds, TenantLimit};
use crate::operations::Operations;
use crate::platform::Platform;
use crate::problem::{FieldError, Problem};

/// What the node supplies.
pub struct Parts {
    pub platform: Arc<dyn Platform>,
    pub history: Arc<dyn History>,
    pub tokens: Tokens,
    pub clock: Arc<dyn Clock>,
    pub operations: Arc<dyn Operations>,
    /// What the program calls itself to callers.
    pub version: String,
    pub config: Config,
    /// Ends every stream when cancelled.
    pub shutdown: CancellationToken,
}

/// What every route can reach; cheap to clone.
#[derive(Clone)]
pub struct AppState(Arc<Shared>);

pub struct Shared {
    pub(crate) platform: Arc<dyn Platform>,
    pub(crate) history: Arc<dyn History>,
    pub(crate) tokens: Tokens,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) operations: Arc<dyn Operations>,
    pub(crate) version: String,
    pub(crate) config: Config,
    pub(crate) shutdown: CancellationToken,
    pub(crate) logins: LoginLimiter,
    pub(crate) users: Users,
    pub(crate) tenant_limit: TenantLimit,
    slow_after_ms: AtomicU64,
    pub(crate) request_ids: RequestIds,
    pub(crate) requests: Semaphore,
    pub(crate) password_checks: Semaphore,
    pub(crate) reads: Semaphore,
    pub(crate) streams: Arc<Semaphore>,
}

impl AppState {
    #[must_use]
    pub fn new(parts: Parts) -> Self {
        let config = parts.config;
        Self(Arc::new(Shared {
            platform: parts.platform,
            history: parts.history,
            tokens: parts.tokens,
            clock: parts.clock,
            operations: parts.operations,
            version: parts.version,
            config,
            shutdown: parts.shutdown,
            logins: LoginLimiter::default(),
            users: Users::default(),
            tenant_limit: TenantLimit::new(config.tenant_rate),
            slow_after_ms: AtomicU64::new(milliseconds(config.slow_after)),
            request_ids: RequestIds::default(),
            requests: Semaphore::new(config.requests_max),
            password_checks: Semaphore::new(config.password_checks_max),
            reads: Semaphore::new(config.reads_max),
            streams: Arc::new(Semaphore::new(config.stream.clients_max)),
        }))
    }

    /// Lets tenants make so many requests from now on.
    pub fn set_tenant_rate(&self, rate: TenantRate) {
        self.tenant_limit.set(rate);
    }

    /// Tells requests that take longer to the log of slow operations from now on.
    pub fn set_slow_after(&self, span: Duration) {
        self.slow_after_ms.store(milliseconds(span), Ordering::Relaxed);
    }

    pub(crate) fn slow_after(&self) -> Duration {
        Duration::from_millis(self.slow_after_ms.load(Ordering::Relaxed))
    }

    /// Does what may wait for a file or the store on a blocking thread.
    pub(crate) async fn blocking<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> Result<T, Problem> {
        tokio::task::spawn_blocking(work).await.map_err(|ended| {
            tracing::error!(%ended, "an operator's wish was not carried out");
            Problem::internal()
        })
    }

    /// Reads history on a blocking thread, no more than `reads_max` at once.
    pub(crate) async fn read<T, F>(&self, read: F) -> Result<T, Problem>
    where
        T: Send + 'static,
        F: FnOnce(&dyn History) -> Result<T, HistoryFault> + Send + 'static,
    {
        let _permit = self.reads.acquire().await.map_err(|_| Problem::internal())?;
        self.block(read).await
    }

    /// As [`Self::read`], for callers that keep their own count.
    pub(crate) async fn block<T, F>(&self, read: F) -> Result<T, Problem>
    where
        T: Send + 'static,
        F: FnOnce(&dyn History) -> Result<T, HistoryFault> + Send + 'static,
    {
        let history = Arc::clone(&self.history);
        let answer = tokio::task::spawn_blocking(move || read(history.as_ref())).await;
        let fault = match answer {
            Ok(Ok(value)) => return Ok(value),
            Ok(Err(fault)) => fault,
            Err(ended) => HistoryFault::Store(ended.to_string()),
        };
        Err(problem(&fault))
    }
}

fn milliseconds(span: Duration) -> u64 {
    u64::try_from(span.as_millis()).unwrap_or(u64::MAX)
}

impl Deref for AppState {
    type Target = Shared;

    fn deref(&self) -> &Shared {
        &self.0
    }
}

fn problem(fault: &HistoryFault) -> Problem {
    match fault {
        HistoryFault::Cursor => {
            Problem::invalid(vec![FieldError { field: "cursor".to_owned(), message: fault.to_string() }])
        }
        HistoryFault::NotFound => Problem::not_found("account"),
        HistoryFault::Busy(_) => {
            tracing::warn!(%fault, "history cannot be read now");
            Problem::busy("what was stored cannot be read right now; try again")
        }
        HistoryFault::Store(_) => {
            tracing::error!(%fault, "history cannot be read");
            Problem::internal()
        }
    }
}
