//! `step`: the pure fold. One function an event kind; each says what is recorded and what leaves.

mod ladder;

use domain::{
    CorporateAction, MarketEvent, Money, Order, OrderEvent, OrderId, OrderRequest, OrderStatus, StrategyId,
    Timestamp,
};
use risk::{Approved, HaltKind, Reason, Rung};

use crate::{
    Control, Effect, Effects, Event, FLATTENER, Halt, Intent, Record, Report, State, state::FoldError,
};

/// Folds one event into the state. The same state and event give the same effects, byte for byte.
#[must_use]
pub fn step(state: &mut State, event: &Event<'_>) -> Effects {
    let mut effects = Effects::default();
    match event {
        Event::Market(market) => step_market(state, market, &mut effects),
        Event::Intent { time, intent } => step_unsigned(state, *time, *intent, &mut effects),
        Event::Report(report) => step_report(state, report, &mut effects),
        Event::Control { time, control } => step_control(state, *time, control, &mut effects),
        Event::Time(time) => step_time(state, *time, &mut effects),
    }
    effects
}

#[inline]
pub(crate) fn step_market(state: &mut State, event: &MarketEvent, effects: &mut Effects) {
    let time = event.time();
    state.advance(time);
    state.observe(event);
    if state.is_day_over(time) {
        open_day(state, time, effects);
    }
    if let MarketEvent::Corporate(action) = event {
        take_corporate(state, time, *action, effects);
    }
    if state.rung() == Rung::Flatten {
        ladder::settle(state, time, effects);
    }
}

#[cold]
fn take_corporate(state: &mut State, time: Timestamp, action: CorporateAction, effects: &mut Effects) {
    if let Err(cause) = effects.record(state, time, Record::Corporate(action)) {
        halt(state, time, HaltKind::BookingFault, cause.to_string(), effects);
    }
    ladder::settle(state, time, effects);
}

#[cold]
fn open_day(state: &mut State, time: Timestamp, effects: &mut Effects) {
    let Some(equity) = state.equity() else {
        halt(state, time, HaltKind::BookingFault, "equity cannot be computed".to_owned(), effects);
        return;
    };
    let record = Record::DayOpened { day: crate::state::day_of(time), equity };
    let folded = effects.record(state, time, record);
    debug_assert!(folded.is_ok(), "opening a day cannot fail");
}

/// An intent that no desk has signed with its strategy's number: it may bear any but the engine's own.
pub(crate) fn step_unsigned(state: &mut State, time: Timestamp, mut intent: Intent, effects: &mut Effects) {
    if let Intent::Submit(request) = &mut intent
        && request.strategy == FLATTENER
    {
        request.strategy = StrategyId::USER;
    }
    step_intent(state, time, &intent, effects);
}

pub(crate) fn step_intent(state: &mut State, time: Timestamp, intent: &Intent, effects: &mut Effects) {
    state.advance(time);
    match intent {
        Intent::Submit(request) => submit(state, time, request, effects),
        Intent::Cancel(id) => cancel(state, time, *id, effects),
        Intent::CancelAll => cancel_all(state, time, effects),
    }
}

fn submit(state: &mut State, time: Timestamp, request: &OrderRequest, effects: &mut Effects) {
    let order = Order::new(state.next_order(), *request, time);
    match approve(state, order) {
        Ok((approved, equity)) => {
            let record = Record::Submitted { order, equity };
            if effects.record(state, time, record).is_ok() {
                effects.effects.push(Effect::Submit(approved));
            }
        }
        Err(reason) => deny(state, time, request, reason, effects),
    }
}

#[cold]
fn deny(state: &mut State, time: Timestamp, request: &OrderRequest, reason: Reason, effects: &mut Effects) {
    let folded = effects.record(state, time, Record::Denied { request: *request, reason });
    debug_assert!(folded.is_ok(), "a denial cannot fail");
    // From a loss limit that was reached on, the account only reduces until a person has looked.
    if let Some(kind) = reason.halt() {
        halt(state, time, kind, reason.to_string(), effects);
    }
}

fn approve(state: &State, order: Order) -> Result<(Approved<Order>, Money), Reason> {
    let instrument = state.instruments().get(order.request.instrument).ok_or(Reason::UnknownInstrument)?;
    let (exposure, equity) = state.exposure(&order)?;
    let approved = risk::check(order, instrument, &exposure, state.limits())?;
    Ok((approved, equity))
}

/// Asks for a cancel once; an order that has ended needs none.
fn cancel(state: &mut State, time: Timestamp, id: OrderId, effects: &mut Effects) {
    let Some(order) = state.orders().find_open(id) else { return };
    if order.cancel_requested {
        return;
    }
    if effects.record(state, time, Record::CancelRequested(id)).is_ok() {
        effects.effects.push(Effect::Cancel(id));
    }
}

