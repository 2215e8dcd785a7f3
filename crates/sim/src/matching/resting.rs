use domain::{InstrumentId, Order, OrderId, Price, Quantity, Side, Span, TimeInForce, Timestamp};

/// An order at the venue, with what matching must know of it.
#[derive(Debug, Clone, Copy)]
pub(super) struct Resting {
    pub(super) id: OrderId,
    pub(super) instrument: InstrumentId,
    pub(super) side: Side,
    /// The worst price accepted; `None` for a market order.
    pub(super) limit: Option<Price>,
    pub(super) remaining: Quantity,
    pub(super) filled: Quantity,
    pub(super) time_in_force: TimeInForce,
    pub(super) sent: Timestamp,
    pub(super) arrived: Timestamp,
    /// The end of time unless it is a day order.
    pub(super) expires: Timestamp,
    /// No market data has met it yet, so it still takes rather than makes.
    pub(super) is_new: bool,
}

impl Resting {
    pub(super) fn arrived(order: &Order, sent: Timestamp, arrived: Timestamp) -> Self {
        let request = &order.request;
        let expires = match request.time_in_force {
            TimeInForce::Day => arrived.floor_to(Span::DAY).plus(Span::DAY),
            _ => Timestamp::MAX,
        };
        Self {
            id: order.id,
            instrument: request.instrument,
            side: request.side,
            limit: request.kind.limit_price(),
            remaining: order.remaining(),
            filled: order.filled,
            time_in_force: request.time_in_force,
            sent,
            arrived,
            expires,
            is_new: true,
        }
    }

    /// An order that rested before a restart.
    pub(super) fn restored(order: &Order) -> Self {
        Self { is_new: false, ..Self::arrived(order, order.created, order.created) }
    }

    /// Whether `price` is strictly better for the order than its limit.
    #[inline]
    pub(super) fn improves(&self, price: Price) -> bool {
        self.limit.is_none_or(|limit| match self.side {
            Side::Buy => price < limit,
            Side::Sell => price > limit,
        })
    }

    /// Whether `price` is no worse than the limit.
    #[inline]
    pub(super) fn accepts(&self, price: Price) -> bool {
        self.improves(price) || self.limit == Some(price)
    }

    /// Whether the order is served before one that arrives now.
    pub(super) fn precedes(&self, newcomer: &Self) -> bool {
        match (self.limit, newcomer.limit) {
            (None, _) => true,
            (Some(_), None) => false,
            (Some(own), Some(_)) => !newcomer.beats(own),
        }
    }

    /// Whether this order offers a better price than `other`, another order's limit on the same side.
    fn beats(&self, other: Price) -> bool {
        self.limit.is_none_or(|limit| match self.side {
            Side::Buy => limit > other,
            Side::Sell => limit < other,
        })
    }
}
