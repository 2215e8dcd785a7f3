//! A policy: every mechanism around one call, in one fixed order that can be looked at.
//!
//! ```text
//! fallback       gives an older or another value when all below failed        (with `call_or` only)
//! whole timeout  bounds all below, waits and retries with it
//! load shed      says no early, to what matters least
//! rate limit     keeps to the quota that the party grants
//! bulkhead       keeps a slow party from taking up all of our calls
//! hedge          asks a second time when the answer is late                   (what may be done twice only)
//! retry          tries again, later, and not too often
//! breaker        stops calling what does not answer
//! timeout        bounds one try
//! ```
//!
//! Why this order: a refusal by shedding, rate limit or bulkhead is ours, so it must not reach the breaker, which
//! judges the party; the breaker is inside the retry, so that it sees every try and its opening ends the retries; the
//! timeout of a try is inside the breaker, so that a party that hangs is a party that fails; the whole timeout is
//! around all waits, so that no call outlives it. A call with all its tries and hedges is one of the quota and has one
//! place in the bulkhead.
//!
//! ```
//! # tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap().block_on(async {
//! use resilience::policy::{Policy, PolicyConfig, PolicyError, Surroundings};
//! use resilience::retry::Idempotency::{Idempotent, NotIdempotent};
//! use resilience::Kind;
//!
//! let config: PolicyConfig = serde_json::from_str(
//!     r#"{ "timeout": { "whole_ms": 5000, "per_try_ms": 2000 },
//!          "retry": { "tries_max": 3, "initial_ms": 1, "cap_ms": 10 },
//!          "rate": { "calls": 10, "window_ms": 1000 } }"#,
//! )
//! .unwrap();
//! let policy = Policy::new("quotes", &config, Surroundings::system()).unwrap();
//!
//! // A read is tried again when it failed.
//! let price = policy
//!     .call(Idempotent, |attempt| async move {
//!         if attempt.number == 1 { Err(Kind::UnknownOutcome) } else { Ok(42) }
//!     })
//!     .await;
//! assert_eq!(price.unwrap(), 42);
//!
//! // An order whose fate is not known is not sent twice.
//! let order = policy.call(NotIdempotent, |_| async { Err::<(), _>(Kind::UnknownOutcome) }).await;
//! assert!(matches!(order, Err(PolicyError::Failed(Kind::UnknownOutcome))));
//!
//! for layer in policy.layers() {
//!     println!("{:14} {}", layer.name, layer.about);
//! }
//! # });
//! ```

mod config;
mod control;
mod counts;
mod course;
mod error;
mod fault;
mod layered;
mod layers;
pub(crate) mod milliseconds;
mod parts;
mod service;
mod snapshot;
mod trying;

pub use config::{PolicyConfig, RateConfig, TimeoutConfig};
pub use error::PolicyError;
pub use fault::{Fault, Faults};
pub use layered::{Guarded, Layered};
pub use layers::LayerView;
pub use service::{PolicyLayer, PolicyService};
pub use snapshot::{PolicySnapshot, TimeoutCounts};

pub(crate) use fault::Checks;

use std::fmt;
use std::hash::{BuildHasher, RandomState};
use std::sync::Arc;
use std::time::Duration;

use crate::breaker::State;
use crate::chance::{Chance, SeededChance};
use crate::clock::{Clock, SystemClock};
use crate::failure::Failure;
use crate::fallback::{Fallback, Source, Sourced};
use crate::retry::Idempotency;
use crate::shed::Priority;

use course::Course;
use parts::Parts;

/// What a policy needs of the world.
#[derive(Clone)]
pub struct Surroundings {
    pub clock: Arc<dyn Clock>,
    pub chance: Arc<dyn Chance>,
}

impl Surroundings {
    /// The system's clock, and chance that differs from run to run.
    #[must_use]
    pub fn system() -> Self {
        let seed = RandomState::new().hash_one(());
        Self { clock: Arc::new(SystemClock::new()), chance: Arc::new(SeededChance::new(seed)) }
    }
}

/// What a call is like.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Call {
    pub idempotency: Idempotency,
    pub priority: Priority,
}

