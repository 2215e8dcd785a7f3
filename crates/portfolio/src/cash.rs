//! Cash by currency.

use domain::{Currency, Money};
use serde::{Deserialize, Serialize};

/// Amounts sorted by currency: an account has so few that a scan beats any map.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub(crate) struct Cash(Vec<(Currency, Money)>);

impl Cash {
    /// Zero for a currency that was never held.
    #[inline]
    pub(crate) fn of(&self, currency: Currency) -> Money {
        self.0.iter().find(|(held, _)| *held == currency).map_or(Money::ZERO, |(_, amount)| *amount)
    }

    #[inline]
    pub(crate) fn set(&mut self, currency: Currency, amount: Money) {
        match self.0.iter_mut().find(|(held, _)| *held == currency) {
            Some((_, held)) => *held = amount,
            None => self.insert(currency, amount),
        }
    }

    /// Makes room for a currency.
    pub(crate) fn ensure(&mut self, currency: Currency) {
        self.set(currency, self.of(currency));
    }

    #[cold]
    fn insert(&mut self, currency: Currency, amount: Money) {
        let place = self.0.partition_point(|(held, _)| *held < currency);
        self.0.insert(place, (currency, amount));
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = (Currency, Money)> {
        self.0.iter().copied()
    }
}
