//! What a rung of the ladder asks for beside what the gate denies: cancels, and the closing of positions.
//!
//! Everything here may be done again at any event: it finds what is still to be done in the state alone, so that
//! an account goes on after a restart where it stood.

use std::collections::BTreeMap;

use domain::{InstrumentId, Money, Order, OrderId, OrderRequest, Quantity, Side, Timestamp};
use risk::{Approved, HaltKind, Reason, Rung};

use super::{cancel, cancel_all, deny, halt};
use crate::state::may_pass;
use crate::{Effect, Effects, FLATTENER, Record, State};

/// Does what is still to be done at the rung on which the account stands, or after a loss.
#[cold]
pub(super) fn settle(state: &mut State, time: Timestamp, effects: &mut Effects) {
    match state.cancelling_rung() {
        Rung::Normal | Rung::NoNewRisk => {}
        Rung::ReduceOnly => cancel_adding(state, time, effects),
        Rung::CancelAll => cancel_all(state, time, effects),
        Rung::Flatten => flatten(state, time, effects),
    }
}

/// Asks for the cancel of every order that could add to a position.
pub(super) fn cancel_adding(state: &mut State, time: Timestamp, effects: &mut Effects) {
    cancel_each(state, time, adding(state), effects);
}

fn cancel_each(state: &mut State, time: Timestamp, orders: Vec<OrderId>, effects: &mut Effects) {
    for id in orders {
        cancel(state, time, id, effects);
    }
}

/// What may still be taken off one position from either side before it turns.
#[derive(Clone, Copy)]
struct Room {
    buy: Quantity,
    sell: Quantity,
}

impl Room {
    fn of(position: Quantity) -> Self {
        Self { buy: position.negate().max(Quantity::ZERO), sell: position.max(Quantity::ZERO) }
    }

    /// Gives room to an order, if there is enough.
    fn take(&mut self, order: &Order) -> bool {
        let room = match order.request.side {
            Side::Buy => &mut self.buy,
            Side::Sell => &mut self.sell,
        };
        let left = room.checked_sub(order.exposed()).filter(|left| *left >= Quantity::ZERO);
        *room = left.unwrap_or(*room);
        left.is_some()
    }
}

/// The orders that could add to a position: the oldest stay as long as all that stay together only reduce it.
/// Orders whose cancel was asked for are on their way out and take no room.
fn adding(state: &State) -> Vec<OrderId> {
    let mut rooms: BTreeMap<InstrumentId, Room> = BTreeMap::new();
    let mut finds_room = |order: &Order| {
        let instrument = order.request.instrument;
        let held = || Room::of(state.portfolio().position(instrument).quantity);
        rooms.entry(instrument).or_insert_with(held).take(order)
    };
    let working = state.orders().open().iter().filter(|order| !order.cancel_requested);
    working.filter(|order| !finds_room(order)).map(|order| order.id).collect()
}

/// Cancels what worked before, and once that has ended closes every position.
fn flatten(state: &mut State, time: Timestamp, effects: &mut Effects) {
    let is_before = |order: &&Order| !state.flattening().sent(order.id);
    let before: Vec<OrderId> = state.orders().open().iter().filter(is_before).map(|order| order.id).collect();
    if !before.is_empty() {
        return cancel_each(state, time, before, effects);
    }
    // A late fill may have closed what an order still works to close.
    cancel_adding(state, time, effects);
    for instrument in open_positions(state) {
        if state.is_stopped() {
            return;
        }
        if may_close(state, instrument) {
            close(state, time, instrument, effects);
        }
    }
    give_up(state, time, effects);
}

fn open_positions(state: &State) -> Vec<InstrumentId> {
    let open = state.portfolio().positions().filter(|(_, position)| !position.quantity.is_zero());
    open.map(|(instrument, _)| instrument).collect()
}

fn may_close(state: &State, instrument: InstrumentId) -> bool {
    let flattening = state.flattening();
    let rests = flattening.has_given_up(instrument) || flattening.pauses(instrument, state.now());
    !rests && !is_being_closed(state, instrument)
}

fn is_being_closed(state: &State, instrument: InstrumentId) -> bool {
    state.orders().open().iter().any(|order| order.request.instrument == instrument)
}

/// Sends one order that closes the position, or as much of it as one order may.
fn close(state: &mut State, time: Timestamp, instrument: InstrumentId, effects: &mut Effects) {
    let order = Order::new(state.next_order(), closing(state, instrument), time);
    match approve(state, order) {
        Ok((approved, equity)) => {
            if effects.record(state, time, Record::Submitted { order, equity }).is_ok() {
                effects.effects.push(Effect::Submit(approved));
            }
        }
        Err(reason) if may_pass(&reason) && state.flattening().waits(instrument) => {}
        Err(reason) => deny(state, time, &order.request, reason, effects),
    }
}

/// By the gate's door for such orders: the one place that knows it.
fn approve(state: &State, order: Order) -> Result<(Approved<Order>, Money), Reason> {
    let instrument = state.instruments().get(order.request.instrument).ok_or(Reason::UnknownInstrument)?;
    let (exposure, equity) = state.exposure(&order)?;
    let approved = risk::check_flattening(order, instrument, &exposure, state.limits())?;
    Ok((approved, equity))
}

fn closing(state: &State, instrument: InstrumentId) -> OrderRequest {
    let held = state.portfolio().position(instrument).quantity;
    let side = if held > Quantity::ZERO { Side::Sell } else { Side::Buy };
    let quantity = in_one_order(state, instrument, held.abs());
    OrderRequest {
        reduce_only: true,
        strategy: FLATTENER,
        ..OrderRequest::market(instrument, side, quantity)
    }
}

/// As much of a quantity as the limits of one order allow. Where they allow nothing of it, all of it: the gate
/// then says why not.
fn in_one_order(state: &State, instrument: InstrumentId, held: Quantity) -> Quantity {
    let limits = state.limits();
    let Some(listed) = state.instruments().get(instrument) else { return held };
    let price = state.reference(instrument).map(|reference| reference.price);
    let fits = |quantity: Quantity| {
        let value =
            price.and_then(|price| listed.value(price, quantity).ok()).map_or(Money::ZERO, Money::abs);
        value <= limits.max_order_notional
    };
    let mut quantity = held.min(limits.max_order_size);
    while quantity.is_positive() && !fits(quantity) {
        quantity = Quantity::from_raw(quantity.raw() / 2);
    }
    let quantity = quantity.truncate_to(listed.quantity_step);
    if quantity.is_positive() { quantity } else { held }
}

/// Once every position that is left was given up, says which they are and stands still.
fn give_up(state: &mut State, time: Timestamp, effects: &mut Effects) {
    let left = open_positions(state);
    let is_over = |id: &InstrumentId| state.flattening().has_given_up(*id) && !is_being_closed(state, *id);
    if state.is_stopped() || left.is_empty() || !left.iter().all(is_over) {
        return;
    }
    let left: Vec<String> = left.into_iter().map(|instrument| in_words(state, instrument)).collect();
    let note = format!("left open: {}", left.join(", "));
    halt(state, time, HaltKind::FlattenFault, note, effects);
}

fn in_words(state: &State, instrument: InstrumentId) -> String {
    let held = state.portfolio().position(instrument).quantity;
    match state.instruments().get(instrument) {
        Some(listed) => format!("{held} {}", listed.symbol),
        None => format!("{held} of instrument {instrument}"),
    }
}
