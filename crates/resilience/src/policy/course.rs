//! The way of one call through the layers, from the outermost in.

use std::pin::pin;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use super::parts::{Parts, Terms};
use super::trying::{Miss, Trying};
use super::{Attempt, Call, PolicyError};
use crate::breaker::State;
use crate::bulkhead::{Bulkhead, Permit};
use crate::clock::nanoseconds;
use crate::failure::Failure;
use crate::retry::{Failed, GiveUp, Idempotency, decide};
use crate::shed::Shedder;
use crate::timeout::{Phase, within};

/// One call under way.
pub(super) struct Course<'a> {
    pub(super) parts: &'a Parts,
    pub(super) terms: Terms,
    call: Call,
    started: u64,
    /// When the last wait before the first try was over.
    pub(super) entered: AtomicU64,
    /// A try was made: whatever was asked for may have been done.
    has_tried: AtomicBool,
    /// The time of the whole call is over: what is dropped now was not left by its caller.
    pub(super) is_late: AtomicBool,
    has_ended: bool,
}

impl<'a> Course<'a> {
    #[inline]
    pub(super) fn begin(parts: &'a Parts, call: Call) -> Self {
        let started = parts.clock.now();
        Self {
            parts,
            terms: parts.settings.load().terms,
            call,
            started,
            entered: AtomicU64::new(started),
            has_tried: AtomicBool::new(false),
            is_late: AtomicBool::new(false),
            has_ended: false,
        }
    }

    /// One try, past the breaker.
    pub(super) fn probing(parts: &'a Parts) -> Self {
        let mut course = Self::begin(parts, Idempotency::Idempotent.into());
        course.terms = course.terms.of_probe();
        course
    }

    #[inline]
    pub(super) fn end<T, E>(&mut self, outcome: &Result<T, PolicyError<E>>) {
        self.has_ended = true;
        let took = self.elapsed();
        self.parts.counts.count(outcome);
        self.parts.counts.longest.reach(took);
        if outcome.is_ok() {
            self.parts.latencies.record(took);
        }
    }

    /// The whole timeout.
    pub(super) async fn whole<T, E, F, Fut>(&self, operation: &mut F) -> Result<T, PolicyError<E>>
    where
        E: Failure,
        F: FnMut(Attempt) -> Fut,
        Fut: Future<Output = Result<T, E>>,
    {
        let Some(limit) = self.terms.whole else { return self.admitted(operation).await };
        let mut inside = pin!(within(limit, Phase::Whole, self.admitted(operation)));
        if let Ok(outcome) = inside.as_mut().await {
            return outcome;
        }
        // Said before what is inside is dropped.
        self.is_late.store(true, Ordering::Relaxed);
        Err(if self.has_tried.load(Ordering::Relaxed) {
            PolicyError::TimedOut { limit, whole: true }
        } else {
            PolicyError::WaitedTooLong { waited: limit }
        })
    }

    /// Load shed, rate limit, bulkhead.
    async fn admitted<T, E, F, Fut>(&self, operation: &mut F) -> Result<T, PolicyError<E>>
    where
        E: Failure,
        F: FnMut(Attempt) -> Fut,
        Fut: Future<Output = Result<T, E>>,
    {
        let shedder = self.terms.is_shedding.then_some(&self.parts.shedder);
        let _in_flight = shedder
            .map(|shedder| Shedder::admit_at(shedder, self.call.priority, self.started))
            .transpose()
            .map_err(PolicyError::Shed)?;
        let waiting = shedder.map(|_| Waiting(self));
        self.turn().await?;
        let _place = self.place().await?;
        drop(waiting);
        self.hedged(operation).await
    }

    /// The rate limit.
    #[inline]
    async fn turn<E>(&self) -> Result<(), PolicyError<E>> {
        let Some((gcra, wait_max)) = self.terms.rate else { return Ok(()) };
        // A turn that comes after the end of the whole call is of no use, and would be lost to others.
        let wait_max = self.terms.whole.map_or(wait_max, |whole| wait_max.min(nanoseconds(whole)));
        match gcra.reserve(&self.parts.full_at, self.started, wait_max) {
            Ok(0) => Ok(()),
            Ok(wait) => {
                self.parts.counts.rate_delayed.more();
                tokio::time::sleep(Duration::from_nanos(wait)).await;
                self.enter_now();
                Ok(())
            }
            Err(limited) => Err(PolicyError::RateLimited { after: limited.retry_after }),
        }
    }

