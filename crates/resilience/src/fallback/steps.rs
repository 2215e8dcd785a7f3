//! Steps back, in the order in which they were laid down.

use std::fmt;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use super::{FallbackSnapshot, LastGood, Source, Sourced};
use crate::clock::Clock;
use crate::failure::{Failure, Kind};
use crate::retry::Idempotency;

/// What to give when the party gives nothing: steps, tried in the order in which they were added.
///
/// Only what is no answer is replaced: a refusal, a wrong request and a missing right stay what they are. A call that
/// must not be done twice is replaced only when it is certain that nothing was done.
///
/// ```
/// # tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap().block_on(async {
/// use std::{sync::Arc, time::Duration};
/// use resilience::{Kind, SystemClock, fallback::{Fallback, Source}, retry::Idempotency};
///
/// let price = Fallback::new(Arc::new(SystemClock::new()))
///     .or_other(|| async { Err::<u32, _>("is down as well") })
///     .or_cached(Duration::from_secs(60));
///
/// let fresh = price.call(Idempotency::Idempotent, async { Ok::<_, Kind>(42) }).await.unwrap();
/// assert_eq!((fresh.value, fresh.source), (42, Source::Fresh));
/// let old = price.call(Idempotency::Idempotent, async { Err(Kind::TimedOut) }).await.unwrap();
/// assert_eq!(old.value, 42);
/// assert!(matches!(old.source, Source::Cached { .. }));
/// # });
/// ```
pub struct Fallback<T> {
    steps: Vec<Step<T>>,
    clock: Arc<dyn Clock>,
    fresh: AtomicU64,
    cached: AtomicU64,
    secondary: AtomicU64,
    default: AtomicU64,
    nothing: AtomicU64,
}

type Other<T> = Box<dyn Fn() -> Pin<Box<dyn Future<Output = Option<T>> + Send>> + Send + Sync>;

enum Step<T> {
    Cached(LastGood<T>),
    Other(Other<T>),
    Default(T),
}

impl<T: Clone> Fallback<T> {
    /// No steps yet. The clock tells the age of kept values.
    #[must_use]
    pub fn new(clock: Arc<dyn Clock>) -> Self {
        let zero = || AtomicU64::new(0);
        let (fresh, cached, secondary, default, nothing) = (zero(), zero(), zero(), zero(), zero());
        Self { steps: Vec::new(), clock, fresh, cached, secondary, default, nothing }
    }

    /// The last value that the party gave, if it is not older than `age_max`.
    #[must_use]
    pub fn or_cached(mut self, age_max: Duration) -> Self {
        self.steps.push(Step::Cached(LastGood::new(age_max)));
        self
    }

    /// What another party gives. It should have a policy of its own.
    #[must_use]
    pub fn or_other<F, Fut, E>(mut self, other: F) -> Self
    where
        F: Fn() -> Fut + Send + Sync + 'static,
        Fut: Future<Output = Result<T, E>> + Send + 'static,
        E: fmt::Display,
    {
        self.steps.push(Step::Other(Box::new(move || {
            let answer = other();
            Box::pin(async move {
                let refusal = |error: &E| tracing::debug!(%error, "the other provider failed too");
                answer.await.inspect_err(refusal).ok()
            })
        })));
        self
    }

    /// A value that always stands.
    #[must_use]
    pub fn or_default(mut self, value: T) -> Self {
        self.steps.push(Step::Default(value));
        self
    }

    /// Awaits `fresh`, and steps back when it fails.
    ///
    /// # Errors
    /// The error of `fresh`, if it must stand or no step has a value.
    pub async fn call<E, Fut>(&self, idempotency: Idempotency, fresh: Fut) -> Result<Sourced<T>, E>
    where
        E: Failure,
        Fut: Future<Output = Result<T, E>>,
    {
        match fresh.await {
            Ok(value) => {
                self.keep(&value);
                self.fresh.fetch_add(1, Ordering::Relaxed);
                Ok(Sourced { value, source: Source::Fresh })
            }
            Err(error) if may_replace(error.kind(), idempotency) => self.step_back().await.ok_or(error),
            Err(error) => Err(error),
        }
    }

    pub fn snapshot(&self) -> FallbackSnapshot {
        let read = |count: &AtomicU64| count.load(Ordering::Relaxed);
        FallbackSnapshot {
            fresh: read(&self.fresh),
            cached: read(&self.cached),
            secondary: read(&self.secondary),
            default: read(&self.default),
            nothing: read(&self.nothing),
        }
    }

    fn keep(&self, value: &T) {
        for step in &self.steps {
            if let Step::Cached(last_good) = step {
                last_good.keep(value, self.clock.as_ref());
            }
        }
    }

    #[cold]
    async fn step_back(&self) -> Option<Sourced<T>> {
        for step in &self.steps {
            if let Some(found) = self.take(step).await {
                return Some(found);
            }
        }
        self.nothing.fetch_add(1, Ordering::Relaxed);
        None
    }

    async fn take(&self, step: &Step<T>) -> Option<Sourced<T>> {
        let (value, source, count) = match step {
            Step::Cached(last_good) => {
                let (value, age) = last_good.get(self.clock.as_ref())?;
                (value, Source::Cached { age }, &self.cached)
            }
            Step::Other(other) => (other().await?, Source::Secondary, &self.secondary),
            Step::Default(value) => (value.clone(), Source::Default, &self.default),
        };
        count.fetch_add(1, Ordering::Relaxed);
        Some(Sourced { value, source })
    }
}

/// Whether another value may stand for the answer. What was refused was answered; and a call that may have been done
/// must not be made elsewhere, nor be reported as something else, unless doing it twice does no harm.
fn may_replace(kind: Kind, idempotency: Idempotency) -> bool {
    kind.is_retryable(idempotency.is_idempotent())
}

impl<T> fmt::Debug for Fallback<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Fallback").field("steps", &self.steps.len()).finish_non_exhaustive()
    }
}