impl Call {
    #[must_use]
    pub const fn new(idempotency: Idempotency, priority: Priority) -> Self {
        Self { idempotency, priority }
    }
}

impl From<Idempotency> for Call {
    fn from(idempotency: Idempotency) -> Self {
        Self::new(idempotency, Priority::Normal)
    }
}

/// One try of a call, as the operation is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Attempt {
    /// From 1; each hedge counts its own tries.
    pub number: u32,
    /// 0 for the call itself, then 1 for the first further call beside it.
    pub hedge: u32,
    /// How long this try has before it is dropped; `None`: as long as it takes.
    pub limit: Option<Duration>,
}

/// All mechanisms around calls to one party. Clones share everything.
#[derive(Clone)]
pub struct Policy {
    parts: Arc<Parts>,
}

impl Policy {
    /// `name`: short and stable, for logs and metrics.
    ///
    /// # Errors
    /// Everything that is wrong with the configuration, at once.
    pub fn new(
        name: impl Into<Arc<str>>,
        config: &PolicyConfig,
        surroundings: Surroundings,
    ) -> Result<Self, Faults> {
        Ok(Self { parts: Arc::new(Parts::new(name.into(), config, surroundings)?) })
    }

    /// Makes a call: one try or more of `operation`, each told what it is. `call`: an [`Idempotency`], or a [`Call`]
    /// for another priority than the normal one. Dropping the returned future ends the call and gives back all that
    /// it held.
    ///
    /// # Errors
    /// Why there is no answer, or the answer's own error.
    pub async fn call<T, E, F, Fut>(
        &self,
        call: impl Into<Call>,
        mut operation: F,
    ) -> Result<T, PolicyError<E>>
    where
        E: Failure,
        F: FnMut(Attempt) -> Fut,
        Fut: Future<Output = Result<T, E>>,
    {
        let mut course = Course::begin(&self.parts, call.into());
        let outcome = course.whole(&mut operation).await;
        course.end(&outcome);
        outcome
    }

    /// Asks whether the party is back, and closes the breaker when it is: nobody waits longer for a party that has
    /// returned than until the next probe. While the breaker is closed, or held by hand, it is [`call`](Self::call);
    /// otherwise it is one try within the same limits that the breaker does not stop. `operation` may be done twice.
    ///
    /// # Errors
    /// Why there is no answer, or the answer's own error.
    pub async fn probe<T, E, F, Fut>(&self, mut operation: F) -> Result<T, PolicyError<E>>
    where
        E: Failure,
        F: FnMut(Attempt) -> Fut,
        Fut: Future<Output = Result<T, E>>,
    {
        if !self.is_barred() {
            return self.call(Idempotency::Idempotent, operation).await;
        }
        let mut course = Course::probing(&self.parts);
        let outcome = course.whole(&mut operation).await;
        course.end(&outcome);
        if outcome.is_ok() && self.is_barred() {
            self.reset();
        }
        outcome
    }

    /// Whether the breaker stops calls by its own judgement.
    fn is_barred(&self) -> bool {
        self.breaker().is_some_and(|breaker| breaker.state() != State::Closed && !breaker.is_held())
    }

    /// Makes a call, and steps back to what `fallback` has when it fails; if the configuration switches that off, it
    /// is [`call`](Self::call).
    ///
    /// # Errors
    /// Why there is no answer, or the answer's own error; and no step had a value that may stand for it.
    pub async fn call_or<T, E, F, Fut>(
        &self,
        fallback: &Fallback<T>,
        call: impl Into<Call>,
        operation: F,
    ) -> Result<Sourced<T>, PolicyError<E>>
    where
        T: Clone,
        E: Failure,
        F: FnMut(Attempt) -> Fut,
        Fut: Future<Output = Result<T, E>>,
    {
        let call = call.into();
        let fresh = self.call(call, operation);
        if !self.parts.settings.load().config.fallback {
            return Ok(Sourced { value: fresh.await?, source: Source::Fresh });
        }
        let answer = fallback.call(call.idempotency, fresh).await?;
        self.parts.counts.count_source(answer.source);
        Ok(answer)
    }
}

impl fmt::Debug for Policy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Policy").field("name", &self.parts.name).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests;
