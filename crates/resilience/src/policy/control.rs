//! What an operator sees and does.

use std::sync::atomic::Ordering;

use tokio::sync::broadcast;

use super::parts::SharedClock;
use super::{Faults, LayerView, Policy, PolicyConfig};
use crate::breaker::{Breaker, Event, State};
use crate::registry::Idle;

impl Policy {
    #[must_use]
    pub fn name(&self) -> &str {
        &self.parts.name
    }

    /// The layers that are switched on, from the outermost in, with a line each on what they do.
    #[must_use]
    pub fn layers(&self) -> Vec<LayerView> {
        self.parts.settings.load().config.layers()
    }

    /// The configuration now.
    #[must_use]
    pub fn config(&self) -> PolicyConfig {
        self.parts.settings.load().config.clone()
    }

    /// Takes another configuration from the next call on. Calls under way end under the old one. What mechanisms hold
    /// and learnt is kept: the breaker's state, places that are taken, calls of the quota that are used up.
    ///
    /// # Errors
    /// Everything that is wrong with it, at once; then nothing changes.
    pub fn reconfigure(&self, config: &PolicyConfig) -> Result<(), Faults> {
        self.parts.reconfigure(config)
    }

    /// The breaker, if it is switched on.
    #[must_use]
    pub fn breaker(&self) -> Option<&Breaker<SharedClock>> {
        self.parts.settings.load().terms.has_breaker.then_some(&self.parts.breaker)
    }

    /// The breaker's state; closed if it is switched off.
    #[must_use]
    pub fn state(&self) -> State {
        self.breaker().map_or(State::Closed, Breaker::state)
    }

    /// Opens the breaker and holds it open until it is reset.
    pub fn force_open(&self) {
        self.parts.breaker.force_open();
    }

    /// Closes the breaker and holds it closed until it is reset.
    pub fn force_close(&self) {
        self.parts.breaker.force_close();
    }

    /// Closes the breaker, lets go of it, and forgets its failures.
    pub fn reset(&self) {
        self.parts.breaker.reset();
    }

    /// Changes of the breaker's state from now on.
    #[must_use]
    pub fn subscribe(&self) -> broadcast::Receiver<Event> {
        self.parts.breaker.subscribe()
    }
}

impl Idle for Policy {
    /// Nobody is inside, the breaker is closed by itself, and the whole quota is there.
    fn is_idle(&self) -> bool {
        let (parts, terms) = (self.parts.as_ref(), self.parts.settings.load().terms);
        let is_let_alone = !terms.has_breaker || parts.breaker.is_idle();
        let is_empty = parts.bulkhead.in_use() == 0 && parts.bulkhead.waiting() == 0;
        let has_quota = terms.rate.is_none() || parts.full_at.load(Ordering::Relaxed) <= parts.clock.now();
        is_let_alone && is_empty && has_quota
    }
}
