use std::ops::Deref;
use std::sync::Arc;

use engine::Clock;
use metrics_exporter_prometheus::PrometheusHandle;
use tokio::sync::Semaphore;
use tokio_util::sync::CancellationToken;

use crate::auth::{LoginLimiter, Tokens, Users};
use crate::config::Config;
use crate::history::{History, HistoryFault};
use crate::layers::RequestIds;
use crate::platform::Platform;
use crate::problem::{FieldError, Problem};

/// What the node supplies.
pub struct Parts {
    pub platform: Arc<dyn Platform>,
    pub history: Arc<dyn History>,
    pub tokens: Tokens,
    pub clock: Arc<dyn Clock>,
    /// Renders `/metrics`; whoever installed the recorder runs its upkeep.
    pub metrics: PrometheusHandle,
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
    pub(crate) metrics: PrometheusHandle,
    pub(crate) config: Config,
    pub(crate) shutdown: CancellationToken,
    pub(crate) logins: LoginLimiter,
    pub(crate) users: Users,
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
            metrics: parts.metrics,
            config,
            shutdown: parts.shutdown,
            logins: LoginLimiter::default(),
            users: Users::default(),
            request_ids: RequestIds::default(),
            requests: Semaphore::new(config.requests_max),
            password_checks: Semaphore::new(config.password_checks_max),
            reads: Semaphore::new(config.reads_max),
            streams: Arc::new(Semaphore::new(config.stream.clients_max)),
        }))
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
