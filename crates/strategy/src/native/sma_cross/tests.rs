use domain::{Money, Rate};
use proptest::prelude::{any, prop_assert, prop_assert_eq, proptest};
use sim::MatchingConfig;

use super::*;
use crate::tests::harness::{Harness, bar, instruments};

fn sma(sizing: Sizing, allow_short: bool) -> SmaCross {
    let instrument = instruments(1).iter().next().unwrap().clone();
    SmaCross::new(instrument, BarRule::MINUTE, (1, 3), sizing, allow_short).unwrap()
}

fn units(quantity: i64) -> Sizing {
    Sizing::Quantity(Quantity::from_units(quantity))
}

#[test]
fn it_is_long_above_and_flat_below() {
    let mut harness = Harness::new(sma(units(2), false));
    let news: Vec<String> = [10, 10, 11, 12, 12, 9, 8]
        .iter()
        .zip(0..)
        .map(|(&price, number)| harness.bar(number, price))
        .collect();
    let expected =
        ["", "", "buy 2 on 0 at market", "filled 2 @ 12", "", "sell 2 on 0 at market", "filled 2 @ 8"];
    assert_eq!(news, expected);
    assert_eq!(harness.position(0), Quantity::ZERO);
}

#[test]
fn short_where_allowed_it_turns_by_twice_the_size() {
    let mut harness = Harness::new(sma(units(2), true));
    let news: Vec<String> =
        [10, 10, 9, 9, 12, 12].iter().zip(0..).map(|(&price, number)| harness.bar(number, price)).collect();
    let expected = ["", "", "sell 2 on 0 at market", "filled 2 @ 9", "buy 4 on 0 at market", "filled 4 @ 12"];
    assert_eq!(news, expected);
    assert_eq!(harness.position(0), Quantity::from_units(2));
}

#[test]
fn what_works_counts_so_nothing_is_ordered_twice() {
    // The venue is five minutes away: orders are out while the averages cross back and forth.
    let mut harness = Harness::delayed(sma(units(2), false), 300_000);
    let news: Vec<String> =
        [10, 10, 11, 9, 12].iter().zip(0..).map(|(&price, number)| harness.bar(number, price)).collect();
    assert_eq!(news, ["", "", "buy 2 on 0 at market", "sell 2 on 0 at market", "buy 2 on 0 at market"]);
}

#[test]
fn what_is_held_already_counts_as_well() {
    let mut harness = Harness::new(sma(units(2), false));
    harness.bar(0, 10);
    let request = OrderRequest::market(domain::InstrumentId(0), Side::Buy, Quantity::from_units(2));
    assert_eq!(harness.order(60_000, request), "buy 2 on 0 at market");
    assert_eq!(harness.bar(1, 10), "filled 2 @ 10");
    assert_eq!(harness.bar(2, 11), "", "the target is held");
}

#[test]
fn an_order_that_the_venue_refuses_is_tried_again_at_the_next_bar() {
    let full = MatchingConfig { resting_max: 0, ..MatchingConfig::instant(1) };
    let mut harness = Harness::with(sma(units(2), false), full);
    (0..2).for_each(|number| assert_eq!(harness.bar(number, 10), ""));
    assert_eq!(harness.bar(2, 11), "buy 2 on 0 at market; rejected");
    assert_eq!(harness.bar(3, 12), "buy 2 on 0 at market; rejected");
}

#[test]
fn a_denied_order_waits_for_the_next_crossing() {
    let mut harness = Harness::new(sma(units(20_000), false));
    (0..2).for_each(|number| assert_eq!(harness.bar(number, 10), ""));
    assert_eq!(harness.bar(2, 11), "denied");
    assert_eq!(harness.bar(3, 12), "");
}

#[test]
fn a_size_by_value_is_computed_on_entry_and_left_alone() {
    let mut harness = Harness::new(sma(Sizing::Notional(Money::from_units(1_000)), false));
    (0..2).for_each(|number| assert_eq!(harness.bar(number, 10), ""));
    assert_eq!(harness.bar(2, 11), "buy 90.9 on 0 at market");
    assert_eq!(harness.bar(3, 12), "filled 90.9 @ 12");
    let mut harness = Harness::new(sma(Sizing::EquityShare(Rate::from_basis_points(1_000)), true));
    (0..2).for_each(|number| assert_eq!(harness.bar(number, 100), ""));
    assert_eq!(harness.bar(2, 99), "sell 1010.1 on 0 at market");
}

#[test]
fn bars_of_other_instruments_and_lengths_are_not_averaged() {
    let mut harness = Harness::new(sma(units(2), false));
    (0..2).for_each(|number| assert_eq!(harness.bar(number, 10), ""));
    assert_eq!(harness.on(MarketEvent::Bar(bar(1, 2, BarPeriod::MINUTE, 99))), "");
    assert_eq!(harness.on(MarketEvent::Bar(bar(0, 2, BarPeriod::SECOND, 99))), "");
    let again = Bar { revision: 1, ..bar(0, 1, BarPeriod::MINUTE, 99) };
    assert_eq!(harness.on(MarketEvent::Bar(again)), "", "a bar told anew was averaged before");
    assert_eq!(harness.bar(2, 10), "");
    assert_eq!(harness.bar(3, 11), "buy 2 on 0 at market");
}

proptest! {
    /// Whatever the prices and the distance of the venue: the position is the target or nothing once orders are
    /// filled, and never beyond the target on the way.
    #[test]
    fn the_position_never_leaves_its_target(
        prices in proptest::collection::vec(90..110i32, 4..80),
        delay in 0..400_000i64,
        allow_short in any::<bool>(),
    ) {
        let mut harness = Harness::delayed(sma(units(2), allow_short), delay);
        let lowest = Quantity::from_units(if allow_short { -2 } else { 0 });
        for (&price, number) in prices.iter().zip(0..) {
            harness.bar(number, price);
            let held = harness.position(0);
            prop_assert!(held <= Quantity::from_units(2));
            prop_assert!(held >= lowest);
        }
        let last = i64::try_from(prices.len()).unwrap();
        // Twenty rising bars end every order with the long target.
        (last..last + 20).zip(111..).for_each(|(number, price)| drop(harness.bar(number, price)));
        prop_assert_eq!(harness.position(0), Quantity::from_units(2));
    }
}
