use std::time::Duration;

use domain::{InstrumentId, Span, Timestamp};
use outbound::{Client, HttpError, Method, Request};
use resilience::policy::PolicyError;
use resilience::retry::Idempotency;
use tokio::task::JoinSet;

use super::session::{Fetch, Outbox};
use super::spacing::Spacing;

/// A request and what became of it.
pub(super) struct Fetched {
    pub(super) instrument: InstrumentId,
    pub(super) body: Result<Vec<u8>, NoAnswer>,
}

/// Why there is no answer.
pub(super) struct NoAnswer {
    pub(super) what: String,
    /// How long the venue wants to be left alone.
    pub(super) retry_after: Option<Duration>,
}

/// Requests over HTTP, spaced, each through the policy of its client.
pub(super) struct Fetching {
    client: Option<Client>,
    spacing: Spacing,
    running: JoinSet<Fetched>,
}

impl Fetching {
    pub(super) fn new(client: Option<Client>, apart: Duration) -> Self {
        Self { client, spacing: Spacing::new(apart), running: JoinSet::new() }
    }

    /// Starts the next request if it is time for one.
    pub(super) fn start(&mut self, out: &mut Outbox, now: Timestamp) {
        if !self.spacing.is_free(now) {
            return;
        }
        let Some(Fetch { instrument, url }) = out.fetches.pop_front() else { return };
        self.spacing.spend(now);
        let client = self.client.clone();
        self.running.spawn(async move {
            let Some(client) = client else {
                let what = "this feed was given no way out over HTTP".to_owned();
                return Fetched { instrument, body: Err(NoAnswer { what, retry_after: None }) };
            };
            let request = Request::new(Method::GET, url, Idempotency::Idempotent);
            let body = client.send(&request).await.map(|answer| answer.body().to_vec()).map_err(no_answer);
            Fetched { instrument, body }
        });
    }

    /// The next request to end; waits for ever while there is none.
    pub(super) async fn next(&mut self) -> Option<Fetched> {
        match self.running.join_next().await {
            Some(ended) => ended.ok(),
            None => std::future::pending().await,
        }
    }

    /// The venue wants to be left alone: no request for so long, whichever book it is for.
    pub(super) fn hold(&mut self, now: Timestamp, after: Duration) {
        let after = Span::from_nanos(i64::try_from(after.as_nanos()).unwrap_or(i64::MAX));
        self.spacing.hold(now.plus(after));
    }

    /// Forgets what is under way, as when its connection ended.
    pub(super) fn abandon(&mut self) {
        self.running.abort_all();
        self.running = JoinSet::new();
    }
}

fn no_answer(error: PolicyError<HttpError>) -> NoAnswer {
    let what = error.to_string();
    let retry_after = match &error {
        PolicyError::Open { retry_after } => Some(*retry_after),
        PolicyError::RateLimited { after } => Some(*after),
        PolicyError::Exhausted { last, .. } | PolicyError::Failed(last) => last.retry_after(),
        _ => None,
    };
    NoAnswer { what, retry_after }
}
