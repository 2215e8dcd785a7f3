//! One try under the breaker's eye.

use std::sync::atomic::Ordering;
use std::time::Duration;

use super::PolicyError;
use super::course::Course;
use super::parts::SharedClock;
use crate::breaker::{Outcome, Permit, State};
use crate::clock::{Clock, nanoseconds};
use crate::failure::{Failure, Kind};
use crate::retry::GiveUp;

/// A try without an answer.
pub(super) enum Miss<E> {
    /// By the breaker: nothing was sent.
    Refused {
        retry_after: Duration,
    },
    TimedOut {
        limit: Duration,
    },
    Failed(E),
}

impl<E: Failure> Miss<E> {
    /// None if it was never sent.
    pub(super) fn kind(&self) -> Option<Kind> {
        match self {
            Self::Refused { .. } => None,
            Self::TimedOut { .. } => Some(Kind::TimedOut),
            Self::Failed(error) => Some(error.kind()),
        }
    }

    pub(super) fn into_error(self, tries: u32, why: GiveUp) -> PolicyError<E> {
        match (self, why) {
            (Self::Refused { retry_after }, _) => PolicyError::Open { retry_after },
            (Self::TimedOut { limit }, _) => PolicyError::TimedOut { limit, whole: false },
            (Self::Failed(error), GiveUp::NotRetryable) => PolicyError::Failed(error),
            (Self::Failed(last), _) => PolicyError::Exhausted { tries, last },
        }
    }
}

/// A try under way. Dropped, its caller left, or the time of the whole call is over.
pub(super) struct Trying<'a, 'b> {
    course: &'b Course<'a>,
    permit: Option<Permit<'a, SharedClock>>,
    began: u64,
}

impl<'a, 'b> Trying<'a, 'b> {
    /// `is_later`: it is not the first try of the call.
    #[inline]
    pub(super) async fn begin<E>(course: &'b Course<'a>, is_later: bool) -> Result<Self, Miss<E>> {
        if !course.terms.has_breaker {
            return Ok(Self { course, permit: None, began: 0 });
        }
        let breaker = &course.parts.breaker;
        let refused = |refused: crate::breaker::Refused| Miss::Refused { retry_after: refused.retry_after };
        // There was a wait before a later try, and before a probe there may have been one.
        let may_wait = is_later || breaker.state() != State::Closed;
        let permit = breaker.acquire().await.map_err(refused)?;
        let began = if may_wait { course.parts.clock.now() } else { course.entered.load(Ordering::Relaxed) };
        Ok(Self { course, permit: Some(permit), began })
    }

    #[inline]
    pub(super) fn settle<T, E: Failure>(mut self, outcome: &Result<T, Miss<E>>) {
        let verdict = match outcome {
            Ok(_) => Outcome::Success,
            Err(miss) => miss.kind().map_or(Outcome::Ignored, Outcome::from),
        };
        match self.permit.take() {
            Some(permit) => permit.settle(verdict),
            None => self.count(verdict),
        }
    }

    /// Without a breaker nobody else counts tries.
    fn count(&self, verdict: Outcome) {
        if self.course.terms.is_probe {
            return self.course.parts.breaker.note(verdict);
        }
        match verdict {
            Outcome::Success => self.course.parts.counts.tries_succeeded.more(),
            Outcome::Failure => self.course.parts.counts.tries_failed.more(),
            Outcome::Ignored => {}
        }
    }

    /// A try that the whole timeout cut short says something against the party only if it had a fair part of the
    /// time that a try may take; else waits and earlier tries used the time up.
    fn had_its_time(&self) -> bool {
        let terms = &self.course.terms;
        let fair = terms.per_try.into_iter().chain(terms.whole).min().map_or(0, nanoseconds) / 2;
        let took = self.course.parts.clock.now().saturating_sub(self.began);
        self.course.is_late.load(Ordering::Relaxed) && took >= fair
    }
}

impl Drop for Trying<'_, '_> {
    fn drop(&mut self) {
        if let Some(permit) = self.permit.take()
            && self.had_its_time()
        {
            permit.failure();
        }
    }
}
