use domain::{
    Contract, CrossVenueSpread, InstrumentId, Money, Price, Quantity, Rate, Span, SpreadPhase, Timestamp,
};

use super::{INVERSE_CONTRACT, all, feed, instruments, limits, quote};
use crate::spread::{CrossVenueDetector, SpreadLimits};

fn detector(terms: &[(Contract, &str)], limits: SpreadLimits) -> CrossVenueDetector {
    let listed = instruments(terms);
    CrossVenueDetector::new(&listed, &[all(&listed)], limits).unwrap()
}

fn phases(spreads: &[CrossVenueSpread]) -> Vec<(u64, SpreadPhase)> {
    spreads.iter().map(|spread| (spread.id, spread.phase)).collect()
}

#[test]
fn the_figures_by_hand() {
    let mut detector = detector(&[(Contract::UNIT, "0.001"), (Contract::UNIT, "0.0005")], limits(100, "0"));
    assert_eq!(feed(&mut detector, quote(0, 10, ("99", "1"), ("100", "3"))), []);
    let found = feed(&mut detector, quote(1, 40, ("101", "2"), ("102", "9")));
    let expected = CrossVenueSpread {
        id: 1,
        phase: SpreadPhase::Opened,
        asset: domain::Currency::BTC,
        buy: InstrumentId(0),
        sell: InstrumentId(1),
        buy_price: Price::from_units(100),
        sell_price: Price::from_units(101),
        quantity: Quantity::from_units(2),
        gross: Money::from_units(2),
        // 200 × 0.001 + 202 × 0.0005
        fees: Money::parse(b"0.301").unwrap(),
        // 1.699 / 200
        net_rate: Rate::parse(b"0.008495").unwrap(),
        buy_age: Span::from_nanos(30),
        sell_age: Span::ZERO,
        time: Timestamp::from_nanos(40),
    };
    assert_eq!(found, [expected]);
    assert_eq!(detector.open().copied().collect::<Vec<_>>(), [expected]);
}

#[test]
fn sizes_of_inverse_contracts_compare_in_the_base_asset() {
    let mut detector = detector(&[(INVERSE_CONTRACT, "0"), (Contract::UNIT, "0")], limits(100, "0"));
    // 1000 contracts of 100 at 50000 are 2 BTC.
    feed(&mut detector, quote(0, 1, ("49999", "1"), ("50000", "1000")));
    let found = feed(&mut detector, quote(1, 1, ("50010", "3.5"), ("50011", "1")));
    assert_eq!(found[0].quantity, Quantity::from_units(2));
    assert_eq!(found[0].gross, Money::from_units(20));
}

#[test]
fn fees_decide() {
    // Bought at 100 and sold at 101, two fees of 0.4975 % leave 1 - 0.4975 - 0.502475 = 0.000025 a unit.
    let at_limit = |fee, rate| {
        let mut detector = detector(&[(Contract::UNIT, fee), (Contract::UNIT, fee)], limits(100, rate));
        feed(&mut detector, quote(0, 1, ("99", "1"), ("100", "1")));
        !feed(&mut detector, quote(1, 1, ("101", "1"), ("102", "1"))).is_empty()
    };
    assert!(at_limit("0.004975", "0.00000025"));
    assert!(!at_limit("0.004975", "0.000000251"));
    assert!(!at_limit("0.005", "0"));
}

#[test]
fn a_rebate_is_weighed_to_the_last_digit() {
    let terms = [(Contract::UNIT, "0"), (Contract::UNIT, "-0.0002")];
    let mut detector = detector(&terms, limits(100, "2"));
    let tiny = "0.000000001";
    feed(&mut detector, quote(0, 1, (tiny, tiny), (tiny, tiny)));
    let found = feed(&mut detector, quote(1, 1, ("0.000000002", tiny), ("1", "1")));
    assert_eq!(found[0].fees, Money::from_raw(-1), "0.0004 of the last digit, rounded away from zero");
    assert_eq!(found[0].net_rate, Rate::parse(b"2").unwrap());
}

#[test]
fn the_net_rate_is_rounded_down() {
    let mut detector = detector(&[(Contract::UNIT, "0"), (Contract::UNIT, "0")], limits(100, "0"));
    feed(&mut detector, quote(0, 1, ("2", "1"), ("3", "1")));
    let found = feed(&mut detector, quote(1, 1, ("5", "1"), ("6", "1")));
    assert_eq!(found[0].net_rate, Rate::parse(b"0.666666666").unwrap());
}

