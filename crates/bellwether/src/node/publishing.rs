//! The bus between the market thread and the accounts.

use std::sync::Arc;
use std::time::Duration;

use bus::{Bus, FullPolicy, LocalBus, Message, Received, Subscription, Topic};
use domain::MarketEvent;

/// Market events that may wait for one account; the market thread then waits for it, so that no account trades
/// on a market with holes.
const WAITING_MAX: usize = 8_192;

/// Puts market events on the bus.
pub(crate) struct Publisher(Arc<LocalBus<Message>>);

impl Publisher {
    pub(crate) const fn new(bus: Arc<LocalBus<Message>>) -> Self {
        Self(bus)
    }

    pub(crate) fn publish(&self, event: &MarketEvent) {
        let closed = self.0.publish(Topic::of(event), Arc::new(Message::Market(event.clone())));
        if closed.is_err() {
            tracing::debug!("the bus is closed; an event reached no account");
        }
    }
}

/// One account's view of the market.
pub(crate) struct Inbox(<LocalBus<Message> as Bus<Message>>::Subscription);

impl Inbox {
    pub(crate) fn new(bus: &LocalBus<Message>) -> anyhow::Result<Self> {
        let inbox = bus::Inbox { capacity: WAITING_MAX, policy: FullPolicy::Block };
        Ok(Self(bus.subscribe(&Topic::MARKET, inbox)?))
    }

    /// The next event, if one comes in time.
    pub(crate) fn next(&mut self, limit: Duration) -> Option<Arc<Message>> {
        match self.0.recv_timeout(limit) {
            Received::Message(delivered) => Some(delivered.message),
            Received::Gap { .. } | Received::Nothing => None,
            Received::Closed => {
                std::thread::sleep(limit);
                None
            }
        }
    }
}
