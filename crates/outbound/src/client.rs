use std::fmt;
use std::sync::Arc;

use resilience::policy::{Policy, PolicyError};
use serde::de::DeserializeOwned;

use crate::answer::Answer;
use crate::config::{BuildError, HttpConfig};
use crate::error::{Cause, HttpError};
use crate::names;
use crate::phase::Phase;
use crate::request::{Checked, Request};
use crate::wire::Wire;

/// A way to one party: the deadlines and the pool of [`HttpConfig`], and the policy that decides what is tried again.
///
/// Clones are cheap and share connections, limits and policy.
#[derive(Clone)]
pub struct Client {
    wire: Arc<Wire>,
    policy: Policy,
}

impl Client {
    /// # Errors
    /// When a setting cannot be, or the file of certificates cannot be read.
    pub fn new(config: HttpConfig, policy: Policy) -> Result<Self, BuildError> {
        let client = Self { wire: Arc::new(Wire::new(config)?), policy };
        client.announce();
        Ok(client)
    }

    #[must_use]
    pub const fn policy(&self) -> &Policy {
        &self.policy
    }

    /// The answer, when its status says yes (200 to 299).
    ///
    /// # Errors
    /// Any other status, no answer, or a refusal of the policy. The request went out at most as often as the policy
    /// allows for its idempotency.
    pub async fn send(&self, request: &Request) -> Result<Answer, PolicyError<HttpError>> {
        self.send_as(request, Ok).await
    }

    /// As [`Client::send`], and the answer read as JSON. An answer that is none counts as a failed try.
    ///
    /// # Errors
    /// As [`Client::send`], and [`Cause::NotJson`].
    pub async fn send_json<T: DeserializeOwned>(
        &self,
        request: &Request,
    ) -> Result<T, PolicyError<HttpError>> {
        self.send_as(request, |answer| answer.json()).await
    }

    async fn send_as<T>(
        &self,
        request: &Request,
        read: impl Fn(Answer) -> Result<T, Cause>,
    ) -> Result<T, PolicyError<HttpError>> {
        let idempotency = request.idempotency();
        let fail = |cause| HttpError::new(cause, idempotency.is_idempotent());
        let checked = request.check().map_err(|cause| PolicyError::Failed(fail(cause)))?;
        let (checked, read) = (&checked, &read);
        self.policy
            .call(idempotency, |_| async move { self.attempt(checked, read).await.map_err(fail) })
            .await
    }

    async fn attempt<T>(
        &self,
        request: &Checked,
        read: &impl Fn(Answer) -> Result<T, Cause>,
    ) -> Result<T, Cause> {
        let result = self.wire.attempt(request).await.and_then(read);
        match &result {
            Err(Cause::TimedOut { phase, .. }) => self.count_timeout(*phase),
            Err(Cause::Busy { .. }) => {
                metrics::counter!(names::BUSY, "policy" => self.policy.name().to_owned()).increment(1);
            }
            _ => {}
        }
        result
    }

    fn count_timeout(&self, phase: Phase) {
        let policy = self.policy.name().to_owned();
        metrics::counter!(names::TIMEOUTS, "policy" => policy, "phase" => phase.code()).increment(1);
    }

    /// Shows the counters from the beginning, at zero.
    fn announce(&self) {
        for phase in Phase::ALL {
            let policy = self.policy.name().to_owned();
            metrics::counter!(names::TIMEOUTS, "policy" => policy, "phase" => phase.code()).increment(0);
        }
        metrics::counter!(names::BUSY, "policy" => self.policy.name().to_owned()).increment(0);
    }
}

impl fmt::Debug for Client {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Client").field("policy", &self.policy.name()).finish_non_exhaustive()
    }
}
