//! Everything that decides about a call, in one word: read with one load, changed with one exchange.
//!
//! ```text
//! 63 ........ 25 | 24       | 23    | 22   | 21 20 | 19 ....... 10 | 9 ......... 0
//! epoch          | windowed | timed | held | state | successes     | probes         half-open
//!                                                  | consecutive failures           closed
//! ```

use super::super::State;

const COUNT_BITS: u32 = 20;
const HALF_BITS: u32 = 10;
const STATE_SHIFT: u32 = 20;
const EPOCH_SHIFT: u32 = 25;

const COUNT_MASK: u64 = (1 << COUNT_BITS) - 1;
const HALF_MASK: u64 = (1 << HALF_BITS) - 1;
const STATE_MASK: u64 = 0b11 << STATE_SHIFT;
const HELD: u64 = 1 << 22;
const TIMED: u64 = 1 << 23;
const WINDOWED: u64 = 1 << 24;
const EPOCH_MASK: u64 = u64::MAX << EPOCH_SHIFT;

/// The most consecutive failures that fit.
pub(crate) const FAILURES_MAX: u64 = COUNT_MASK;
/// The most probes, and the most successes of probes, that fit.
pub(crate) const PROBES_MAX: u64 = HALF_MASK;

/// One stay in one state. Whoever was let in remembers it; a result of another epoch decides nothing.
///
/// 39 bits: at a thousand changes of state a second it takes 17 years to meet a number again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Epoch(u64);

impl Epoch {
    pub(super) const FIRST: Self = Self(0);

    /// Which of two places belongs to it, so that the next epoch's can be written beside this one's.
    pub(super) const fn is_odd(self) -> bool {
        self.0 & (1 << EPOCH_SHIFT) != 0
    }
}

/// The whole state at one moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Word(u64);

impl Word {
    pub(super) const fn new(epoch: Epoch, state: State) -> Self {
        Self(epoch.0 | state_bits(state))
    }

    pub(super) const fn from_bits(bits: u64) -> Self {
        Self(bits)
    }

    pub(super) const fn bits(self) -> u64 {
        self.0
    }

    #[must_use]
    #[inline]
    pub const fn epoch(self) -> Epoch {
        Epoch(self.0 & EPOCH_MASK)
    }

    pub(super) const fn next_epoch(self) -> Epoch {
        Epoch((self.0 & EPOCH_MASK).wrapping_add(1 << EPOCH_SHIFT))
    }

    #[must_use]
    pub const fn state(self) -> State {
        match (self.0 & STATE_MASK) >> STATE_SHIFT {
            0 => State::Closed,
            1 => State::Open,
            _ => State::HalfOpen,
        }
    }

    /// Forced by hand, until it is reset.
    #[must_use]
    pub const fn is_held(self) -> bool {
        self.0 & HELD != 0
    }

    /// Results go to a window too.
    #[must_use]
    pub const fn is_windowed(self) -> bool {
        self.0 & WINDOWED != 0
    }

    /// Closed, and nobody wants to know when the call began.
    #[inline]
    pub(crate) const fn admits_untimed(self) -> bool {
        self.0 & (STATE_MASK | TIMED) == 0
    }

    /// Closed in that epoch, no failure before, no window: a success changes nothing.
    #[inline]
    pub(crate) const fn is_calm_in(self, epoch: Epoch) -> bool {
        self.0 == epoch.0
    }

    /// Failures in a row; zero unless closed.
    #[must_use]
    pub const fn failures(self) -> u64 {
        if matches!(self.state(), State::Closed) { self.0 & COUNT_MASK } else { 0 }
    }

    /// Probe slots taken; zero unless half-open.
    #[must_use]
    pub const fn probes(self) -> u64 {
        if matches!(self.state(), State::HalfOpen) { self.0 & HALF_MASK } else { 0 }
    }

    /// Probes that went well; zero unless half-open.
    #[must_use]
    pub const fn successes(self) -> u64 {
        if matches!(self.state(), State::HalfOpen) { (self.0 >> HALF_BITS) & HALF_MASK } else { 0 }
    }

    pub(super) const fn with_failures(self, failures: u64) -> Self {
        let fitting = if failures > FAILURES_MAX { FAILURES_MAX } else { failures };
        Self(self.0 & !COUNT_MASK | fitting)
    }

    /// Both at most [`PROBES_MAX`].
    pub(super) const fn with_probes(self, probes: u64, successes: u64) -> Self {
        Self(self.0 & !COUNT_MASK | (successes & HALF_MASK) << HALF_BITS | probes & HALF_MASK)
    }

    pub(super) const fn held(self) -> Self {
        Self(self.0 | HELD)
    }

    pub(super) const fn with_measures(self, measures: Measures) -> Self {
        let timed = if measures.is_timed { TIMED } else { 0 };
        let windowed = if measures.is_windowed { WINDOWED } else { 0 };
        Self(self.0 & !(TIMED | WINDOWED) | timed | windowed)
    }

    pub(crate) const fn measures(self) -> Measures {
        Measures { is_timed: self.0 & TIMED != 0, is_windowed: self.0 & WINDOWED != 0 }
    }
}

/// What is measured of a call besides its end.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Measures {
    /// When it began, to tell slow ones.
    pub is_timed: bool,
    /// Results are kept in a window.
    pub is_windowed: bool,
}

const fn state_bits(state: State) -> u64 {
    let code: u64 = match state {
        State::Closed => 0,
        State::Open => 1,
        State::HalfOpen => 2,
    };
    code << STATE_SHIFT
}
