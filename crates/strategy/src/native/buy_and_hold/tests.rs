use domain::{Money, Quantity, Rate};

use super::*;
use crate::tests::harness::{Harness, instruments, quote};

fn holder(sizing: Sizing) -> BuyAndHold {
    BuyAndHold::new(instruments(1).iter().next().unwrap().clone(), sizing)
}

#[test]
fn it_buys_at_the_first_whole_quote_and_never_again() {
    let mut harness = Harness::new(holder(Sizing::Quantity(Quantity::from_units(3))));
    assert_eq!(harness.on(quote(1, 1, (99, 5), (100, 9))), "", "another instrument");
    assert_eq!(harness.on(quote(0, 2, (99, 5), (100, 0))), "", "nobody sells");
    assert_eq!(harness.on(quote(0, 3, (99, 5), (100, 9))), "buy 3 on 0 at market; filled 3 @ 100");
    assert_eq!(harness.on(quote(0, 4, (99, 5), (100, 9))), "");
}

#[test]
fn it_buys_at_the_first_bar_for_a_value() {
    let mut harness = Harness::new(holder(Sizing::Notional(Money::from_units(1_000))));
    assert_eq!(harness.bar(0, 30), "buy 33.33 on 0 at market");
    assert_eq!(harness.bar(1, 31), "filled 33.33 @ 31");
    let mut harness = Harness::new(holder(Sizing::EquityShare(Rate::from_basis_points(50))));
    assert_eq!(harness.bar(0, 30), "buy 166.66 on 0 at market");
}

#[test]
fn it_leaves_alone_what_is_held_before() {
    let mut harness = Harness::new(holder(Sizing::Quantity(Quantity::from_units(3))));
    harness.on(quote(0, 1, (99, 5), (100, 0)));
    harness.on(quote(1, 1, (99, 5), (100, 9)));
    // The reference of instrument 0 is missing, so a person's order there is denied; one on 1 is no concern.
    let order = OrderRequest::market(domain::InstrumentId(1), Side::Buy, Quantity::from_units(1));
    assert_eq!(harness.order(2, order), "buy 1 on 1 at market; filled 1 @ 100");
    assert_eq!(harness.on(quote(0, 3, (99, 5), (100, 2))), "buy 3 on 0 at market; filled 2 @ 100");
    assert_eq!(harness.on(quote(0, 4, (99, 5), (101, 2))), "filled 1 @ 101");

    let mut held = Harness::delayed(holder(Sizing::Quantity(Quantity::from_units(3))), 10);
    held.on(quote(0, 1, (99, 5), (100, 0)));
    held.on(quote(0, 2, (0, 0), (100, 5)));
    assert_eq!(held.on(quote(0, 3, (99, 5), (100, 5))), "buy 3 on 0 at market");
    assert_eq!(held.on(quote(0, 4, (99, 5), (100, 5))), "", "it works already");
}
