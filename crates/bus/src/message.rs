use domain::{AccountId, Instrument, InstrumentId, MarketEvent, TenantId};
use engine::Entry;
use serde::{Deserialize, Serialize};

use crate::Topic;

/// What travels on the platform's bus.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Message {
    Market(MarketEvent),
    Order(Box<AccountEntry>),
    /// An instrument, for those who do not have it in their table.
    Listed(Box<Instrument>),
}

/// A fact of one account's journal, with whose it is.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct AccountEntry {
    pub tenant: TenantId,
    pub account: AccountId,
    pub entry: Entry,
}

/// By what a partitioned bus keeps order: messages with one key stay in the order they were published in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Key {
    Instrument(InstrumentId),
    Account(AccountId),
}

impl Message {
    #[must_use]
    #[inline]
    pub const fn topic(&self) -> Topic {
        match self {
            Self::Market(event) => Topic::of(event),
            Self::Order(_) => Topic::OrderEvents,
            Self::Listed(_) => Topic::Instruments,
        }
    }

    #[must_use]
    pub fn key(&self) -> Key {
        match self {
            Self::Market(event) => Key::Instrument(event.instrument()),
            Self::Order(entry) => Key::Account(entry.account),
            Self::Listed(instrument) => Key::Instrument(instrument.id),
        }
    }
}
