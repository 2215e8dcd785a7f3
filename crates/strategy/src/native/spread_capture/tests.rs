use domain::{Money, Rate, Span};
use engine::Control;
use risk::HaltKind;

use super::*;
use crate::tests::harness::{Harness, instruments, quote, spread};

fn settings() -> SpreadCaptureSettings {
    SpreadCaptureSettings {
        assets: Vec::new(),
        min_net_rate: Rate::from_basis_points(5),
        max_quote_age: Span::from_millis(500),
        pair_notional: Money::from_units(300),
        inventory_notional: Money::from_units(500),
        leg_timeout: Span::from_millis(1_000),
        rest: Span::from_millis(5_000),
    }
}

/// Instrument 0 asks 100, instrument 1 bids 102.
fn harness() -> Harness<SpreadCapture> {
    let mut harness = Harness::new(SpreadCapture::new(settings(), &instruments(2)));
    harness.on(quote(0, 1, (99, 9), (100, 9)));
    harness.on(quote(1, 1, (102, 9), (103, 9)));
    harness
}

fn told(harness: &mut Harness<SpreadCapture>, spread: CrossVenueSpread) -> String {
    harness.on(MarketEvent::Spread(spread))
}

#[test]
fn it_buys_cheap_and_sells_dear_at_the_prices_seen() {
    let mut harness = harness();
    let news = told(&mut harness, spread(2, 102, 50));
    let legs = "buy 3 on 0 at 100 ioc; sell 3 on 1 at 102 ioc";
    assert_eq!(news, format!("{legs}; filled 3 @ 100; filled 3 @ 102"));
    assert_eq!(harness.cell.strategy().counts(), SpreadCaptureCounts { pairs: 1, repairs: 0 });
}

#[test]
fn what_is_thin_old_or_over_is_left_alone() {
    let mut harness = harness();
    assert_eq!(told(&mut harness, spread(2, 102, 4)), "");
    let old = CrossVenueSpread { sell_age: Span::from_millis(501), ..spread(3, 102, 50) };
    assert_eq!(told(&mut harness, old), "");
    let closed = CrossVenueSpread { phase: SpreadPhase::Closed, ..spread(4, 102, 50) };
    assert_eq!(told(&mut harness, closed), "");
    let tiny = CrossVenueSpread { quantity: Quantity::from_raw(9_000_000), ..spread(5, 102, 50) };
    assert_eq!(told(&mut harness, tiny), "");
}

#[test]
fn inventory_limits_the_size_and_the_other_way_frees_it() {
    let mut harness = harness();
    told(&mut harness, spread(2, 102, 50));
    // Room for 500 / 100 = 5 bought and 500 / 102 = 4.9 sold, of which 3 are used.
    let news = told(&mut harness, spread(3, 102, 50));
    assert!(news.starts_with("buy 1.9 on 0 at 100 ioc; sell 1.9 on 1 at 102 ioc"), "{news}");
    assert_eq!(told(&mut harness, spread(4, 102, 50)), "");
    let back = CrossVenueSpread { buy: InstrumentId(1), sell: InstrumentId(0), ..spread(5, 101, 50) };
    assert!(told(&mut harness, back).starts_with("buy 3 on 1 at 100 ioc; sell 3 on 0 at 101 ioc"));
}

#[test]
fn a_missed_leg_is_closed_by_a_market_order_after_a_while() {
    let mut harness = harness();
    // The bid on 1 has gone by the time the orders arrive.
    harness.on(quote(1, 2, (100, 9), (103, 9)));
    let news = told(&mut harness, spread(3, 102, 50));
    assert_eq!(news, "buy 3 on 0 at 100 ioc; sell 3 on 1 at 102 ioc; filled 3 @ 100; cancelled");
    assert_eq!(harness.on(quote(0, 10, (99, 9), (100, 9))), "", "the clock starts");
    assert_eq!(harness.on(quote(0, 1_009, (99, 9), (100, 9))), "");
    assert_eq!(harness.on(quote(1, 1_010, (100, 9), (103, 9))), "sell 3 on 0 at market; filled 3 @ 99");
    assert_eq!(harness.position(0), Quantity::ZERO);
    assert_eq!(harness.cell.strategy().counts(), SpreadCaptureCounts { pairs: 1, repairs: 1 });
    assert_eq!(told(&mut harness, spread(6_009, 102, 50)), "", "the asset rests");
    assert!(told(&mut harness, spread(6_010, 102, 50)).starts_with("buy 3 on 0"));
}

#[test]
fn while_halted_no_pair_goes_out_and_a_missed_leg_is_closed_only_after_a_loss() {
    for (kind, closing) in
        [(HaltKind::DailyLoss, "sell 3 on 0 at market; filled 3 @ 99"), (HaltKind::ByOperator, "")]
    {
        let mut harness = harness();
        harness.on(quote(1, 2, (100, 9), (103, 9)));
        told(&mut harness, spread(3, 102, 50));
        let halt = Control::Halt { kind, note: String::new() };
        harness.cell.on_control(Timestamp::from_millis(4), &halt).unwrap();
        harness.on(quote(0, 10, (99, 9), (100, 9)));
        assert_eq!(harness.on(quote(1, 1_010, (100, 9), (103, 9))), closing, "{kind}");
        assert_eq!(told(&mut harness, spread(7_000, 102, 50)), "", "{kind}");
    }
}

#[test]
fn no_second_pair_goes_out_while_the_first_is_on_its_way() {
    let mut harness = Harness::delayed(SpreadCapture::new(settings(), &instruments(2)), 50);
    harness.on(quote(0, 1, (99, 9), (100, 9)));
    harness.on(quote(1, 1, (102, 9), (103, 9)));
    assert_eq!(told(&mut harness, spread(2, 102, 50)), "buy 3 on 0 at 100 ioc; sell 3 on 1 at 102 ioc");
    assert_eq!(told(&mut harness, spread(3, 102, 50)), "");
    assert_eq!(harness.on(quote(0, 60, (99, 9), (100, 9))), "filled 3 @ 100; filled 3 @ 102");
}

#[test]
fn assets_that_were_not_asked_for_are_not_traded() {
    let assets = vec![domain::Currency::BTC];
    let mut harness =
        Harness::new(SpreadCapture::new(SpreadCaptureSettings { assets, ..settings() }, &instruments(2)));
    harness.on(quote(0, 1, (99, 9), (100, 9)));
    harness.on(quote(1, 1, (102, 9), (103, 9)));
    assert_eq!(told(&mut harness, spread(2, 102, 50)), "");
}
