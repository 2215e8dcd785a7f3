//! Circuit breaker: stops calling what does not answer, and finds out with a few probes when it does again.
//!
//! ```text
//!            failures in a row, failure rate, slow-call rate
//!   Closed ────────────────────────────────────────────────▶ Open ◀──┐
//!     ▲                                                        │     │ a probe failed or was slow,
//!     │ enough probes went well          open_for is over, at  │     │ or all probes are lost
//!     │                                  the next call         ▼     │
//!     └──────────────────────────────────────────────────── HalfOpen ┘
//! ```
//!
//! - A call takes a [`Permit`] and says how it ended; a permit that is dropped was a cancelled call.
//! - While half-open, slots for probes are reserved by the same exchange that lets the call in: there are never more
//!   probes than configured. Slots of cancelled probes come back; when all of them have been out for `open_for`
//!   without an answer, the breaker opens again instead of waiting for ever.
//! - Every stay in a state is an epoch. The result of a call that was let in during an older epoch adds to the totals
//!   and decides nothing: no late success closes an open breaker, no late failure opens a closed one.
//! - Nothing runs in the background. An open breaker becomes half-open when somebody asks after its time.
//! - By hand: [`Breaker::force_open`] and [`Breaker::force_close`] hold until [`Breaker::reset`].
//!
//! A good call on a closed breaker costs two loads and a count in the thread's own cache line; it takes no lock, makes
//! no allocation, and reads the clock only if a window wants the time.
//!
//! ```
//! use resilience::ManualClock;
//! use resilience::breaker::{Breaker, BreakerConfig, State};
//! use std::time::Duration;
//!
//! let clock = ManualClock::default();
//! let config = BreakerConfig { consecutive_failures: 2, successes_to_close: 1, ..BreakerConfig::default() };
//! let breaker = Breaker::new("quotes", config, clock.clone())?;
//!
//! for _ in 0..2 {
//!     breaker.try_acquire()?.failure();
//! }
//! assert_eq!(breaker.state(), State::Open);
//! let refused = breaker.try_acquire().unwrap_err();
//! assert_eq!(refused.retry_after, Duration::from_secs(60));
//!
//! clock.advance(Duration::from_secs(60));
//! let probe = breaker.try_acquire()?;
//! assert_eq!(breaker.state(), State::HalfOpen);
//! assert!(breaker.try_acquire().is_err(), "one probe at a time");
//!
//! probe.success();
//! assert_eq!(breaker.state(), State::Closed);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::broadcast;

use crate::clock::{Clock, SystemClock};
use crate::names;

mod calls;
mod config;
mod layer;
pub mod machine;
mod permit;
mod shell;
mod snapshot;
mod state;
mod sync;
mod tally;
mod wait;
mod window;

#[cfg(test)]
mod tests;

pub use config::{BreakerConfig, ConfigError, Fault, Window, WindowKind};
pub use layer::{BreakerError, BreakerLayer, BreakerService, ResponseFuture};
pub use permit::{Outcome, Permit, Refused};
pub use snapshot::BreakerSnapshot;
pub use state::{Cause, Event, State};
pub use wait::WAITING_MAX;

use machine::{Denied, Machine};
use shell::{Setup, Shell};
use tally::Tally;
use wait::Crowd;
use window::{Counts, share};

/// Events that a receiver may be behind; one that is further behind loses the oldest.
pub const EVENTS_MAX: usize = 64;

/// A circuit breaker. Shared behind an [`Arc`] or a reference.
#[derive(Debug)]
pub struct Breaker<C: Clock = SystemClock> {
    machine: Machine,
    tally: Tally,
    shell: Shell<C>,
    crowd: Crowd,
}

impl<C: Clock> Breaker<C> {
    /// Closed. The name is the metrics' label `policy`.
    ///
    /// # Errors
    /// Every value of the configuration that is out of its bounds.
    pub fn new(name: impl Into<Arc<str>>, config: BreakerConfig, clock: C) -> Result<Self, ConfigError> {
        Self::with_events(name, config, clock, broadcast::Sender::new(EVENTS_MAX))
    }

    /// The same, with events told to a channel that several breakers share.
    ///
    /// # Errors
    /// Every value of the configuration that is out of its bounds.
    pub fn with_events(
        name: impl Into<Arc<str>>,
        config: BreakerConfig,
        clock: C,
        events: broadcast::Sender<Event>,
    ) -> Result<Self, ConfigError> {
        config.check()?;
        let now = clock.now();
        let machine = Machine::new(now, config.measures());
        let setup = Setup::new(config, machine.word().epoch(), now);
        let shell = Shell::new(name.into(), clock, events, setup);
        shell.export_state(State::Closed);
        Ok(Self { machine, tally: Tally::new(), shell, crowd: Crowd::default() })
    }

    #[must_use]
    pub fn name(&self) -> &Arc<str> {
        &self.shell.name
    }

