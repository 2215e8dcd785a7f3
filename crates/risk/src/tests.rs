//! Laws of the gate.

mod naive;
mod properties;
mod seal;
mod table;
mod world;

use domain::{Money, Quantity, Span};

use self::world::World;
use crate::{HaltKind, LimitFault, Limits, Reason};

#[test]
fn the_specified_limits_are_valid_and_as_specified() {
    let limits = Limits::specified();
    assert_eq!(limits.validate(), Ok(()));
    assert_eq!(limits.max_order_size, Quantity::from_units(10_000));
    assert_eq!(limits.max_position_size, Quantity::from_units(100_000));
}

#[test]
fn every_fault_of_the_limits_is_told_at_once() {
    let faulty = Limits {
        max_order_size: Quantity::from_units(200_000),
        max_order_notional: Money::from_units(10_000_001),
        max_open_orders: 0,
        orders_per_window: Limits::ORDERS_PER_WINDOW_MAX + 1,
        rate_window: Span::ZERO,
        price_collar: "1.000000001".parse().unwrap(),
        max_daily_loss: Money::from_units(-1),
        ..Limits::specified()
    };
    let faults = faulty.validate().unwrap_err();
    let fields: Vec<&str> = faults.iter().map(LimitFault::field).collect();
    let expected = [
        "max_open_orders",
        "rate_window",
        "max_daily_loss",
        "price_collar",
        "orders_per_window",
        "max_order_size",
        "max_order_notional",
    ];
    assert_eq!(fields, expected);
}

const LOSS: &str = "the day's loss of 50000.5 has reached the 50000 allowed: no order may add risk";

#[test]
fn denials_carry_the_figures_that_broke_the_limit() {
    let reason = |words: &str| World::sound().with(words).verdict().unwrap_err().to_string();
    assert_eq!(reason("limit=105.01"), "the limit price 105.01 lies outside 95 to 105");
    assert_eq!(reason("limit=5 reference=-100"), "the limit price 5 lies outside -105 to -95");
    let position = "with everything in flight the position would be -100005, past the 100000 allowed";
    assert_eq!(reason("sell position=-99990 working_sell=5"), position);
    let gross = "with this order all positions and orders would be worth 10000001, past the 10000000 allowed";
    assert_eq!(reason("gross=9999001"), gross);
    assert_eq!(reason("day_profit=-50000.5"), LOSS);
}

#[test]
fn limits_refuse_unknown_fields_and_missing_ones() {
    let text = serde_json::to_string(&Limits::specified()).unwrap();
    assert_eq!(serde_json::from_str::<Limits>(&text).unwrap(), Limits::specified());
    let without_check = text.replacen('{', r#"{"bypass":true,"#, 1);
    assert!(serde_json::from_str::<Limits>(&without_check).is_err());
    let missing = text.replacen("max_drawdown", "drawdown", 1);
    assert!(serde_json::from_str::<Limits>(&missing).is_err());
}

#[test]
fn reasons_say_the_limit_and_the_figure() {
    let reason =
        Reason::OrderTooLarge { limit: Quantity::from_units(10_000), asked: "10000.5".parse().unwrap() };
    assert_eq!(reason.to_string(), "the order asks for 10000.5, more than the 10000 allowed in one order");
    let stale = Reason::StaleReferencePrice { limit: Span::from_seconds(5), age: Span::from_millis(5_001) };
    assert_eq!(stale.to_string(), "the reference price is 5001 ms old, older than the 5000 ms allowed");
    let halted = Reason::Halted(HaltKind::ByOperator);
    assert_eq!(halted.to_string(), "the account is halted: an operator halted it");
    let after_a_loss = Reason::Halted(HaltKind::DailyLoss).to_string();
    assert!(after_a_loss.ends_with("only orders that reduce a position pass"), "{after_a_loss}");
    let text = serde_json::to_string(&halted).unwrap();
    assert_eq!(serde_json::from_str::<Reason>(&text).unwrap(), halted);
}
