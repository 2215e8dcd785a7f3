use domain::{Money, Quantity, Rate, Span};
use serde::{Deserialize, Serialize};
use thiserror::Error;

/// What an account may do. There is no `Default`: whoever wants the specified figures says so with
/// [`Limits::specified`]. Every bound is inclusive unless its field says otherwise; money is in the settlement
/// currency of the instrument that is traded.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Limits {
    /// Units of the instrument in one order.
    pub max_order_size: Quantity,
    /// Units of one instrument, long or short, as if everything in flight on that side were filled.
    pub max_position_size: Quantity,
    /// Value of one order.
    pub max_order_notional: Money,
    /// Value of all positions and all working orders, with this one; what only reduces a position is let past it.
    pub max_gross_notional: Money,
    /// Orders not known to be over, with this one.
    pub max_open_orders: u32,
    /// Orders within any `rate_window`, with this one; at most [`Limits::ORDERS_PER_WINDOW_MAX`].
    pub orders_per_window: u32,
    /// Nanoseconds.
    pub rate_window: Span,
    /// How far a limit price may lie from the reference price, as a share of it, in either direction.
    pub price_collar: Rate,
    /// How old the reference price may be, in nanoseconds.
    pub max_reference_age: Span,
    /// The loss since the start of the day from which on orders may only reduce positions: exclusive, reaching it is
    /// enough.
    pub max_daily_loss: Money,
    /// The fall from the highest equity, as a share of it, from which on orders may only reduce positions: exclusive,
    /// reaching it is enough.
    pub max_drawdown: Rate,
}

/// Why a set of limits cannot be meant.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum LimitFault {
    #[error("`{field}` must be more than zero")]
    NotPositive { field: &'static str },
    #[error("`{field}` must be a share between zero and one")]
    NotAShare { field: &'static str },
    #[error("`{field}` must not be more than {max}")]
    TooLarge { field: &'static str, max: u32 },
    #[error("`{smaller}` must not be more than `{larger}`")]
    OutOfOrder { smaller: &'static str, larger: &'static str },
}

impl LimitFault {
    /// The field to put right.
    #[must_use]
    pub const fn field(&self) -> &'static str {
        match self {
            Self::NotPositive { field } | Self::NotAShare { field } | Self::TooLarge { field, .. } => field,
            Self::OutOfOrder { smaller, .. } => smaller,
        }
    }
}

impl Limits {
    /// What a [`crate::RateWindow`] keeps at most: 8 bytes an order.
    pub const ORDERS_PER_WINDOW_MAX: u32 = 65_536;

    /// The figures that hold where nobody chose others: 10 000 units an order and 100 000 a position as
    /// specified; and, chosen with them, one million of value an order and ten million in all, 200 open orders,
    /// 50 orders a second, limit prices within 5 % of a reference no older than five seconds, and no
    /// new risk from 50 000 lost in a day or 20 % below the highest equity on.
    #[must_use]
    pub const fn specified() -> Self {
        Self {
            max_order_size: Quantity::from_units(10_000),
            max_position_size: Quantity::from_units(100_000),
            max_order_notional: Money::from_units(1_000_000),
            max_gross_notional: Money::from_units(10_000_000),
            max_open_orders: 200,
            orders_per_window: 50,
            rate_window: Span::SECOND,
            price_collar: Rate::from_basis_points(500),
            max_reference_age: Span::from_seconds(5),
            max_daily_loss: Money::from_units(50_000),
            max_drawdown: Rate::from_basis_points(2_000),
        }
    }

    /// Whether the figures can be meant. The gate does not rely on it: a limit of zero or less denies
    /// whatever it bounds.
    ///
    /// # Errors
    /// Every fault at once, never only the first.
    pub fn validate(&self) -> Result<(), Vec<LimitFault>> {
        let mut faults: Vec<LimitFault> = self
            .signs()
            .into_iter()
            .filter(|(_, positive)| !positive)
            .map(|(field, _)| LimitFault::NotPositive { field })
            .collect();
        faults.extend(self.not_shares());
        faults.extend(self.too_large());
        faults.extend(self.out_of_order());
        if faults.is_empty() { Ok(()) } else { Err(faults) }
    }

    const fn signs(&self) -> [(&'static str, bool); 11] {
        [
            ("max_order_size", self.max_order_size.is_positive()),
            ("max_position_size", self.max_position_size.is_positive()),
            ("max_order_notional", self.max_order_notional.raw() > 0),
            ("max_gross_notional", self.max_gross_notional.raw() > 0),
            ("max_open_orders", self.max_open_orders > 0),
            ("orders_per_window", self.orders_per_window > 0),
            ("rate_window", self.rate_window.nanos() > 0),
            ("price_collar", self.price_collar.raw() > 0),
            ("max_reference_age", self.max_reference_age.nanos() > 0),
            ("max_daily_loss", self.max_daily_loss.raw() > 0),
            ("max_drawdown", self.max_drawdown.raw() > 0),
        ]
    }

    fn not_shares(&self) -> impl Iterator<Item = LimitFault> {
        [("price_collar", self.price_collar), ("max_drawdown", self.max_drawdown)]
            .into_iter()
            .filter(|(_, share)| share.raw() > Rate::SCALE)
            .map(|(field, _)| LimitFault::NotAShare { field })
    }

    fn too_large(&self) -> Option<LimitFault> {
        let max = Self::ORDERS_PER_WINDOW_MAX;
        (self.orders_per_window > max).then_some(LimitFault::TooLarge { field: "orders_per_window", max })
    }

    fn out_of_order(&self) -> impl Iterator<Item = LimitFault> {
        [
            (self.max_order_size > self.max_position_size, "max_order_size", "max_position_size"),
            (self.max_order_notional > self.max_gross_notional, "max_order_notional", "max_gross_notional"),
        ]
        .into_iter()
        .filter(|(faulty, ..)| *faulty)
        .map(|(_, smaller, larger)| LimitFault::OutOfOrder { smaller, larger })
    }
}
