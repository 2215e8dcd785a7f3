//! The ladder by example: what each rung cancels, denies and sends.

use domain::{
    InstrumentId, Order, OrderEvent, OrderId, OrderKind, OrderRequest, Price, Quantity, Side, Span,
};
use risk::{HaltKind, Limits, Reason, Rung};

use super::world::{FIRST, World, limits};
use crate::view::AccountView;
use crate::{
    Control, Effect, Effects, Event, FLATTEN_RETRIES_MAX, FLATTEN_RETRY_AFTER, FLATTENER, Record, recover,
};

pub(super) const SECOND: InstrumentId = InstrumentId(1);

pub(super) fn units(units: i64) -> Quantity {
    Quantity::from_units(units)
}

pub(super) fn at_price(side: Side, quantity: i64, price: i32) -> OrderRequest {
    OrderRequest::limit(FIRST, side, units(quantity), Price::from_units(price))
}

/// Prices of 100, wide limits and a position in the first instrument.
pub(super) fn holding(position: &str) -> World {
    let mut world = World::new(Limits { max_open_orders: 9, orders_per_window: 99, ..limits() });
    world.price(FIRST, Price::from_units(100));
    world.price(SECOND, Price::from_units(100));
    hold(&mut world, FIRST, position);
    world
}

pub(super) fn hold(world: &mut World, instrument: InstrumentId, position: &str) {
    let held: Quantity = position.parse().unwrap();
    let side = if held > Quantity::ZERO { Side::Buy } else { Side::Sell };
    let mut left = held.abs();
    while left.is_positive() {
        let quantity = left.min(units(10));
        // A part of the fill is what makes a position off the instrument's step.
        let whole = Quantity::from_raw(quantity.raw() + 999_999).truncate_to(Quantity::from_raw(1_000_000));
        let effects = world.submit(OrderRequest::market(instrument, side, whole));
        let id = sent(&effects)[0].id;
        fill(world, id, quantity);
        world.report(id, OrderEvent::Cancelled);
        left = left.checked_sub(quantity).unwrap();
    }
    assert_eq!(world.state.portfolio().position(instrument).quantity, held);
}

pub(super) fn position(world: &World) -> Quantity {
    world.state.portfolio().position(FIRST).quantity
}

pub(super) fn fill(world: &mut World, id: OrderId, quantity: Quantity) -> Effects {
    let request = world.state.orders().find(id).unwrap().request;
    let fill = world.fill(id, request.side, request.instrument, Price::from_units(100), quantity);
    world.report(id, OrderEvent::Filled(fill))
}

pub(super) fn set(world: &mut World, rung: Rung) -> Effects {
    world.control(&Control::SetRung { rung, cause: format!("test: {rung}") })
}

pub(super) fn sent(effects: &Effects) -> Vec<Order> {
    let orders = effects.effects.iter().map(|effect| match effect {
        Effect::Submit(order) => Some(*order.get()),
        Effect::Cancel(_) | Effect::Query(_) => None,
    });
    orders.flatten().collect()
}

pub(super) fn cancelled(effects: &Effects) -> Vec<u64> {
    let orders = effects.effects.iter().map(|effect| match effect {
        Effect::Cancel(id) => Some(id.0),
        Effect::Submit(_) | Effect::Query(_) => None,
    });
    orders.flatten().collect()
}

pub(super) fn working(world: &mut World, request: OrderRequest) -> OrderId {
    let id = sent(&world.submit(request))[0].id;
    world.report(id, OrderEvent::Accepted { venue_order_id: None });
    id
}

#[track_caller]
pub(super) fn denied(effects: &Effects) -> Reason {
    assert!(effects.effects.is_empty());
    let [entry] = effects.entries.as_slice() else { panic!("{effects:?}") };
    let Record::Denied { reason, .. } = &entry.record else { panic!("{entry:?}") };
    *reason
}

#[test]
fn a_step_is_journalled_with_its_cause_and_told() {
    let mut world = holding("1");
    world.now = world.now.plus(Span::SECOND);
    let effects = set(&mut world, Rung::NoNewRisk);
    let expected = Record::RungSet { rung: Rung::NoNewRisk, cause: "test: no new risk".to_owned() };
    assert_eq!(effects.entries.iter().map(|entry| &entry.record).collect::<Vec<_>>(), [&expected]);
    let standing = AccountView::of(&world.state).standing;
    assert_eq!((standing.rung, standing.since), (Rung::NoNewRisk, world.now));
    assert_eq!(standing.cause, "test: no new risk");
    assert_eq!(recover(world.journal.clone()).unwrap().standing(), &standing);
    let again = Control::SetRung { rung: Rung::NoNewRisk, cause: "again".to_owned() };
    assert!(world.control(&again).is_empty(), "it stands there already");
}

