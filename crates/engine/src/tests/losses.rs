//! What an account may still do once it has lost as much as it may: reduce, by hand and by itself, and nothing else.

use domain::{Money, OrderEvent, OrderId, OrderRequest, Price, Rate, Side};
use risk::{HaltKind, Limits, Reason, Rung};

use super::rungs::{
    SECOND, at_price, cancelled, denied, fill, hold, holding, position, sent, set, units, working,
};
use super::world::{FIRST, World};
use crate::view::AccountView;
use crate::{Control, Effects, Record, recover};

/// Holds five of each instrument, and has lost 150 of the 100 it may lose in a day.
fn losing() -> World {
    let mut world = holding("5");
    hold(&mut world, SECOND, "5");
    let tight = Limits { max_daily_loss: Money::from_units(100), ..world.state.limits().clone() };
    world.control(&Control::SetLimits(Box::new(tight)));
    world.price(FIRST, Price::from_units(70));
    world
}

/// The same, halted because it asked for more.
fn halted() -> World {
    let mut world = losing();
    world.submit(at_price(Side::Buy, 1, 70));
    assert_eq!(world.state.halt().unwrap().kind, HaltKind::DailyLoss);
    world
}

fn sell(quantity: i64) -> OrderRequest {
    OrderRequest { reduce_only: true, ..OrderRequest::market(FIRST, Side::Sell, units(quantity)) }
}

fn kinds_of_halts(effects: &Effects) -> Vec<HaltKind> {
    let halts = effects.entries.iter().filter_map(|entry| match &entry.record {
        Record::Halted { kind, .. } => Some(*kind),
        _ => None,
    });
    halts.collect()
}

#[test]
fn an_order_that_adds_is_denied_and_halts_and_one_that_reduces_passes_before_and_after() {
    let mut world = losing();
    assert_eq!(sent(&world.submit(sell(1))).len(), 1, "not halted yet, and closing");
    let effects = world.submit(at_price(Side::Buy, 1, 70));
    assert!(matches!(effects.entries[0].record, Record::Denied { reason: Reason::DailyLoss { .. }, .. }));
    assert_eq!(kinds_of_halts(&effects), [HaltKind::DailyLoss]);
    assert_eq!(sent(&world.submit(sell(4))).len(), 1, "five are held and one is on its way");
    let reason = Reason::Halted(HaltKind::DailyLoss);
    assert_eq!(denied(&world.submit(sell(1))), reason, "all five are on their way");
    assert_eq!(denied(&world.submit(at_price(Side::Buy, 1, 70))), reason);
}

#[test]
fn a_limit_that_is_reached_is_shown_before_any_order_has_met_it() {
    let mut world = losing();
    assert_eq!((AccountView::of(&world.state).loss, world.state.halt()), (Some(HaltKind::DailyLoss), None));
    world.price(FIRST, Price::from_units(99));
    assert_eq!(AccountView::of(&world.state).loss, None, "prices came back");
    let tight = Limits { max_drawdown: Rate::from_basis_points(1), ..world.state.limits().clone() };
    world.control(&Control::SetLimits(Box::new(tight)));
    world.price(FIRST, Price::from_units(90));
    assert_eq!(AccountView::of(&world.state).loss, Some(HaltKind::Drawdown));
}

#[test]
fn a_drawdown_leaves_as_much_to_do_as_a_daily_loss() {
    let mut world = holding("5");
    let tight = Limits { max_drawdown: Rate::from_basis_points(10), ..world.state.limits().clone() };
    world.control(&Control::SetLimits(Box::new(tight)));
    world.price(FIRST, Price::from_units(70));
    world.submit(at_price(Side::Buy, 1, 70));
    assert_eq!(world.state.halt().unwrap().kind, HaltKind::Drawdown);
    assert_eq!(sent(&world.submit(sell(5))).len(), 1);
}

