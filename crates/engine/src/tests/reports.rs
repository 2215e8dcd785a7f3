//! What venues say: repeated, late, lost, impossible.

use domain::{OrderEvent, OrderId, OrderRequest, OrderStatus, Price, Quantity, Side};
use risk::{HaltKind, Reason};

use super::world::{FIRST, World, limits};
use crate::{Control, Effect, Record, recover};

fn halt() -> Control {
    Control::Halt { kind: HaltKind::ByOperator, note: "look".to_owned() }
}

fn one() -> Quantity {
    Quantity::from_units(1)
}

#[test]
fn an_order_is_recorded_before_it_leaves() {
    let (world, id) = World::bought(2);
    assert!(
        matches!(&world.journal.last().unwrap().record, Record::Submitted { order, .. } if order.id == id)
    );
    assert_eq!(world.state.orders().find(id).unwrap().status, OrderStatus::Pending);
}

#[test]
fn a_repeated_fill_is_booked_once() {
    let (mut world, id) = World::bought(2);
    let fill = world.fill(id, Side::Buy, FIRST, Price::from_units(100), one());
    world.report(id, OrderEvent::Filled(fill));
    let cash = world.state.portfolio().cash(domain::Currency::USD);
    let effects = world.report(id, OrderEvent::Filled(fill));
    assert!(effects.entries.is_empty());
    assert_eq!(world.state.portfolio().cash(domain::Currency::USD), cash);
}

#[test]
fn a_late_fill_after_a_cancel_counts() {
    let (mut world, id) = World::bought(2);
    world.report(id, OrderEvent::Cancelled);
    let fill = world.fill(id, Side::Buy, FIRST, Price::from_units(100), one());
    world.report(id, OrderEvent::Filled(fill));
    assert_eq!(world.state.portfolio().position(FIRST).quantity, one());
    assert_eq!(world.state.orders().find(id).unwrap().status, OrderStatus::Cancelled);
    assert!(world.state.halt().is_none());
}

#[test]
fn a_fill_of_nobodys_order_halts() {
    let (mut world, _) = World::bought(2);
    let stranger = OrderId(77);
    let fill = world.fill(stranger, Side::Buy, FIRST, Price::from_units(100), one());
    let effects = world.report(stranger, OrderEvent::Filled(fill));
    assert_eq!(world.state.halt().unwrap().kind, HaltKind::VenueFault);
    assert!(effects.entries.iter().any(|entry| matches!(entry.record, Record::Unaccountable { .. })));
    assert_eq!(world.state.portfolio().position(FIRST).quantity, Quantity::ZERO);
}

#[test]
fn an_overfill_halts_and_books_nothing() {
    let (mut world, id) = World::bought(2);
    let fill = world.fill(id, Side::Buy, FIRST, Price::from_units(100), Quantity::from_units(3));
    world.report(id, OrderEvent::Filled(fill));
    assert_eq!(world.state.halt().unwrap().kind, HaltKind::VenueFault);
    assert_eq!(world.state.portfolio().position(FIRST).quantity, Quantity::ZERO);
}

#[test]
fn halting_closes_the_gate_and_cancels_what_works() {
    let (mut world, id) = World::bought(2);
    world.report(id, OrderEvent::Accepted { venue_order_id: None });
    let effects = world.control(&halt());
    assert!(matches!(effects.effects.as_slice(), [Effect::Cancel(cancelled)] if *cancelled == id));
    let denied = world.submit(OrderRequest::market(FIRST, Side::Buy, one()));
    assert!(denied.effects.is_empty());
    let Record::Denied { reason, .. } = &denied.entries[0].record else { panic!("not denied") };
    assert_eq!(*reason, Reason::Halted(HaltKind::ByOperator));
    world.control(&Control::Resume { note: "fine".to_owned() });
    assert_eq!(world.submit(OrderRequest::market(FIRST, Side::Buy, one())).effects.len(), 1);
}

#[test]
fn the_first_reason_to_halt_is_kept_and_a_cancel_is_asked_once() {
    let (mut world, _) = World::bought(2);
    world.control(&halt());
    let again = world.control(&Control::Halt { kind: HaltKind::DailyLoss, note: "later".to_owned() });
    assert!(again.effects.is_empty() && again.entries.is_empty());
    assert_eq!(world.state.halt().unwrap().kind, HaltKind::ByOperator);
}

#[test]
fn after_a_restart_unanswered_orders_are_asked_about_never_sent_again() {
    let (world, id) = World::bought(2);
    let mut restarted = World::new(limits());
    restarted.state = recover(world.journal.clone()).unwrap();
    restarted.journal = world.journal;
    let effects = restarted.control(&Control::Reconcile);
    assert!(matches!(effects.effects.as_slice(), [Effect::Query(asked)] if *asked == id));
    let order = *restarted.state.orders().find(id).unwrap();
    assert_eq!(order.status, OrderStatus::Unknown);
    assert_eq!(order.exposed(), Quantity::from_units(2), "an unknown order counts in risk");
    restarted.report(id, OrderEvent::Rejected);
    assert_eq!(restarted.state.orders().working(FIRST).buy, Quantity::ZERO);
}

#[test]
fn a_new_day_takes_the_equity_it_began_with() {
    let (mut world, id) = World::bought(2);
    let fill = world.fill(id, Side::Buy, FIRST, Price::from_units(100), Quantity::from_units(2));
    world.report(id, OrderEvent::Filled(fill));
    world.now = super::world::at(2 * 86_400);
    world.price(FIRST, Price::from_units(110));
    let equity = world.state.equity().unwrap();
    assert_eq!(world.state.day_equity(), equity);
    let opened =
        world.journal.iter().filter(|entry| matches!(entry.record, Record::DayOpened { .. })).count();
    assert_eq!(opened, 1);
}