#[test]
fn without_new_risk_what_works_stays_and_only_what_reduces_passes() {
    let mut world = holding("10");
    working(&mut world, at_price(Side::Buy, 3, 99));
    working(&mut world, at_price(Side::Sell, 4, 101));
    assert!(set(&mut world, Rung::NoNewRisk).effects.is_empty());
    let reason = Reason::Rung { rung: Rung::NoNewRisk };
    assert_eq!(denied(&world.submit(at_price(Side::Buy, 1, 100))), reason);
    assert_eq!(denied(&world.submit(at_price(Side::Sell, 7, 100))), reason);
    working(&mut world, at_price(Side::Sell, 6, 100));
    assert_eq!(denied(&world.submit(at_price(Side::Sell, 1, 100))), reason);
    set(&mut world, Rung::Normal);
    working(&mut world, at_price(Side::Buy, 1, 100));
}

#[test]
fn reducing_only_cancels_what_could_add() {
    let mut world = holding("10");
    working(&mut world, at_price(Side::Buy, 1, 99));
    let large = working(&mut world, at_price(Side::Sell, 6, 101));
    working(&mut world, at_price(Side::Sell, 5, 102));
    let small = working(&mut world, at_price(Side::Sell, 4, 103));
    let effects = set(&mut world, Rung::ReduceOnly);
    assert_eq!(cancelled(&effects), [2, 4]);
    assert!(set(&mut world, Rung::ReduceOnly).is_empty());
    // A late fill leaves less to reduce than still works.
    world.report(OrderId(4), OrderEvent::Cancelled);
    assert_eq!(cancelled(&fill(&mut world, OrderId(4), units(5))), [large.0]);
    assert_eq!(position(&world), units(5));
    assert!(!world.state.orders().find_open(small).unwrap().cancel_requested);
}

#[test]
fn an_order_on_its_way_out_takes_no_room() {
    let mut world = holding("10");
    let out = working(&mut world, at_price(Side::Sell, 6, 101));
    working(&mut world, at_price(Side::Sell, 6, 102));
    world.step(&Event::Intent { time: world.now, intent: crate::Intent::Cancel(out) });
    assert!(cancelled(&set(&mut world, Rung::ReduceOnly)).is_empty());
}

#[test]
fn a_reverse_split_leaves_less_to_reduce() {
    use domain::{CorporateAction, CorporateTerms, MarketEvent, Split};
    let mut world = holding("10");
    let sell = working(&mut world, at_price(Side::Sell, 10, 101));
    assert!(cancelled(&set(&mut world, Rung::ReduceOnly)).is_empty());
    let terms = CorporateTerms::Split(Split { numerator: 1, denominator: 2 });
    let action = MarketEvent::Corporate(CorporateAction { instrument: FIRST, time: world.now, terms });
    assert_eq!(cancelled(&world.step(&Event::Market(&action))), [sell.0]);
}

#[test]
fn cancelling_everything_lets_nothing_leave() {
    let mut world = holding("10");
    working(&mut world, at_price(Side::Sell, 1, 101));
    world.submit(at_price(Side::Sell, 1, 102));
    assert_eq!(cancelled(&set(&mut world, Rung::CancelAll)), [2, 3]);
    let reason = Reason::Rung { rung: Rung::CancelAll };
    assert_eq!(denied(&world.submit(at_price(Side::Sell, 1, 100))), reason);
    world.report(OrderId(2), OrderEvent::Cancelled);
    world.report(OrderId(3), OrderEvent::Rejected);
    assert!(world.price(FIRST, Price::from_units(101)).is_empty());
}