#[test]
fn a_halt_for_a_loss_cancels_what_could_add_and_leaves_what_protects() {
    let mut world = losing();
    let wide = Limits { max_daily_loss: Money::from_units(1_000), ..world.state.limits().clone() };
    world.control(&Control::SetLimits(Box::new(wide.clone())));
    let adds = working(&mut world, at_price(Side::Buy, 1, 69));
    let protects = working(&mut world, at_price(Side::Sell, 5, 71));
    world.control(&Control::SetLimits(Box::new(Limits { max_daily_loss: Money::from_units(100), ..wide })));
    let effects = world.submit(at_price(Side::Buy, 1, 70));
    assert_eq!(cancelled(&effects), [adds.0]);
    assert!(!world.state.orders().find_open(protects).unwrap().cancel_requested);
    assert!(fill(&mut world, adds, units(1)).effects.is_empty(), "a larger position leaves it its room");
}

#[test]
fn after_a_loss_a_late_fill_takes_back_what_would_turn_the_position() {
    let mut world = halted();
    let late = sent(&world.submit(sell(5)))[0].id;
    world.report(late, OrderEvent::Cancelled);
    let again = working(&mut world, sell(5));
    assert_eq!(cancelled(&fill(&mut world, late, units(2))), [again.0]);
}

#[test]
fn at_the_last_rung_positions_are_closed_though_the_loss_limit_is_reached() {
    for mut world in [losing(), halted()] {
        let halt = world.state.halt().cloned();
        let effects = set(&mut world, Rung::Flatten);
        let closing = sent(&effects);
        assert_eq!(closing.len(), 2, "{effects:?}");
        for order in closing {
            fill(&mut world, order.id, order.request.quantity);
        }
        assert!(position(&world).is_zero());
        assert_eq!(world.state.halt().cloned(), halt, "closing changes nothing about the halt");
    }
}

#[test]
fn a_position_that_cannot_be_closed_after_a_loss_is_said_over_the_loss() {
    let mut world = holding("5.0005");
    world.control(&Control::Halt { kind: HaltKind::Drawdown, note: String::new() });
    let close = sent(&set(&mut world, Rung::Flatten))[0];
    let effects = fill(&mut world, close.id, units(5));
    assert_eq!(kinds_of_halts(&effects), [HaltKind::FlattenFault]);
    assert_eq!(world.state.halt().unwrap().note, "left open: 0.0005 ONE");
}

#[test]
fn a_halt_that_stops_more_takes_the_place_of_one_for_a_loss_and_not_the_other_way_round() {
    let stop = Control::Halt { kind: HaltKind::ByOperator, note: "enough".to_owned() };
    let mut world = halted();
    let works = working(&mut world, at_price(Side::Sell, 1, 71));
    let effects = world.control(&stop);
    assert_eq!((kinds_of_halts(&effects), cancelled(&effects)), (vec![HaltKind::ByOperator], vec![works.0]));
    assert_eq!(denied(&world.submit(sell(1))), Reason::Halted(HaltKind::ByOperator));
    assert!(world.control(&stop).is_empty());
    let loss = Control::Halt { kind: HaltKind::DailyLoss, note: String::new() };
    assert!(world.control(&loss).is_empty());
    assert!(sent(&set(&mut world, Rung::Flatten)).is_empty(), "a person's word holds against the ladder");
    assert_eq!(recover(world.journal.clone()).unwrap().halt(), world.state.halt());
    world.control(&Control::Resume { note: String::new() });
    assert!(world.state.halt().is_none());
}

#[test]
fn a_fill_that_nobody_accounts_for_stops_an_account_that_was_halted_for_a_loss() {
    let mut world = halted();
    let stranger = OrderId(77);
    let unknown = world.fill(stranger, Side::Sell, FIRST, Price::from_units(70), units(1));
    world.report(stranger, OrderEvent::Filled(unknown));
    assert_eq!(world.state.halt().unwrap().kind, HaltKind::VenueFault);
    assert_eq!(denied(&world.submit(sell(1))), Reason::Halted(HaltKind::VenueFault));
}

#[test]
fn resumed_with_the_limit_still_reached_it_halts_again_at_the_next_order_that_adds() {
    let mut world = halted();
    world.control(&Control::Resume { note: String::new() });
    assert_eq!(sent(&world.submit(sell(1))).len(), 1);
    let effects = world.submit(at_price(Side::Buy, 1, 70));
    assert_eq!(kinds_of_halts(&effects), [HaltKind::DailyLoss]);
}