    /// The bulkhead.
    #[inline]
    async fn place<E>(&self) -> Result<Option<Permit<&'a Bulkhead>>, PolicyError<E>> {
        if !self.terms.is_bulkheaded {
            return Ok(None);
        }
        let bulkhead = &self.parts.bulkhead;
        if let Some(place) = bulkhead.try_acquire() {
            return Ok(Some(place));
        }
        let place = bulkhead.acquire().await?;
        self.enter_now();
        Ok(Some(place))
    }

    async fn hedged<T, E, F, Fut>(&self, operation: &mut F) -> Result<T, PolicyError<E>>
    where
        E: Failure,
        F: FnMut(Attempt) -> Fut,
        Fut: Future<Output = Result<T, E>>,
    {
        if self.terms.retry.is_some() {
            self.parts.budget.deposit();
        }
        if !(self.terms.is_hedged && self.call.idempotency.is_idempotent()) {
            return self.tries(0, operation).await;
        }
        // Calls beside one another take turns to begin their tries.
        let shared = &Mutex::new(operation);
        let ask = |hedge| async move {
            let mut begin = |attempt| (shared.lock().unwrap_or_else(PoisonError::into_inner))(attempt);
            self.tries(hedge, &mut begin).await
        };
        self.parts.hedge.call(self.call.idempotency, ask).await
    }

    /// The retry.
    async fn tries<T, E, F, Fut>(&self, hedge: u32, operation: &mut F) -> Result<T, PolicyError<E>>
    where
        E: Failure,
        F: FnMut(Attempt) -> Fut,
        Fut: Future<Output = Result<T, E>>,
    {
        let mut number = 1;
        let mut miss = match self.one_try(number, hedge, operation).await {
            Ok(value) => return Ok(value),
            Err(miss) => miss,
        };
        loop {
            match self.wait_for_next(&miss, number) {
                Ok(wait) => tokio::time::sleep(wait).await,
                Err(why) => return Err(miss.into_error(number, why)),
            }
            number += 1;
            miss = match self.one_try(number, hedge, operation).await {
                Ok(value) => return Ok(value),
                // The breaker opened meanwhile. What the last try said is worth more than that.
                Err(Miss::Refused { .. }) => {
                    self.parts.counts.retries_while_open.more();
                    return Err(miss.into_error(number - 1, GiveUp::Barred));
                }
                Err(miss) => miss,
            };
        }
    }

    /// How long to wait before another try, or why there is none.
    #[cold]
    fn wait_for_next<E: Failure>(&self, miss: &Miss<E>, tries: u32) -> Result<Duration, GiveUp> {
        let parts = self.parts;
        let (Some(kind), Some(retry)) = (miss.kind(), &self.terms.retry) else {
            return Err(GiveUp::NotRetryable);
        };
        let is_barred = self.terms.has_breaker && parts.breaker.state() == State::Open;
        let (idempotency, time_left) = (self.call.idempotency, self.time_left());
        let failed = Failed { kind, idempotency, tries, time_left, is_barred };
        let decision = decide(retry, &parts.budget, parts.chance.as_ref(), &failed);
        match decision {
            Ok(wait) => {
                tracing::debug!(policy = %parts.name, kind = kind.code(), tries, ?wait, "trying again");
            }
            Err(GiveUp::NoTime) => parts.counts.retries_without_time.more(),
            Err(GiveUp::Barred) => parts.counts.retries_while_open.more(),
            Err(_) => {}
        }
        decision
    }

    /// Breaker, and timeout of one try.
    #[inline]
    async fn one_try<T, E, F, Fut>(&self, number: u32, hedge: u32, operation: &mut F) -> Result<T, Miss<E>>
    where
        E: Failure,
        F: FnMut(Attempt) -> Fut,
        Fut: Future<Output = Result<T, E>>,
    {
        let trying = Trying::begin(self, number + hedge > 1).await?;
        self.has_tried.store(true, Ordering::Relaxed);
        if number > 1 {
            self.parts.counts.retries.more();
        }
        let attempt = Attempt { number, hedge, limit: self.limit(number + hedge > 1) };
        let future = operation(attempt);
        let outcome = match self.terms.per_try {
            None => future.await.map_err(Miss::Failed),
            Some(limit) => match within(limit, Phase::PerTry, future).await {
                Ok(answer) => answer.map_err(Miss::Failed),
                Err(_) => {
                    self.parts.counts.timed_out_per_try.more();
                    Err(Miss::TimedOut { limit })
                }
            },
        };
        trying.settle(&outcome);
        outcome
    }

    /// How long the next try has. The first one has all the time that there is.
    #[inline]
    fn limit(&self, is_later: bool) -> Option<Duration> {
        let left = if is_later { self.time_left() } else { self.terms.whole };
        match (self.terms.per_try, left) {
            (Some(per_try), Some(left)) => Some(per_try.min(left)),
            (per_try, left) => per_try.or(left),
        }
    }

    fn time_left(&self) -> Option<Duration> {
        let elapsed = Duration::from_nanos(self.elapsed());
        self.terms.whole.map(|whole| whole.saturating_sub(elapsed))
    }

    fn elapsed(&self) -> u64 {
        self.parts.clock.now().saturating_sub(self.started)
    }

    #[cold]
    fn enter_now(&self) {
        self.entered.store(self.parts.clock.now(), Ordering::Relaxed);
    }
}

impl Drop for Course<'_> {
    /// Its caller left.
    fn drop(&mut self) {
        if !self.has_ended {
            self.parts.counts.cancelled.more();
            self.parts.counts.longest.reach(self.elapsed());
        }
    }
}

/// A call that waits to be let in; how long is told to the shedder, even when its caller leaves.
struct Waiting<'a, 'b>(&'b Course<'a>);

impl Drop for Waiting<'_, '_> {
    fn drop(&mut self) {
        let parts = self.0.parts;
        let now = parts.clock.now();
        parts.shedder.observe_at(now.saturating_sub(self.0.started), now);
    }
}