#[test]
fn flattening_waits_for_the_last_working_order_and_closes_at_the_market() {
    let mut world = holding("-10");
    hold(&mut world, SECOND, "2");
    let buy = working(&mut world, at_price(Side::Buy, 3, 99));
    let effects = set(&mut world, Rung::Flatten);
    assert_eq!(cancelled(&effects), [buy.0]);
    assert!(sent(&effects).is_empty() && sent(&world.price(FIRST, Price::from_units(100))).is_empty());
    assert!(fill(&mut world, buy, units(1)).effects.is_empty());
    let reason = Reason::Rung { rung: Rung::Flatten };
    assert_eq!(denied(&world.submit(at_price(Side::Buy, 1, 100))), reason);
    let effects = world.report(buy, OrderEvent::Cancelled);
    let [close, other] = sent(&effects)[..] else { panic!("{effects:?}") };
    assert_eq!((other.request.instrument, other.request.side), (SECOND, Side::Sell));
    let request = close.request;
    assert_eq!((request.side, request.quantity, request.kind), (Side::Buy, units(9), OrderKind::Market));
    assert!(request.reduce_only && request.strategy == FLATTENER);
    assert!(sent(&world.price(FIRST, Price::from_units(100))).is_empty(), "one at a time");
    assert!(fill(&mut world, close.id, units(9)).effects.is_empty());
    assert!(fill(&mut world, other.id, units(2)).effects.is_empty());
    assert!(position(&world).is_zero() && world.state.halt().is_none());
    assert!(world.price(FIRST, Price::from_units(100)).is_empty());
    assert_eq!(denied(&world.submit(at_price(Side::Buy, 1, 100))), reason);
    set(&mut world, Rung::CancelAll);
    set(&mut world, Rung::Normal);
    working(&mut world, at_price(Side::Buy, 1, 100));
}

#[test]
fn nobody_flattens_in_the_engines_name() {
    let mut world = holding("5");
    set(&mut world, Rung::Flatten);
    let forged = OrderRequest {
        reduce_only: true,
        strategy: FLATTENER,
        ..OrderRequest::market(FIRST, Side::Sell, units(5))
    };
    let effects = world.submit(forged);
    assert_eq!(denied(&effects), Reason::Rung { rung: Rung::Flatten });
    let Record::Denied { request, .. } = effects.entries[0].record else { panic!() };
    assert_eq!(request.strategy, domain::StrategyId::USER);
}

#[test]
fn a_position_larger_than_an_order_is_closed_in_pieces() {
    let mut world = holding("25");
    // Of value too: at 300 an order of ten is worth more than the 2 000 allowed.
    world.price(FIRST, Price::from_units(300));
    let mut effects = set(&mut world, Rung::Flatten);
    let mut pieces = Vec::new();
    while let [piece] = sent(&effects)[..] {
        pieces.push(piece.request.quantity.to_string());
        effects = fill(&mut world, piece.id, piece.request.quantity);
        effects.effects.extend(world.price(FIRST, Price::from_units(300)).effects);
    }
    assert_eq!(pieces, ["5", "5", "5", "5", "5"]);
    assert!(position(&world).is_zero() && world.state.halt().is_none());
}

/// Ends each closing order of the first instrument unfilled until none comes any more; how many there were.
fn refuse_all(world: &mut World, mut effects: Effects) -> u8 {
    let mut refused = 0;
    while let Some(order) = sent(&effects).iter().find(|order| order.request.instrument == FIRST) {
        let event = if refused % 2 == 0 { OrderEvent::Rejected } else { OrderEvent::Expired };
        assert!(world.report(order.id, event).effects.is_empty());
        effects = pause(world);
        refused += 1;
    }
    refused
}

/// Long enough for any pause between two tries, with fresh prices at its end.
fn pause(world: &mut World) -> Effects {
    world.now = world.now.plus(Span::from_seconds(4));
    let mut effects = world.price(SECOND, Price::from_units(100));
    let more = world.price(FIRST, Price::from_units(100));
    effects.effects.extend(more.effects);
    effects
}

#[test]
fn a_position_that_nobody_takes_is_given_up_aloud() {
    let mut world = holding("5");
    let effects = set(&mut world, Rung::Flatten);
    assert_eq!(refuse_all(&mut world, effects), 1 + FLATTEN_RETRIES_MAX);
    let halt = world.state.halt().unwrap();
    assert_eq!((halt.kind, halt.note.as_str()), (HaltKind::FlattenFault, "left open: 5 ONE"));
    assert!(world.price(FIRST, Price::from_units(100)).is_empty());
    let resumed = world.control(&Control::Resume { note: "try again".to_owned() });
    assert_eq!(refuse_all(&mut world, resumed), 1 + FLATTEN_RETRIES_MAX);
}