#[test]
fn a_spread_opens_changes_and_closes_under_one_number() {
    let mut detector = detector(&[(Contract::UNIT, "0"); 2], limits(100, "0.001"));
    feed(&mut detector, quote(0, 1, ("99", "1"), ("100", "1")));
    let opened = feed(&mut detector, quote(1, 2, ("101", "1"), ("102", "1")));
    assert_eq!(phases(&opened), [(1, SpreadPhase::Opened)]);
    assert_eq!(feed(&mut detector, quote(1, 3, ("101", "1"), ("103", "1"))), [], "same terms, another age");
    let changed = feed(&mut detector, quote(1, 4, ("101", "0.5"), ("103", "1")));
    assert_eq!(phases(&changed), [(1, SpreadPhase::Changed)]);
    let closed = feed(&mut detector, quote(0, 9, ("100", "1"), ("101", "1")));
    let time = Timestamp::from_nanos(9);
    assert_eq!(closed, [CrossVenueSpread { phase: SpreadPhase::Closed, time, ..changed[0] }]);
    assert_eq!(detector.open().count(), 0);
    let again = feed(&mut detector, quote(0, 10, ("99", "1"), ("100", "1")));
    assert_eq!(phases(&again), [(2, SpreadPhase::Opened)]);
}

#[test]
fn an_invalid_instrument_closes_its_spreads() {
    let mut detector = detector(&[(Contract::UNIT, "0"); 2], limits(100, "0"));
    feed(&mut detector, quote(0, 1, ("99", "1"), ("100", "1")));
    feed(&mut detector, quote(1, 2, ("101", "1"), ("102", "1")));
    let mut found = Vec::new();
    detector.on_invalid(InstrumentId(0), Timestamp::from_nanos(7), &mut |spread| found.push(spread));
    assert_eq!(phases(&found), [(1, SpreadPhase::Closed)]);
    assert_eq!(found[0].time, Timestamp::from_nanos(7));
    assert_eq!(feed(&mut detector, quote(1, 8, ("150", "1"), ("151", "1"))), []);
}

#[test]
fn a_quote_that_is_too_old_does_not_count() {
    let mut detector = detector(&[(Contract::UNIT, "0"); 3], limits(10, "0"));
    feed(&mut detector, quote(0, 0, ("99", "1"), ("100", "1")));
    assert_eq!(
        feed(&mut detector, quote(1, 10, ("101", "1"), ("102", "1"))).len(),
        1,
        "at the limit it counts"
    );
    let other = feed(&mut detector, quote(2, 11, ("1", "1"), ("900", "1")));
    assert_eq!(phases(&other), [(1, SpreadPhase::Closed)], "any quote of the group tells the time");
    feed(&mut detector, quote(0, 12, ("99", "1"), ("100", "1")));
    assert_eq!(detector.open().count(), 1);
    let mut found = Vec::new();
    detector.on_time(Timestamp::from_nanos(20), &mut |spread| found.push(spread));
    assert_eq!(found, []);
    detector.on_time(Timestamp::from_nanos(21), &mut |spread| found.push(spread));
    assert_eq!(phases(&found), [(2, SpreadPhase::Closed)]);
}

#[test]
fn an_inverted_quote_counts_as_invalid() {
    let mut detector = detector(&[(Contract::UNIT, "0"); 2], limits(100, "0"));
    feed(&mut detector, quote(0, 1, ("99", "1"), ("100", "1")));
    feed(&mut detector, quote(1, 2, ("101", "1"), ("102", "1")));
    let found = feed(&mut detector, quote(1, 3, ("110", "1"), ("109", "1")));
    assert_eq!(phases(&found), [(1, SpreadPhase::Closed)]);
}

#[test]
fn what_cannot_be_computed_is_no_spread_and_counted() {
    let mut detector = detector(&[(Contract::UNIT, "0"); 2], limits(100, "0"));
    let huge = "9000000000000000000";
    feed(&mut detector, quote(0, 1, ("99", huge), ("100", huge)));
    assert_eq!(feed(&mut detector, quote(1, 2, ("1000000000", huge), ("1000000001", huge))), []);
    assert_eq!(detector.uncomputable(), 1);
}
