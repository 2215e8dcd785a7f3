//! The state machine alone: no counts of calls, no events, no metrics, no clock of its own.
//!
//! Everything that decides is one atomic [`Word`]. The rules are pure functions of it; what they say is swapped in
//! with compare-and-exchange, so every result is either counted in the epoch it belongs to or not at all. A lock is
//! taken only where a new epoch begins, so that those who watch hear of the epochs one by one and in order.
//!
//! It is public because the model checker drives it; most want [`super::Breaker`].

use super::sync::{AtomicU64, Mutex, Ordering};
use super::{Cause, State};

mod rules;
mod word;

#[cfg(test)]
mod tests;

use rules::{Moments, Step, Turn};

pub use rules::{Denied, Effect, Limits};
pub use word::{Epoch, Measures, Word};
pub(crate) use word::{FAILURES_MAX, PROBES_MAX};

/// A new epoch.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Change {
    pub from: State,
    pub to: State,
    pub cause: Cause,
    /// The epoch that begins.
    pub epoch: Epoch,
    /// Nanoseconds of the watcher's clock.
    pub at: u64,
}

/// What surrounds a machine. Both hooks are called under the machine's lock and must not call it back.
pub trait Watch {
    /// Nanoseconds of a clock that never goes back.
    fn now(&self) -> u64;

    /// Before anybody can see the new epoch. It may be called again, or for a change that then does not come.
    fn prepare(&self, change: &Change);

    /// After the new epoch can be seen: once for each, in order.
    fn announce(&self, change: &Change);
}

/// A circuit breaker's state machine.
#[derive(Debug)]
pub struct Machine {
    word: AtomicU64,
    /// When the epoch began: one place for odd and one for even epochs, as the next is written before it is seen.
    since: [AtomicU64; 2],
    /// When the last probe was let in.
    probed: AtomicU64,
    turning: Mutex<()>,
}

impl Machine {
    /// Closed since `now`.
    #[must_use]
    pub fn new(now: u64, measures: Measures) -> Self {
        let word = Word::new(Epoch::FIRST, State::Closed).with_measures(measures);
        Self {
            word: AtomicU64::new(word.bits()),
            since: [AtomicU64::new(now), AtomicU64::new(now)],
            probed: AtomicU64::new(now),
            turning: Mutex::new(()),
        }
    }

    #[must_use]
    #[inline]
    pub fn word(&self) -> Word {
        Word::from_bits(self.word.load(Ordering::Acquire))
    }

    /// When the epoch of this word began.
    #[must_use]
    pub fn since(&self, word: Word) -> u64 {
        self.since_of(word.epoch()).load(Ordering::Relaxed)
    }

    /// Lets somebody in, or says why not.
    ///
    /// # Errors
    /// [`Denied::Open`] with the nanoseconds that are left, or [`Denied::Busy`] when all probe slots are taken.
    pub fn admit(&self, limits: &Limits, watch: &impl Watch) -> Result<Epoch, Denied> {
        let now = watch.now();
        self.apply(watch, |word| {
            let probed = self.probed.load(Ordering::Relaxed);
            let step = rules::admit(word, Moments { now, since: self.since(word), probed }, limits);
            if matches!(step, Step::Count(..) | Step::Turn(_, Ok(_))) {
                // Before the slot is seen taken, so that nobody takes this probe for an old one.
                self.probed.fetch_max(now, Ordering::Relaxed);
            }
            step
        })
    }

    /// A call that was let in during `epoch` went well.
    pub fn succeed(&self, epoch: Epoch, limits: &Limits, watch: &impl Watch) -> Effect {
        self.apply(watch, |word| rules::succeed(word, epoch, limits))
    }

    /// A call that was let in during `epoch` failed; a half-open machine opens again because of `probe_cause`.
    pub fn fail(&self, epoch: Epoch, limits: &Limits, probe_cause: Cause, watch: &impl Watch) -> Effect {
        self.apply(watch, |word| rules::fail(word, epoch, limits, probe_cause))
    }

    /// A call that was let in during `epoch` ended and says nothing.
    pub fn leave(&self, epoch: Epoch, watch: &impl Watch) -> Effect {
        self.apply(watch, |word| rules::leave(word, epoch))
    }

    /// Opens it if it is still closed in `epoch`.
    pub fn trip(&self, epoch: Epoch, cause: Cause, watch: &impl Watch) -> Effect {
        self.apply(watch, |word| rules::trip(word, epoch, cause))
    }

    /// Puts it into a state and keeps it there until [`Self::reset`].
    pub fn force(&self, to: State, watch: &impl Watch) -> Effect {
        self.apply(watch, |word| rules::force(word, to))
    }

    /// Closes it and forgets what was counted.
    pub fn reset(&self, watch: &impl Watch) -> Effect {
        self.apply(watch, rules::reset)
    }

    /// Changes what is measured, in the same epoch. `change` runs while no new epoch can begin.
    pub fn reconfigure(&self, measures: Measures, change: impl FnOnce(Epoch)) {
        let _turning = self.turning.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        let mut word = self.word();
        change(word.epoch());
        while !self.exchange(word, word.with_measures(measures)) {
            word = self.word();
        }
    }

    /// Decides and does it, again and again until nobody came between.
    fn apply<T>(&self, watch: &impl Watch, decide: impl Fn(Word) -> Step<T>) -> T {
        loop {
            let word = self.word();
            match decide(word) {
                Step::Stay(answer) => return answer,
                Step::Count(next, answer) => {
                    if self.exchange(word, next) {
                        return answer;
                    }
                }
                Step::Turn(turn, answer) => {
                    if self.turn(word, turn, watch) {
                        return answer;
                    }
                }
            }
        }
    }

    /// Begins the next epoch if the word is still the one that was decided upon.
    fn turn(&self, word: Word, turn: Turn, watch: &impl Watch) -> bool {
        let _turning = self.turning.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        if self.word() != word {
            return false;
        }
        let epoch = word.next_epoch();
        let change = Change { from: word.state(), to: turn.to, cause: turn.cause, epoch, at: watch.now() };
        self.since_of(epoch).store(change.at, Ordering::Relaxed);
        watch.prepare(&change);
        if !self.exchange(word, next_word(word, turn)) {
            return false;
        }
        watch.announce(&change);
        true
    }

    fn exchange(&self, from: Word, to: Word) -> bool {
        self.word.compare_exchange(from.bits(), to.bits(), Ordering::AcqRel, Ordering::Relaxed).is_ok()
    }

    fn since_of(&self, epoch: Epoch) -> &AtomicU64 {
        let [even, odd] = &self.since;
        if epoch.is_odd() { odd } else { even }
    }
}

fn next_word(word: Word, turn: Turn) -> Word {
    let next =
        Word::new(word.next_epoch(), turn.to).with_probes(turn.probes, 0).with_measures(word.measures());
    if turn.is_held { next.held() } else { next }
}