    /// Leave to make a call, at once or not at all.
    ///
    /// # Errors
    /// [`Refused`] while open, and while half-open with every probe slot taken.
    #[inline]
    pub fn try_acquire(&self) -> Result<Permit<'_, C>, Refused> {
        match self.admit_untimed() {
            Some(permit) => Ok(permit),
            None => self.admit().map_err(|denied| self.refuse(denied)),
        }
    }

    /// Leave to make a call. Only while half-open with every probe slot taken it waits, for a slot or a change of
    /// state, and no longer than `half_open_wait`; at most [`WAITING_MAX`] callers wait. Cancelling it loses nothing.
    ///
    /// # Errors
    /// [`Refused`] while open, and when there was no slot in time.
    ///
    /// # Panics
    /// If it has to wait outside of a tokio runtime with a timer.
    pub async fn acquire(&self) -> Result<Permit<'_, C>, Refused> {
        if let Some(permit) = self.admit_untimed() {
            return Ok(permit);
        }
        let mut admission = self.admit();
        if matches!(admission, Err(Denied::Busy)) {
            let limit = self.shell.setup().config.half_open_wait;
            if !limit.is_zero() {
                admission = self.wait_for_slot(limit).await;
            }
        }
        admission.map_err(|denied| self.refuse(denied))
    }

    /// The state now. An open breaker whose time is over is open until somebody asks for leave.
    #[must_use]
    pub fn state(&self) -> State {
        self.machine.word().state()
    }

    /// Whether it is held where it is by hand.
    #[must_use]
    pub fn is_held(&self) -> bool {
        self.machine.word().is_held()
    }

    /// Opens it and holds it open until [`Self::reset`] or [`Self::force_close`].
    pub fn force_open(&self) {
        self.machine.force(State::Open, &self.shell);
    }

    /// Closes it and holds it closed, whatever fails, until [`Self::reset`] or [`Self::force_open`].
    pub fn force_close(&self) {
        self.machine.force(State::Closed, &self.shell);
    }

    /// Closes it, lets go of it, and forgets failures and window. Totals stay.
    pub fn reset(&self) {
        self.machine.reset(&self.shell);
    }

    /// Changes of state from now on. A receiver that is more than [`EVENTS_MAX`] behind loses the oldest ones and is
    /// told how many.
    #[must_use]
    pub fn subscribe(&self) -> broadcast::Receiver<Event> {
        self.shell.events.subscribe()
    }

    #[must_use]
    pub fn config(&self) -> BreakerConfig {
        self.shell.setup().config.clone()
    }

    /// Takes another configuration from now on. State, failures in a row and the calls under way are kept, so an open
    /// breaker stays open for the new time since it opened; the window is kept if its kind is the same. A call that
    /// began while nobody asked for slow ones is not slow.
    ///
    /// # Errors
    /// Every value that is out of its bounds; then nothing changes.
    pub fn set_config(&self, config: BreakerConfig) -> Result<(), ConfigError> {
        config.check()?;
        self.machine.reconfigure(config.measures(), |epoch| self.shell.reconfigure(config, epoch));
        // There may be more slots.
        self.shell.stirred.notify_waiters();
        Ok(())
    }

    #[must_use]
    pub fn snapshot(&self) -> BreakerSnapshot {
        let (word, setup, now) = (self.machine.word(), self.shell.setup(), self.shell.clock.now());
        let since = self.machine.since(word);
        let (failures, successes, slow) = (self.tally.failures(), self.tally.successes(), self.tally.slow());
        let calls = successes.saturating_add(failures);
        let recent = setup.counts(now).unwrap_or(Counts { calls, failures, slow });
        let age = now.saturating_sub(since);
        BreakerSnapshot {
            name: self.shell.name.to_string(),
            state: word.state(),
            is_held: word.is_held(),
            since,
            age: Duration::from_nanos(age),
            retry_after: self.remaining(word),
            consecutive_failures: word.failures(),
            probes: word.probes(),
            probe_successes: word.successes(),
            calls,
            successes,
            failures,
            slow,
            refused: self.tally.refused(),
            success_rate: if calls == 0 { 1.0 } else { share(successes, calls) },
            failure_rate: share(recent.failures, recent.calls),
            slow_rate: share(recent.slow, recent.calls),
        }
    }

    /// Writes the state and the totals to the metrics. Changes of state are written when they happen.
    pub fn export_metrics(&self) {
        let outcomes = [
            ("success", self.tally.successes()),
            ("failure", self.tally.failures()),
            ("slow", self.tally.slow()),
        ];
        for (outcome, calls) in outcomes {
            let labels = [("policy", Arc::clone(&self.shell.name)), ("outcome", Arc::from(outcome))];
            metrics::counter!(names::CALLS, &labels).absolute(calls);
        }
        let labels = [("policy", Arc::clone(&self.shell.name)), ("reason", Arc::from("open"))];
        metrics::counter!(names::REFUSED, &labels).absolute(self.tally.refused());
        self.shell.export_state(self.state());
    }
}
