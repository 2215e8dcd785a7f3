use domain::{BarRule, Money, Price, Quantity};

use super::imbalance::Imbalance;

/// What fills a bar, and how full it is. Starts anew with each bar.
#[derive(Debug, Clone, Copy)]
pub(super) enum Gauge {
    Ticks { wanted: u32, seen: u32 },
    Volume { wanted: Quantity, seen: Quantity },
    Notional { wanted: Money, seen: Money },
    Imbalance(Imbalance),
}

impl Gauge {
    pub(super) fn of(rule: BarRule) -> Option<Self> {
        if !rule.is_sound() {
            return None;
        }
        match rule {
            BarRule::Time(_) | BarRule::Session => None,
            BarRule::Ticks(wanted) => Some(Self::Ticks { wanted, seen: 0 }),
            BarRule::Volume(wanted) => Some(Self::Volume { wanted, seen: Quantity::ZERO }),
            BarRule::Notional(wanted) => Some(Self::Notional { wanted, seen: Money::ZERO }),
            BarRule::Imbalance(ticks) => Some(Self::Imbalance(Imbalance::new(ticks))),
        }
    }

    /// Adds a tick; whether it fills the bar. `None`, and nothing is changed, when a sum would overflow.
    #[inline]
    pub(super) fn take(&mut self, price: Price, quantity: Quantity) -> Option<bool> {
        match self {
            Self::Ticks { wanted, seen } => Some(fill(seen, 0, *seen + 1, *wanted)),
            Self::Volume { wanted, seen } => {
                let sum = seen.checked_add(quantity)?;
                Some(fill(seen, Quantity::ZERO, sum, *wanted))
            }
            Self::Notional { wanted, seen } => {
                let sum = seen.checked_add(price.times(quantity).ok()?)?;
                Some(fill(seen, Money::ZERO, sum, *wanted))
            }
            Self::Imbalance(imbalance) => Some(imbalance.take(price)),
        }
    }
}

#[inline]
fn fill<T: PartialOrd>(seen: &mut T, nothing: T, sum: T, wanted: T) -> bool {
    let is_full = sum >= wanted;
    *seen = if is_full { nothing } else { sum };
    is_full
}
