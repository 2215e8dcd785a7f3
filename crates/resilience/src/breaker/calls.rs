//! The ways of a call through the breaker: in, and out with what came of it.

use std::time::Duration;

use super::machine::{Denied, Effect, Epoch, Word};
use super::permit::{Outcome, Permit, Refused, Ticket};
use super::shell::Setup;
use super::{Breaker, Cause, State};
use crate::clock::Clock;

impl<C: Clock> Breaker<C> {
    #[inline]
    pub(super) fn admit_untimed(&self) -> Option<Permit<'_, C>> {
        let word = self.machine.word();
        word.admits_untimed().then(|| Permit::new(self, Ticket { epoch: word.epoch(), started: None }))
    }

    pub(super) fn admit(&self) -> Result<Permit<'_, C>, Denied> {
        let word = self.machine.word();
        let measures = word.measures();
        let epoch = if word.state() == State::Closed {
            word.epoch()
        } else {
            self.machine.admit(&self.shell.setup().limits, &self.shell)?
        };
        let started = measures.is_timed.then(|| self.shell.clock.now());
        Ok(Permit::new(self, Ticket { epoch, started }))
    }

    /// Until a probe may be let through.
    pub(super) fn remaining(&self, word: Word) -> Duration {
        let open_for = self.shell.setup().limits.open_for;
        let age = || self.shell.clock.now().saturating_sub(self.machine.since(word));
        Duration::from_nanos(match word.state() {
            State::Open if word.is_held() => open_for,
            State::Open => open_for.saturating_sub(age()),
            State::Closed | State::HalfOpen => 0,
        })
    }

    #[cold]
    pub(super) fn refuse(&self, denied: Denied) -> Refused {
        self.tally.count_refusal();
        match denied {
            Denied::Open { wait } => Refused { retry_after: Duration::from_nanos(wait) },
            Denied::Busy => Refused { retry_after: Duration::ZERO },
        }
    }

    #[inline]
    pub(super) fn count_success(&self, ticket: Ticket) {
        self.tally.count_success();
        if !self.machine.word().is_calm_in(ticket.epoch) {
            self.apply_success(ticket);
        }
    }

    fn apply_success(&self, ticket: Ticket) {
        let setup = self.shell.setup();
        let (now, is_slow) = self.measure(&setup, ticket);
        if is_slow {
            self.tally.count_slow();
        }
        let word = self.machine.word();
        if word.epoch() != ticket.epoch {
            return;
        }
        if word.state() == State::HalfOpen && is_slow {
            self.machine.fail(ticket.epoch, &setup.limits, Cause::ProbeSlow, &self.shell);
            return;
        }
        if word.is_windowed() && word.state() == State::Closed {
            self.record(&setup, ticket.epoch, now, false, is_slow);
        }
        if word.failures() > 0 || word.state() == State::HalfOpen {
            let effect = self.machine.succeed(ticket.epoch, &setup.limits, &self.shell);
            self.stir_if_freed(effect);
        }
    }

    pub(super) fn count_failure(&self, ticket: Ticket) {
        self.tally.count_failure();
        let setup = self.shell.setup();
        let (now, is_slow) = self.measure(&setup, ticket);
        if is_slow {
            self.tally.count_slow();
        }
        let word = self.machine.word();
        let is_recorded = word.epoch() == ticket.epoch && word.state() == State::Closed && word.is_windowed();
        let verdict = if is_recorded { setup.record(ticket.epoch, now, true, is_slow) } else { None };
        let effect = self.machine.fail(ticket.epoch, &setup.limits, Cause::ProbeFailed, &self.shell);
        if let (Effect::Counted, Some(cause)) = (effect, verdict) {
            self.machine.trip(ticket.epoch, cause, &self.shell);
        }
    }

    fn record(&self, setup: &Setup, epoch: Epoch, now: u64, has_failed: bool, is_slow: bool) {
        if let Some(cause) = setup.record(epoch, now, has_failed, is_slow) {
            self.machine.trip(epoch, cause, &self.shell);
        }
    }

    /// The moment, if it matters, and whether the call took too long.
    fn measure(&self, setup: &Setup, ticket: Ticket) -> (u64, bool) {
        let now = if setup.needs_end() { self.shell.clock.now() } else { 0 };
        let took = ticket.started.map(|started| now.saturating_sub(started));
        let is_slow = took.zip(setup.slow_call()).is_some_and(|(took, slow)| took >= slow);
        (now, is_slow)
    }

    /// A call that ended without a word.
    #[inline]
    pub(super) fn give_back(&self, ticket: Ticket) {
        let word = self.machine.word();
        if word.epoch() == ticket.epoch && word.state() == State::HalfOpen {
            let effect = self.machine.leave(ticket.epoch, &self.shell);
            self.stir_if_freed(effect);
        }
    }

    pub(super) fn settle(&self, ticket: Ticket, outcome: Outcome) {
        match outcome {
            Outcome::Success => self.count_success(ticket),
            Outcome::Failure => self.count_failure(ticket),
            Outcome::Ignored => self.give_back(ticket),
        }
    }

    /// A call that was made past the breaker adds to the totals and decides nothing.
    pub(crate) fn note(&self, outcome: Outcome) {
        match outcome {
            Outcome::Success => self.tally.count_success(),
            Outcome::Failure => self.tally.count_failure(),
            Outcome::Ignored => {}
        }
    }

    fn stir_if_freed(&self, effect: Effect) {
        if effect == Effect::Freed {
            self.shell.stirred.notify_waiters();
        }
    }
}
