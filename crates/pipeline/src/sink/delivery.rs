use std::sync::Arc;

use domain::{Span, Timestamp};

use super::StopSignal;
use crate::account::Account;
use crate::dead_letter::DeadLetters;
use crate::ledger::Ledger;

/// Tells the time for latencies and dead letters.
pub type SinkClock = Arc<dyn Fn() -> Timestamp + Send + Sync>;

/// Rests between tries, for the span given or until stopped, whichever ends first.
pub type Rest = Arc<dyn Fn(Span, &StopSignal) + Send + Sync>;

/// What a sink's workers need from the world.
#[derive(Clone)]
pub struct Delivery {
    pub dead_letters: Arc<dyn DeadLetters>,
    pub clock: SinkClock,
    pub rest: Rest,
    /// Where items are acknowledged to their sources.
    pub ledger: Ledger,
    pub account: Account,
}

impl Delivery {
    /// Rests in real time.
    #[must_use]
    pub fn new(
        dead_letters: Arc<dyn DeadLetters>,
        clock: SinkClock,
        ledger: Ledger,
        account: Account,
    ) -> Self {
        Self { dead_letters, clock, rest: Arc::new(|span, stop| stop.rest(span)), ledger, account }
    }
}
