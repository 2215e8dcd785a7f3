use std::collections::BTreeMap;

use domain::{InstrumentId, OrderId, Span, StrategyId, Timestamp};
use risk::{Reason, Rung};
use serde::{Deserialize, Serialize};

/// Who sends the orders that close positions at [`Rung::Flatten`]: the engine itself. Nobody else can bear it.
pub const FLATTENER: StrategyId = StrategyId(u16::MAX);

/// How often an order that ended before it was filled is sent again, for one position. After that the position
/// is given up, and once all that is left was given up the account halts and says so.
pub const FLATTEN_RETRIES_MAX: u8 = 3;

/// The pause before it is sent again, doubled each time: a venue that is out of breath gets one.
pub const FLATTEN_RETRY_AFTER: Span = Span::SECOND;

/// On which rung of the ladder an account stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Standing {
    pub rung: Rung,
    /// Why; empty as long as nobody ever set a rung.
    pub cause: String,
    pub since: Timestamp,
}

impl Standing {
    pub(super) const fn opened(time: Timestamp) -> Self {
        Self { rung: Rung::Normal, cause: String::new(), since: time }
    }
}

/// How far the closing of positions has come; it begins anew with each step on the ladder.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub(crate) struct Flattening {
    /// The last order before the step: at the last rung every later one is a closing one.
    after: OrderId,
    attempts: BTreeMap<InstrumentId, Attempts>,
}

/// What was tried for one position.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
struct Attempts {
    /// Orders that ended before they were filled.
    unfilled: u8,
    /// Nothing is sent before.
    not_before: Timestamp,
    /// It is on record that the gate let none through and that this may pass.
    waits: bool,
    /// The gate let none through, and waiting will not help.
    is_denied: bool,
}

impl Attempts {
    const fn are_over(self) -> bool {
        self.is_denied || self.unfilled > FLATTEN_RETRIES_MAX
    }
}

impl Flattening {
    pub(super) const fn after(order: OrderId) -> Self {
        Self { after: order, attempts: BTreeMap::new() }
    }

    /// Whether the order was sent since, to close a position.
    pub(crate) fn sent(&self, order: OrderId) -> bool {
        order > self.after
    }

    /// Whether the pause after the last order is not over.
    pub(crate) fn pauses(&self, instrument: InstrumentId, now: Timestamp) -> bool {
        self.attempts.get(&instrument).is_some_and(|attempts| now < attempts.not_before)
    }

    /// Whether it is on record that nothing can be sent for the position just now.
    pub(crate) fn waits(&self, instrument: InstrumentId) -> bool {
        self.attempts.get(&instrument).is_some_and(|attempts| attempts.waits)
    }

    /// Whether nothing more is tried for the position.
    pub(crate) fn has_given_up(&self, instrument: InstrumentId) -> bool {
        self.attempts.get(&instrument).is_some_and(|attempts| attempts.are_over())
    }

    pub(super) fn on_sent(&mut self, instrument: InstrumentId) {
        if let Some(attempts) = self.attempts.get_mut(&instrument) {
            attempts.waits = false;
        }
    }

    pub(super) fn on_denied(&mut self, instrument: InstrumentId, reason: &Reason) {
        let attempts = self.attempts.entry(instrument).or_default();
        if may_pass(reason) {
            attempts.waits = true;
        } else {
            attempts.is_denied = true;
        }
    }

    pub(super) fn on_ended(&mut self, instrument: InstrumentId, time: Timestamp) {
        let attempts = self.attempts.entry(instrument).or_default();
        let pause = FLATTEN_RETRY_AFTER.nanos() << attempts.unfilled.min(FLATTEN_RETRIES_MAX);
        attempts.not_before = time.plus(Span::from_nanos(pause));
        attempts.unfilled = attempts.unfilled.saturating_add(1);
    }

    /// A position that is closed is forgotten: the next one there is another.
    pub(super) fn keep(&mut self, is_open: impl Fn(InstrumentId) -> bool) {
        self.attempts.retain(|instrument, _| is_open(*instrument));
    }

    /// A person has looked: everything may be tried again.
    pub(super) fn forgive(&mut self) {
        self.attempts.clear();
    }
}

/// Whether the gate may let the same order through later, with nobody's help.
pub(crate) const fn may_pass(reason: &Reason) -> bool {
    matches!(
        reason,
        Reason::NoReferencePrice
            | Reason::StaleReferencePrice { .. }
            | Reason::TooManyOpenOrders { .. }
            | Reason::TooManyOrders { .. }
    )
}