#[test]
fn between_two_tries_it_pauses_twice_as_long_each_time() {
    let mut world = holding("5");
    let mut close = sent(&set(&mut world, Rung::Flatten))[0];
    for seconds in [1, 2, 4] {
        let ended = world.now;
        assert!(world.report(close.id, OrderEvent::Rejected).effects.is_empty());
        world.now = ended.plus(Span::from_nanos(Span::from_seconds(seconds).nanos() - 1));
        assert!(world.price(FIRST, Price::from_units(100)).is_empty());
        world.now = ended.plus(Span::from_seconds(seconds));
        close = sent(&world.step(&Event::Time(world.now)))[0];
    }
    assert!(world.state.halt().is_none());
    world.report(close.id, OrderEvent::Rejected);
    assert_eq!(world.state.halt().unwrap().kind, HaltKind::FlattenFault);
}

#[test]
fn time_alone_is_enough_to_try_again() {
    let mut world = holding("5");
    let close = sent(&set(&mut world, Rung::Flatten))[0];
    world.report(close.id, OrderEvent::Rejected);
    world.now = world.now.plus(FLATTEN_RETRY_AFTER);
    assert_eq!(sent(&world.step(&Event::Time(world.now))).len(), 1);
    set(&mut world, Rung::CancelAll);
    assert!(world.step(&Event::Time(world.now)).is_empty());
}

#[test]
fn a_position_given_up_does_not_stop_the_others() {
    let mut world = holding("5");
    hold(&mut world, SECOND, "-3");
    let effects = set(&mut world, Rung::Flatten);
    let other = *sent(&effects).iter().find(|order| order.request.instrument == SECOND).unwrap();
    assert_eq!(refuse_all(&mut world, effects), 1 + FLATTEN_RETRIES_MAX);
    for _ in 0..3 {
        assert!(sent(&pause(&mut world)).is_empty());
    }
    assert!(world.state.halt().is_none(), "the other one is on its way");
    fill(&mut world, other.id, units(3));
    assert_eq!(world.state.halt().unwrap().note, "left open: 5 ONE");
}

#[test]
fn the_next_position_is_counted_anew() {
    let mut world = holding("5");
    let sell = working(&mut world, at_price(Side::Sell, 2, 101));
    set(&mut world, Rung::Flatten);
    let mut close = sent(&world.report(sell, OrderEvent::Cancelled))[0];
    for _ in 0..FLATTEN_RETRIES_MAX {
        world.report(close.id, OrderEvent::Rejected);
        close = sent(&pause(&mut world))[0];
    }
    fill(&mut world, close.id, units(5));
    let late = fill(&mut world, sell, units(2));
    assert_eq!(position(&world), units(-2));
    assert_eq!(refuse_all(&mut world, late), 1 + FLATTEN_RETRIES_MAX);
}

#[test]
fn what_is_no_multiple_of_the_step_is_left_and_said() {
    let mut world = holding("5.0005");
    let close = sent(&set(&mut world, Rung::Flatten))[0];
    assert_eq!(close.request.quantity, units(5));
    let effects = fill(&mut world, close.id, units(5));
    assert!(sent(&effects).is_empty());
    let off_step = |record: &Record| matches!(record, Record::Denied { reason: Reason::OffStep, .. });
    assert_eq!(effects.entries.iter().filter(|entry| off_step(&entry.record)).count(), 1);
    assert_eq!(world.state.halt().unwrap().note, "left open: 0.0005 ONE");
}

#[test]
fn without_a_price_it_says_so_once_and_goes_on_when_one_comes() {
    let mut world = holding("5");
    set(&mut world, Rung::CancelAll);
    let mut restarted = holding("1");
    restarted.now = world.now.plus(Span::SECOND);
    restarted.state = recover(world.journal.clone()).unwrap();
    assert_eq!(denied(&filtered(set(&mut restarted, Rung::Flatten))), Reason::NoReferencePrice);
    assert!(restarted.control(&Control::Reconcile).is_empty());
    assert!(restarted.price(SECOND, Price::from_units(100)).is_empty());
    assert_eq!(sent(&restarted.price(FIRST, Price::from_units(100))).len(), 1);
    assert!(restarted.state.halt().is_none());
}

/// Without the step itself.
fn filtered(mut effects: Effects) -> Effects {
    effects.entries.retain(|entry| !matches!(entry.record, Record::RungSet { .. }));
    effects
}

