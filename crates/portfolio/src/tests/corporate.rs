//! Splits and dividends.

use domain::{Currency, Money, Quantity};

use super::world::{PERPETUAL, SHARE, World, money, price, quantity};
use crate::{BookingError, CorporateEffect};

#[test]
fn a_split_changes_quantity_and_mark_but_neither_cost_nor_equity() {
    let mut world = World::new();
    world.buy(SHARE, "10", "100", "0");
    world.portfolio.mark(SHARE, price("120"));
    let (equity, cost) = (world.equity(), world.position(SHARE).cost);
    let effect = world.split(SHARE, 4, 1).unwrap();
    let (before, after) = (quantity("10"), quantity("40"));
    assert_eq!(effect, CorporateEffect::Split { before, after, remainder: 0, denominator: 1 });
    let position = world.position(SHARE);
    assert_eq!((position.quantity, position.mark), (after, Some(price("30"))));
    assert_eq!((world.equity(), position.cost), (equity, cost));
    assert_eq!(world.dollars(), money("999000"));
}

#[test]
fn a_reverse_split_reports_the_fraction_it_cuts_off() {
    let mut world = World::new();
    world.sell(SHARE, "10.000000001", "100", "0");
    let effect = world.split(SHARE, 1, 20).unwrap();
    let (before, after) = (quantity("-10.000000001"), quantity("-0.5"));
    assert_eq!(effect, CorporateEffect::Split { before, after, remainder: -1, denominator: 20 });
    assert_eq!(world.position(SHARE).mark, Some(price("2000")));
}

#[test]
fn a_split_that_leaves_nothing_realises_the_cost() {
    let mut world = World::new();
    world.buy(SHARE, "0.000000001", "100", "0");
    let cost = world.position(SHARE).cost;
    world.split(SHARE, 1, 20).unwrap();
    let position = world.position(SHARE);
    assert_eq!(
        (position.quantity, position.cost, position.realised),
        (Quantity::ZERO, Money::ZERO, cost.negate())
    );
}

#[test]
fn marks_round_to_the_nearest_price() {
    let mut world = World::new();
    world.portfolio.mark(SHARE, price("0.000000005"));
    world.split(SHARE, 3, 1).unwrap();
    assert_eq!(world.position(SHARE).mark, Some(price("0.000000002")));
    world.portfolio.mark(SHARE, price("-0.000000005"));
    world.split(SHARE, 2, 1).unwrap();
    assert_eq!(world.position(SHARE).mark, Some(price("-0.000000003")));
}

#[test]
fn a_long_position_is_paid_and_a_short_one_pays() {
    let mut world = World::new();
    world.buy(SHARE, "10", "100", "0");
    assert_eq!(world.dividend(SHARE, "0.24"), Ok(CorporateEffect::Dividend { paid: money("2.4") }));
    assert_eq!(world.dollars(), money("999002.4"));
    world.sell(SHARE, "30", "100", "0");
    assert_eq!(world.dividend(SHARE, "0.5"), Ok(CorporateEffect::Dividend { paid: money("-10") }));
    assert_eq!(world.position(SHARE).dividends, money("-7.6"));
    assert_eq!(world.dollars(), money("1001992.4"));
    assert_eq!(world.portfolio.dividends(Currency::USD, &world.instruments), Ok(money("-7.6")));
}

#[test]
fn what_cannot_be_is_refused_and_changes_nothing() {
    let mut world = World::new();
    world.buy(SHARE, "10", "100", "0");
    world.portfolio.mark(SHARE, price("9000000000"));
    let before = world.portfolio.clone();
    assert_eq!(world.split(SHARE, 0, 1), Err(BookingError::EmptySplit));
    assert_eq!(world.split(SHARE, 1, 0), Err(BookingError::EmptySplit));
    assert_eq!(world.split(SHARE, 1, 20), Err(BookingError::OUT_OF_RANGE));
    assert_eq!(world.split(PERPETUAL, 2, 1), Err(BookingError::NotHeldOutright(PERPETUAL)));
    assert_eq!(world.dividend(PERPETUAL, "1"), Err(BookingError::NotHeldOutright(PERPETUAL)));
    assert_eq!(world.portfolio, before);
}
