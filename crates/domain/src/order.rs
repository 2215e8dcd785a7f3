//! Orders: what may be asked for, and the law of what may happen to one.

mod kind;
mod transition;

pub use kind::{Link, LinkRole, OrderKind, Side, TimeInForce};
pub use transition::{IllegalTransition, OrderEvent, OrderStatus};

use serde::{Deserialize, Serialize};

use crate::{Fill, InstrumentId, Money, OrderId, Price, Quantity, StrategyId, Timestamp, VenueOrderId};

/// What a strategy or a person wants done. Nothing is sent before `risk` has made it an `Approved<Order>`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct OrderRequest {
    pub instrument: InstrumentId,
    pub side: Side,
    pub kind: OrderKind,
    pub quantity: Quantity,
    pub time_in_force: TimeInForce,
    /// May only bring the position nearer to zero.
    pub reduce_only: bool,
    pub link: Option<Link>,
    pub strategy: StrategyId,
}

impl OrderRequest {
    /// A market order, good till cancelled.
    #[must_use]
    pub const fn market(instrument: InstrumentId, side: Side, quantity: Quantity) -> Self {
        Self {
            instrument,
            side,
            kind: OrderKind::Market,
            quantity,
            time_in_force: TimeInForce::GoodTillCancelled,
            reduce_only: false,
            link: None,
            strategy: StrategyId::USER,
        }
    }

    /// A limit order, good till cancelled.
    #[must_use]
    pub const fn limit(instrument: InstrumentId, side: Side, quantity: Quantity, price: Price) -> Self {
        Self { kind: OrderKind::Limit { price }, ..Self::market(instrument, side, quantity) }
    }
}

/// An order and what has become of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Order {
    pub id: OrderId,
    pub request: OrderRequest,
    pub status: OrderStatus,
    pub cancel_requested: bool,
    pub filled: Quantity,
    /// Sum of price × quantity over the fills, before any contract size.
    pub filled_value: Money,
    pub venue_order_id: Option<VenueOrderId>,
    pub created: Timestamp,
    pub updated: Timestamp,
}

impl Order {
    #[must_use]
    pub const fn new(id: OrderId, request: OrderRequest, created: Timestamp) -> Self {
        Self {
            id,
            request,
            status: OrderStatus::Pending,
            cancel_requested: false,
            filled: Quantity::ZERO,
            filled_value: Money::ZERO,
            venue_order_id: None,
            created,
            updated: created,
        }
    }

    /// What is still to be filled.
    #[must_use]
    #[inline]
    pub const fn remaining(&self) -> Quantity {
        Quantity::from_raw(self.request.quantity.raw().saturating_sub(self.filled.raw()))
    }

    /// The average price of the fills, for display.
    #[must_use]
    pub fn average_fill_price(&self) -> Option<Price> {
        self.filled_value.per_unit(self.filled)
    }

    /// What may still be filled and so counts in risk: everything that is not known to be over.
    #[must_use]
    #[inline]
    pub const fn exposed(&self) -> Quantity {
        if self.status.is_terminal() { Quantity::ZERO } else { self.remaining() }
    }

    /// Applies what the venue said, or leaves the order untouched and says why it cannot be.
    ///
    /// # Errors
    /// [`IllegalTransition`]: the event contradicts what is known of the order.
    pub fn apply(&mut self, event: &OrderEvent, time: Timestamp) -> Result<(), IllegalTransition> {
        if let OrderEvent::Filled(fill) = event {
            self.apply_fill(fill)?;
        } else {
            self.status = self.status.after(event)?;
        }
        if let OrderEvent::Accepted { venue_order_id } = event {
            self.venue_order_id = venue_order_id.or(self.venue_order_id);
        }
        if matches!(event, OrderEvent::CancelRequested) {
            self.cancel_requested = true;
        }
        self.updated = time;
        Ok(())
    }

    fn apply_fill(&mut self, fill: &Fill) -> Result<(), IllegalTransition> {
        if fill.order != self.id
            || fill.instrument != self.request.instrument
            || fill.side != self.request.side
        {
            return Err(IllegalTransition::ForeignFill);
        }
        if !fill.quantity.is_positive() || fill.quantity > self.remaining() {
            return Err(IllegalTransition::Overfill);
        }
        let value = fill.price.times(fill.quantity).map_err(|_| IllegalTransition::Overflow)?;
        let filled = self.filled.checked_add(fill.quantity).ok_or(IllegalTransition::Overflow)?;
        self.filled_value = self.filled_value.checked_add(value).ok_or(IllegalTransition::Overflow)?;
        self.filled = filled;
        self.status = self.status.after_fill(self.remaining().is_zero());
        Ok(())
    }
}
