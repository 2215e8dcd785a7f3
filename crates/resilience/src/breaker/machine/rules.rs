//! The rules, as pure functions from a word to what is to be done. [`super::Machine`] makes them happen.

use super::super::{Cause, State};
use super::word::{Epoch, Word};

/// The numbers that decide.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Failures in a row that open; 0 for never.
    pub consecutive_failures: u64,
    /// Probes at once while half-open.
    pub probes: u64,
    /// Probes that must go well to close.
    pub successes: u64,
    /// Nanoseconds that it stays open.
    pub open_for: u64,
}

/// What a word becomes. `T` is the answer when that worked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Step<T> {
    /// Nothing changes.
    Stay(T),
    /// A count changes within the epoch.
    Count(Word, T),
    /// A new epoch begins.
    Turn(Turn, T),
}

/// The beginning of a new epoch.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Turn {
    pub(super) to: State,
    pub(super) cause: Cause,
    pub(super) is_held: bool,
    /// Slots taken from the first moment on.
    pub(super) probes: u64,
}

impl Turn {
    const fn new(to: State, cause: Cause) -> Self {
        Self { to, cause, is_held: false, probes: 0 }
    }
}

/// What a result did.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Effect {
    /// It came from an older epoch and decided nothing.
    Late,
    /// It was counted, or there was nothing to count.
    Counted,
    /// It was counted, and a probe slot is free again.
    Freed,
    /// The state changed.
    Turned,
}

/// Why somebody is not let in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Denied {
    /// Open, for so many nanoseconds more.
    Open { wait: u64 },
    /// Half-open, and every probe slot is taken.
    Busy,
}

/// The moments that matter to an admission, in nanoseconds of one clock.
#[derive(Debug, Clone, Copy)]
pub(super) struct Moments {
    pub(super) now: u64,
    /// When this epoch began.
    pub(super) since: u64,
    /// When the last probe was let in.
    pub(super) probed: u64,
}

/// Somebody wants to be let in; the answer is the epoch that he belongs to.
pub(super) fn admit(word: Word, at: Moments, limits: &Limits) -> Step<Result<Epoch, Denied>> {
    match word.state() {
        State::Closed => Step::Stay(Ok(word.epoch())),
        State::Open => admit_to_open(word, at, limits),
        State::HalfOpen => admit_probe(word, at, limits),
    }
}

fn admit_to_open(word: Word, at: Moments, limits: &Limits) -> Step<Result<Epoch, Denied>> {
    if word.is_held() {
        return Step::Stay(Err(Denied::Open { wait: limits.open_for }));
    }
    let wait = limits.open_for.saturating_sub(at.now.saturating_sub(at.since));
    if wait > 0 {
        return Step::Stay(Err(Denied::Open { wait }));
    }
    // Whoever turns it is the first probe: the slot is his before anybody else can see it.
    Step::Turn(Turn { probes: 1, ..Turn::new(State::HalfOpen, Cause::Waited) }, Ok(word.next_epoch()))
}

fn admit_probe(word: Word, at: Moments, limits: &Limits) -> Step<Result<Epoch, Denied>> {
    if word.probes() < limits.probes {
        return Step::Count(word.with_probes(word.probes() + 1, word.successes()), Ok(word.epoch()));
    }
    // All slots are taken, the last of them too long ago: these probes will not answer.
    if at.now.saturating_sub(at.probed) >= limits.open_for {
        return Step::Turn(
            Turn::new(State::Open, Cause::ProbesLost),
            Err(Denied::Open { wait: limits.open_for }),
        );
    }
    Step::Stay(Err(Denied::Busy))
}

/// A call of that epoch went well.
pub(super) fn succeed(word: Word, epoch: Epoch, limits: &Limits) -> Step<Effect> {
    if word.epoch() != epoch {
        return Step::Stay(Effect::Late);
    }
    match word.state() {
        State::Closed if word.failures() == 0 => Step::Stay(Effect::Counted),
        State::Closed => Step::Count(word.with_failures(0), Effect::Counted),
        State::HalfOpen if word.successes() + 1 >= limits.successes => {
            Step::Turn(Turn::new(State::Closed, Cause::ProbesSucceeded), Effect::Turned)
        }
        State::HalfOpen => {
            let next = word.with_probes(word.probes().saturating_sub(1), word.successes() + 1);
            Step::Count(next, Effect::Freed)
        }
        State::Open => Step::Stay(Effect::Late),
    }
}

/// A call of that epoch failed. `probe_cause` is why a half-open breaker opens again.
pub(super) fn fail(word: Word, epoch: Epoch, limits: &Limits, probe_cause: Cause) -> Step<Effect> {
    if word.epoch() != epoch {
        return Step::Stay(Effect::Late);
    }
    match word.state() {
        State::Closed => {
            let failures = word.failures() + 1;
            let is_enough = limits.consecutive_failures > 0 && failures >= limits.consecutive_failures;
            if is_enough && !word.is_held() {
                return Step::Turn(Turn::new(State::Open, Cause::ConsecutiveFailures), Effect::Turned);
            }
            Step::Count(word.with_failures(failures), Effect::Counted)
        }
        State::HalfOpen => Step::Turn(Turn::new(State::Open, probe_cause), Effect::Turned),
        State::Open => Step::Stay(Effect::Late),
    }
}

/// A call of that epoch ended without saying anything about the other side.
pub(super) fn leave(word: Word, epoch: Epoch) -> Step<Effect> {
    if word.epoch() != epoch {
        return Step::Stay(Effect::Late);
    }
    match word.state() {
        State::HalfOpen => {
            Step::Count(word.with_probes(word.probes().saturating_sub(1), word.successes()), Effect::Freed)
        }
        State::Closed | State::Open => Step::Stay(Effect::Counted),
    }
}

/// The window of that epoch has seen enough.
pub(super) fn trip(word: Word, epoch: Epoch, cause: Cause) -> Step<Effect> {
    if word.epoch() != epoch {
        return Step::Stay(Effect::Late);
    }
    match word.state() {
        State::Closed if !word.is_held() => Step::Turn(Turn::new(State::Open, cause), Effect::Turned),
        State::Closed | State::Open | State::HalfOpen => Step::Stay(Effect::Counted),
    }
}

/// Somebody wants it in that state, and held there.
pub(super) fn force(word: Word, to: State) -> Step<Effect> {
    if word.state() == to && word.is_held() {
        return Step::Stay(Effect::Counted);
    }
    Step::Turn(Turn { is_held: true, ..Turn::new(to, Cause::Forced) }, Effect::Turned)
}

/// Somebody wants it as new.
pub(super) fn reset(_: Word) -> Step<Effect> {
    Step::Turn(Turn::new(State::Closed, Cause::Reset), Effect::Turned)
}
