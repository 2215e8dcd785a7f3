//! What each kind of market data does to the orders that rest.

use domain::{Bar, Liquidity, OrderEvent, Price, Quantity, Side, TimeInForce, Timestamp, Trade};
use engine::RejectReason;

use super::display::share_of;
use super::resting::Resting;
use super::slot::{Slot, Tape};
use super::teller::{Offer, Teller};

/// The display has changed: waiting market orders take from it, and limit orders that it reaches are met.
pub(super) fn on_display(slot: &mut Slot, teller: &mut Teller) {
    for side in [Side::Buy, Side::Sell] {
        if !is_reached(slot, side) {
            continue;
        }
        let mut queue = std::mem::take(slot.queue(side));
        queue.retain_mut(|order| slot.take_displayed(order, teller));
        *slot.queue(side) = queue;
    }
}

/// Whether the best opposite price reaches the order that is served first. Immediate orders go by their own rule.
fn is_reached(slot: &mut Slot, side: Side) -> bool {
    let best = slot.display.best_for(side);
    let queue = slot.queue(side);
    let reached = |order: &Resting| best.is_some_and(|level| order.accepts(level.price));
    queue.first().is_some_and(reached) || queue.iter().any(is_immediate)
}

/// A print: with quotes it only proves that resting limit orders were traded through.
pub(super) fn on_trade(slot: &mut Slot, trade: &Trade, teller: &mut Teller) {
    if !slot.is_valid || slot.tape < Tape::Trades {
        return;
    }
    let takes = slot.tape == Tape::Trades;
    let mut budget = Budget::of(trade.quantity, teller.config.book_share, slot);
    serve(slot, teller, &mut budget, |order| {
        let taker = takes && (order.is_new || order.limit.is_none());
        let offer = |price, liquidity| Offer { price, liquidity, time: trade.receive_time };
        if !order.improves(trade.price) || (order.limit.is_none() && !takes) {
            return Meeting::Nothing;
        }
        match order.limit {
            Some(limit) if !taker => Meeting::Offer(offer(limit, Liquidity::Maker)),
            _ => Meeting::Offer(offer(trade.price, Liquidity::Taker)),
        }
    });
}

/// A bar, where bars are the best there is.
pub(super) fn on_bar(slot: &mut Slot, bar: &Bar, teller: &mut Teller) {
    // What was told anew was met when it was told first; what trades fill cannot be told apart in length.
    let Some(period) = bar.rule.period().filter(|_| !bar.is_revised()) else { return };
    let shortest = slot.bar_period.map_or(period, |shortest| shortest.min(period));
    slot.bar_period = Some(shortest);
    if slot.tape != Tape::Bars || period > shortest {
        return;
    }
    let mut budget = Budget::of(bar.volume, teller.config.bar_share, slot);
    serve(slot, teller, &mut budget, |order| bar_meeting(bar, order));
}

fn bar_meeting(bar: &Bar, order: &Resting) -> Meeting {
    if order.sent > bar.open_time {
        return Meeting::TooEarly;
    }
    let opened = order.arrived.max(bar.open_time);
    if order.improves(bar.open) {
        let is_taker = order.is_new || order.limit.is_none();
        let liquidity = if is_taker { Liquidity::Taker } else { Liquidity::Maker };
        return Meeting::Offer(Offer { price: bar.open, liquidity, time: opened });
    }
    let furthest = match order.side {
        Side::Buy => bar.low,
        Side::Sell => bar.high,
    };
    match order.limit {
        Some(limit) if order.improves(furthest) => maker_at(limit, bar.close_time),
        _ => Meeting::Nothing,
    }
}

const fn maker_at(price: Price, time: Timestamp) -> Meeting {
    Meeting::Offer(Offer { price, liquidity: Liquidity::Maker, time })
}

/// What market data is to one order.
enum Meeting {
    /// It began before the order was sent, so the order has not met it.
    TooEarly,
    Nothing,
    Offer(Offer),
}

/// What the orders of one instrument may still fill from one bar or print.
struct Budget {
    /// `None` when nothing limits it.
    left: Option<Quantity>,
}

impl Budget {
    fn of(volume: Quantity, share: domain::Rate, slot: &Slot) -> Self {
        let usable = || share_of(volume, share).truncate_to(slot.instrument.quantity_step);
        Self { left: volume.is_positive().then(usable) }
    }

    fn offers(&self, wanted: Quantity) -> Quantity {
        self.left.map_or(wanted, |left| left.min(wanted))
    }

    fn spend(&mut self, quantity: Quantity) {
        if let Some(left) = &mut self.left {
            *left = Quantity::from_raw(left.raw().saturating_sub(quantity.raw()));
        }
    }
}

fn serve(slot: &mut Slot, teller: &mut Teller, budget: &mut Budget, meeting: impl Fn(&Resting) -> Meeting) {
    for queue in [&mut slot.buys, &mut slot.sells] {
        queue.retain_mut(|order| {
            let offer = match meeting(order) {
                Meeting::TooEarly => return true,
                Meeting::Nothing => None,
                Meeting::Offer(offer) => Some(offer),
            };
            order.is_new = false;
            let quantity = offer.map_or(Quantity::ZERO, |_| budget.offers(order.remaining));
            if order.time_in_force == TimeInForce::FillOrKill && quantity < order.remaining {
                return kill(order, teller);
            }
            if let Some(offer) = offer.filter(|_| quantity.is_positive()) {
                budget.spend(quantity);
                if !teller.fill(&slot.instrument, order, quantity, offer) {
                    return false;
                }
            }
            rest_or_kill(order, teller)
        });
    }
}

const fn is_immediate(order: &Resting) -> bool {
    matches!(order.time_in_force, TimeInForce::ImmediateOrCancel | TimeInForce::FillOrKill)
}

/// Ends what may not rest. Whether the order still stands.
pub(super) fn rest_or_kill(order: &Resting, teller: &mut Teller) -> bool {
    !is_immediate(order) || kill(order, teller)
}

/// Cancels an order for want of liquidity; it stands no more.
pub(super) fn kill(order: &Resting, teller: &mut Teller) -> bool {
    teller.end(order.id, OrderEvent::Cancelled, Some(RejectReason::NotEnoughLiquidity));
    false
}
