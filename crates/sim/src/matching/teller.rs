use std::collections::VecDeque;

use domain::{
    Fill, FillId, Instrument, InstrumentId, Liquidity, OrderEvent, OrderId, OrderKind, OrderRequest, Price,
    Quantity, TimeInForce, Timestamp, VenueOrderId,
};
use engine::{RejectReason, Report};

use super::resting::Resting;
use super::{Matching, MatchingConfig};

/// Reports waiting to be read. Past it the venue stands still until somebody reads them.
const REPORTS_MAX: usize = 65_536;

/// What a fill gives and takes: a price, as maker or taker, at a moment.
#[derive(Debug, Clone, Copy)]
pub(super) struct Offer {
    pub(super) price: Price,
    pub(super) liquidity: Liquidity,
    pub(super) time: Timestamp,
}

/// Writes the reports, and keeps the roll of what rests where.
#[derive(Debug)]
pub(super) struct Teller {
    pub(super) config: MatchingConfig,
    now: Timestamp,
    outbox: VecDeque<Report>,
    /// Ascending by order.
    roll: Vec<(OrderId, InstrumentId)>,
    /// The first moment at which a day order ends; the end of time when none rests.
    day_end: Timestamp,
}

impl Teller {
    pub(super) const fn new(config: MatchingConfig) -> Self {
        Self {
            config,
            now: Timestamp::MIN,
            outbox: VecDeque::new(),
            roll: Vec::new(),
            day_end: Timestamp::MAX,
        }
    }

    /// Time never goes back, so reports are in time order.
    pub(super) fn advance(&mut self, time: Timestamp) {
        self.now = self.now.max(time);
    }

    pub(super) const fn now(&self) -> Timestamp {
        self.now
    }

    pub(super) const fn day_end(&self) -> Timestamp {
        self.day_end
    }

    pub(super) const fn forget_day_end(&mut self) {
        self.day_end = Timestamp::MAX;
    }

    /// When the next thing happens that is the teller's: a report to read, the end of a day.
    #[inline]
    pub(super) fn due(&self) -> Timestamp {
        self.outbox.front().map_or(self.day_end, |report| report.time.min(self.day_end))
    }

    pub(super) fn is_full(&self) -> bool {
        self.outbox.len() >= REPORTS_MAX
    }

    pub(super) fn resting(&self) -> usize {
        self.roll.len()
    }

    pub(super) fn find(&self, id: OrderId) -> Option<InstrumentId> {
        self.roll.binary_search_by_key(&id, |entry| entry.0).ok().map(|index| self.roll[index].1)
    }

    /// Puts an order on the roll.
    pub(super) fn enrol(&mut self, order: &Resting) {
        if let Err(index) = self.roll.binary_search_by_key(&order.id, |entry| entry.0) {
            self.roll.insert(index, (order.id, order.instrument));
        }
        self.watch(order);
    }

    /// Makes sure that the day does not end without the order.
    pub(super) fn watch(&mut self, order: &Resting) {
        self.day_end = self.day_end.min(order.expires);
    }

    fn strike(&mut self, id: OrderId) {
        if let Ok(index) = self.roll.binary_search_by_key(&id, |entry| entry.0) {
            self.roll.remove(index);
        }
    }

    /// Why the venue does not take an order.
    pub(super) fn refusal(&self, request: &OrderRequest) -> Option<RejectReason> {
        if !matches!(request.kind, OrderKind::Market | OrderKind::Limit { .. }) {
            return Some(RejectReason::KindNotSupported);
        }
        if matches!(request.time_in_force, TimeInForce::AtOpen | TimeInForce::AtClose) {
            return Some(RejectReason::TimeInForceNotSupported);
        }
        (self.roll.len() >= self.config.resting_max).then_some(RejectReason::VenueFull)
    }

    pub(super) fn accept(&mut self, id: OrderId) {
        self.report(id, OrderEvent::Accepted { venue_order_id: Some(VenueOrderId(id.0)) }, None);
    }

    pub(super) fn reject(&mut self, id: OrderId, reason: RejectReason) {
        self.report(id, OrderEvent::Rejected, Some(reason));
    }

    /// Ends an order that is on the roll.
    pub(super) fn end(&mut self, id: OrderId, event: OrderEvent, reason: Option<RejectReason>) {
        self.strike(id);
        self.report(id, event, reason);
    }

    /// Fills `quantity` of the order, which is no more than remains. Whether the order still stands: it does not
    /// once it is complete, or when the fill's value is out of range and the order had to be cancelled.
    pub(super) fn fill(
        &mut self,
        instrument: &Instrument,
        order: &mut Resting,
        quantity: Quantity,
        offer: Offer,
    ) -> bool {
        let rate = match offer.liquidity {
            Liquidity::Maker => instrument.maker_fee,
            Liquidity::Taker => instrument.taker_fee,
        };
        let fee = instrument.value(offer.price, quantity).and_then(|value| value.abs().share(rate));
        let (Ok(fee), Some(filled)) = (fee, order.filled.checked_add(quantity)) else {
            self.end(order.id, OrderEvent::Cancelled, Some(Matching::OUT_OF_RANGE));
            return false;
        };
        let fill = Fill {
            id: fill_id(order, instrument.quantity_step),
            order: order.id,
            instrument: order.instrument,
            side: order.side,
            liquidity: offer.liquidity,
            price: offer.price,
            quantity,
            fee,
            time: offer.time,
        };
        order.filled = filled;
        order.remaining = Quantity::from_raw(order.remaining.raw().saturating_sub(quantity.raw()));
        self.report(order.id, OrderEvent::Filled(fill), None);
        let stands = order.remaining.is_positive();
        if !stands {
            self.strike(order.id);
        }
        stands
    }

    fn report(&mut self, order: OrderId, event: OrderEvent, reason: Option<RejectReason>) {
        self.outbox.push_back(Report { time: self.now, order, event, reason });
    }

    pub(super) fn take_report(&mut self, now: Timestamp) -> Option<Report> {
        self.outbox.pop_front_if(|report| report.time <= now)
    }
}

/// The order's number above, the steps filled before below: unique as long as an order has fewer than 2³² steps
/// and an account fewer than 2³² orders.
fn fill_id(order: &Resting, step: Quantity) -> FillId {
    let steps = order.filled.raw() / step.raw().max(1);
    let low = u64::try_from(steps & 0xffff_ffff).unwrap_or_default();
    FillId((order.id.0 << 32) | low)
}
