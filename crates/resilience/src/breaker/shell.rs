//! What surrounds the state machine: time, configuration, window, and the news of changes.

use std::sync::Arc;

use arc_swap::{ArcSwap, Guard};
use tokio::sync::{Notify, broadcast};

use super::config::BreakerConfig;
use super::machine::{Change, Epoch, Limits, Watch};
use super::state::{Cause, Event, State};
use super::window::{Counts, Rolling};
use crate::clock::Clock;
use crate::names;

/// A configuration, and the window that one epoch of it fills.
#[derive(Debug)]
pub(super) struct Setup {
    pub(super) config: BreakerConfig,
    pub(super) limits: Limits,
    slow_call: Option<u64>,
    window: Option<Arc<Rolling>>,
    /// Whose calls are in the window.
    epoch: Epoch,
}

impl Setup {
    pub(super) fn new(config: BreakerConfig, epoch: Epoch, now: u64) -> Self {
        let window = config.window.as_ref().map(|window| Arc::new(Rolling::new(window.kind, now)));
        let (limits, slow_call) = (config.limits(), config.slow_call());
        Self { config, limits, slow_call, window, epoch }
    }

    /// The same with another configuration; the window is kept if it still holds the same calls.
    fn changed(&self, config: BreakerConfig, epoch: Epoch, now: u64) -> Self {
        let mut next = Self::new(config, epoch, now);
        let kind = |setup: &Self| setup.config.window.as_ref().map(|window| window.kind);
        if kind(self) == kind(&next) {
            next.window.clone_from(&self.window);
            next.epoch = self.epoch;
        }
        next
    }

    /// Nanoseconds from which on a call is slow.
    pub(super) fn slow_call(&self) -> Option<u64> {
        self.slow_call
    }

    /// Whether the moment a call ended matters.
    #[inline]
    pub(super) fn needs_end(&self) -> bool {
        self.slow_call.is_some() || matches!(self.window.as_deref(), Some(Rolling::Time(_)))
    }

    /// Takes a call into the window of its epoch, and says whether that is now too much.
    #[inline]
    pub(super) fn record(&self, epoch: Epoch, now: u64, has_failed: bool, is_slow: bool) -> Option<Cause> {
        let rolling = self.window.as_ref().filter(|_| self.epoch == epoch)?;
        rolling.record(now, has_failed, is_slow);
        if !has_failed && !is_slow {
            return None;
        }
        rolling.counts(now).verdict(self.config.window.as_ref()?)
    }

    pub(super) fn counts(&self, now: u64) -> Option<Counts> {
        self.window.as_ref().map(|rolling| rolling.counts(now))
    }
}

#[derive(Debug)]
pub(super) struct Shell<C> {
    pub(super) name: Arc<str>,
    pub(super) clock: C,
    pub(super) events: broadcast::Sender<Event>,
    /// Told when a probe slot is free again or the state changed.
    pub(super) stirred: Notify,
    setup: ArcSwap<Setup>,
}

impl<C: Clock> Shell<C> {
    pub(super) fn new(name: Arc<str>, clock: C, events: broadcast::Sender<Event>, setup: Setup) -> Self {
        Self { name, clock, events, stirred: Notify::new(), setup: ArcSwap::from_pointee(setup) }
    }

    #[inline]
    pub(super) fn setup(&self) -> Guard<Arc<Setup>> {
        self.setup.load()
    }

    /// Under the machine's lock.
    pub(super) fn reconfigure(&self, config: BreakerConfig, epoch: Epoch) {
        let next = self.setup.load().changed(config, epoch, self.clock.now());
        self.setup.store(Arc::new(next));
    }

    pub(super) fn export_state(&self, state: State) {
        metrics::gauge!(names::BREAKER_STATE, "policy" => Arc::clone(&self.name))
            .set(f64::from(state.level()));
    }
}

impl<C: Clock> Watch for Shell<C> {
    fn now(&self) -> u64 {
        self.clock.now()
    }

    /// Whoever is let in by a breaker that closes meets an empty window.
    fn prepare(&self, change: &Change) {
        if change.to == State::Closed {
            let config = self.setup.load().config.clone();
            self.setup.store(Arc::new(Setup::new(config, change.epoch, change.at)));
        }
    }

    fn announce(&self, change: &Change) {
        self.stirred.notify_waiters();
        if change.from == change.to {
            return;
        }
        self.export_state(change.to);
        let labels = [("policy", Arc::clone(&self.name)), ("to", Arc::from(change.to.code()))];
        metrics::counter!(names::BREAKER_TRANSITIONS, &labels).increment(1);
        let Change { from, to, cause, at, .. } = *change;
        if to == State::Open {
            tracing::warn!(policy = %self.name, %from, %cause, "circuit breaker opened");
        } else {
            tracing::info!(policy = %self.name, %from, %to, %cause, "circuit breaker changed");
        }
        // Nobody may be listening.
        self.events.send(Event { name: Arc::clone(&self.name), from, to, cause, at }).ok();
    }
}