fn cancel_all(state: &mut State, time: Timestamp, effects: &mut Effects) {
    let open: Vec<OrderId> = state.orders().open().iter().map(|order| order.id).collect();
    for id in open {
        cancel(state, time, id, effects);
    }
}

pub(crate) fn step_report(state: &mut State, report: &Report, effects: &mut Effects) {
    state.advance(report.time);
    if is_repetition(state, report) {
        return;
    }
    if let Err(cause) = effects.record(state, report.time, Record::Reported(*report)) {
        unaccountable(state, report, cause, effects);
    }
    if state.cancelling_rung() >= Rung::ReduceOnly {
        ladder::settle(state, report.time, effects);
    }
}

/// Venues repeat themselves after a reconnect: what is already known changes nothing.
fn is_repetition(state: &State, report: &Report) -> bool {
    let Some(order) = state.orders().find(report.order) else { return false };
    match &report.event {
        OrderEvent::Filled(fill) => state.has_booked(fill),
        OrderEvent::Accepted { venue_order_id } => {
            let is_answered = !matches!(order.status, OrderStatus::Pending | OrderStatus::Unknown);
            is_answered && (order.status.is_terminal() || order.venue_order_id == *venue_order_id)
        }
        OrderEvent::Cancelled | OrderEvent::Expired | OrderEvent::Rejected | OrderEvent::AnswerLost => {
            order.status.is_terminal()
        }
        OrderEvent::CancelRequested => true,
    }
}

/// What cannot be true of our books means that they are wrong, or the venue is: nobody trades until a person
/// has looked.
#[cold]
fn unaccountable(state: &mut State, report: &Report, cause: FoldError, effects: &mut Effects) {
    let folded = effects.record(state, report.time, Record::Unaccountable { report: *report, cause });
    debug_assert!(folded.is_ok(), "an unaccountable report cannot fail");
    let note = format!("order {}: {cause}", report.order);
    halt(state, report.time, HaltKind::VenueFault, note, effects);
}

pub(crate) fn step_control(state: &mut State, time: Timestamp, control: &Control, effects: &mut Effects) {
    state.advance(time);
    take_control(state, time, control, effects);
    ladder::settle(state, time, effects);
}

fn take_control(state: &mut State, time: Timestamp, control: &Control, effects: &mut Effects) {
    let record = match control {
        Control::Halt { kind, note } => return halt(state, time, *kind, note.clone(), effects),
        Control::Reconcile => return reconcile(state, time, effects),
        Control::SetRung { rung, .. } if state.rung() == *rung => return,
        Control::SetRung { rung, cause } => Record::RungSet { rung: *rung, cause: cause.clone() },
        Control::Resume { note } if state.halt().is_some() => Record::Resumed { note: note.clone() },
        Control::Resume { .. } => return,
        Control::SetLimits(limits) => Record::LimitsSet(limits.clone()),
        Control::Deposit { currency, amount } => Record::Deposited { currency: *currency, amount: *amount },
        Control::List(instrument) => {
            if state.instruments().find(instrument.venue, &instrument.symbol).is_some() {
                return;
            }
            Record::Listed(instrument.clone())
        }
    };
    if let Err(cause) = effects.record(state, time, record) {
        halt(state, time, HaltKind::BookingFault, cause.to_string(), effects);
    }
}

/// Closes the gate, then asks for the cancel of everything that must not work on. Halting twice keeps the first
/// reason, unless that let reducing orders pass and the second does not.
fn halt(state: &mut State, time: Timestamp, kind: HaltKind, note: String, effects: &mut Effects) {
    let stops_more = |halt: &Halt| halt.kind.admits_reducing() && !kind.admits_reducing();
    if state.halt().is_none_or(stops_more) {
        let folded = effects.record(state, time, Record::Halted { kind, note });
        debug_assert!(folded.is_ok(), "halting cannot fail");
    }
    if state.is_stopped() {
        cancel_all(state, time, effects);
    } else {
        ladder::cancel_adding(state, time, effects);
    }
}

/// Time matters only where an account closes its positions: it tries again when a pause is over.
pub(crate) fn step_time(state: &mut State, time: Timestamp, effects: &mut Effects) {
    state.advance(time);
    if state.rung() == Rung::Flatten {
        ladder::settle(state, time, effects);
    }
}

/// Orders whose answer a crash may have swallowed become unknown, and the venue is asked about every open one. A
/// cancel that was asked for may never have left: it is asked for again.
fn reconcile(state: &mut State, time: Timestamp, effects: &mut Effects) {
    let open: Vec<Order> = state.orders().open().to_vec();
    for order in open {
        if order.status == OrderStatus::Pending {
            let lost = Report { time, order: order.id, event: OrderEvent::AnswerLost, reason: None };
            let folded = effects.record(state, time, Record::Reported(lost));
            debug_assert!(folded.is_ok(), "a pending order can become unknown");
        }
        effects.effects.push(Effect::Query(order.id));
        if order.cancel_requested {
            effects.effects.push(Effect::Cancel(order.id));
        }
    }
}