#[test]
fn each_wait_for_a_price_is_said() {
    let mut world = holding("5");
    let close = sent(&set(&mut world, Rung::Flatten))[0];
    world.report(close.id, OrderEvent::Rejected);
    let mut said = Vec::new();
    for seconds in [10, 20] {
        world.now = world.now.plus(Span::from_seconds(seconds));
        let stale = world.step(&Event::Time(world.now));
        said.push(denied(&stale).code());
        assert!(world.step(&Event::Time(world.now)).is_empty());
        let close = sent(&world.price(FIRST, Price::from_units(100)))[0];
        world.report(close.id, OrderEvent::Rejected);
    }
    assert_eq!(said, ["stale_reference_price"; 2]);
}

#[test]
fn a_full_rate_window_only_delays() {
    let mut world = holding("5");
    hold(&mut world, SECOND, "5");
    let tight = Limits { orders_per_window: 1, ..world.state.limits().clone() };
    world.control(&Control::SetLimits(Box::new(tight)));
    let effects = set(&mut world, Rung::Flatten);
    assert!(sent(&effects).is_empty());
    for instrument in [FIRST, SECOND] {
        world.now = world.now.plus(Span::SECOND);
        world.price(SECOND, Price::from_units(100));
        let effects = world.price(FIRST, Price::from_units(100));
        let mut orders = sent(&effects);
        orders.extend(
            world.state.orders().open().iter().filter(|order| order.request.instrument == instrument),
        );
        fill(&mut world, orders[0].id, units(5));
    }
    let denials = world.journal.iter().filter(|entry| matches!(entry.record, Record::Denied { .. })).count();
    assert!(position(&world).is_zero() && world.state.halt().is_none());
    assert!(denials <= 3, "{denials} denials say the same");
}

#[test]
fn a_halt_wins_over_the_rung() {
    let mut world = holding("5");
    world.control(&Control::Halt { kind: HaltKind::ByOperator, note: String::new() });
    assert!(filtered(set(&mut world, Rung::Flatten)).is_empty());
    assert!(world.price(FIRST, Price::from_units(100)).is_empty());
    assert_eq!(denied(&world.submit(at_price(Side::Sell, 1, 100))), Reason::Halted(HaltKind::ByOperator));
    assert_eq!(sent(&world.control(&Control::Resume { note: String::new() })).len(), 1);
}

#[test]
fn a_late_fill_of_a_closing_order_takes_the_next_one_back() {
    let mut world = holding("5");
    let first = sent(&set(&mut world, Rung::Flatten))[0];
    world.report(first.id, OrderEvent::Cancelled);
    let second = sent(&pause(&mut world))[0];
    assert_eq!(cancelled(&fill(&mut world, first.id, units(5))), [second.id.0]);
    let turned = fill(&mut world, second.id, units(5));
    let back = sent(&turned)[0];
    assert_eq!((back.request.side, back.request.quantity), (Side::Buy, units(5)));
}

#[test]
fn after_a_restart_cancels_are_asked_for_again_and_the_closing_goes_on() {
    let mut world = holding("5");
    let sell = working(&mut world, at_price(Side::Sell, 2, 101));
    set(&mut world, Rung::Flatten);
    let mut restarted = holding("1");
    restarted.now = world.now;
    restarted.state = recover(world.journal.clone()).unwrap();
    assert_eq!(restarted.state.rung(), Rung::Flatten);
    let asked = restarted.control(&Control::Reconcile);
    assert!(
        matches!(asked.effects[..], [Effect::Query(query), Effect::Cancel(cancel)] if query == sell && cancel == sell)
    );
    restarted.price(FIRST, Price::from_units(100));
    let close = sent(&restarted.report(sell, OrderEvent::Cancelled))[0];
    assert_eq!(close.request.quantity, units(5));
}

/// The journal may end between a step and the cancels that belong to it.
#[test]
fn a_step_whose_cancels_were_lost_asks_for_them() {
    for rung in [Rung::ReduceOnly, Rung::CancelAll, Rung::Flatten] {
        let mut world = holding("5");
        let buy = working(&mut world, at_price(Side::Buy, 2, 99));
        set(&mut world, rung);
        let step =
            world.journal.iter().position(|entry| matches!(entry.record, Record::RungSet { .. })).unwrap();
        let mut restarted = holding("1");
        restarted.state = recover(world.journal[..=step].to_vec()).unwrap();
        let asked = restarted.control(&Control::Reconcile);
        assert_eq!(cancelled(&asked), [buy.0], "{rung}");
    }
}
