use domain::{OrderEvent, OrderRequest, Side};

use super::scenario::{check, check_on};
use super::*;

fn instant() -> MatchingConfig {
    MatchingConfig::instant(1)
}

#[test]
fn a_market_order_takes_the_quote_and_its_rest_waits_for_the_next() {
    check(
        instant(),
        "
        0 quote 99x5 101x3
        10 buy 1 4 market
        > 10 #1 accepted
        > 10 #1 3 @ 101 taker, fee 0.606, at 10
        20 quote 99x5 102x8
        > 20 #1 1 @ 102 taker, fee 0.204, at 20
        30 sell 2 2 market
        > 30 #2 accepted
        > 30 #2 2 @ 99 taker, fee 0.396, at 30
        ",
    );
}

#[test]
fn the_same_quote_is_never_taken_twice() {
    check(
        instant(),
        "
        0 quote 99x5 101x3
        10 buy 1 2 101 ioc
        > 10 #1 accepted
        > 10 #1 2 @ 101 taker, fee 0.404, at 10
        11 buy 2 2 101 ioc
        > 11 #2 accepted
        > 11 #2 1 @ 101 taker, fee 0.202, at 11
        > 11 #2 cancelled NotEnoughLiquidity
        12 buy 3 1 101 ioc
        > 12 #3 accepted
        > 12 #3 cancelled NotEnoughLiquidity
        13 quote 99x5 101x3
        14 buy 4 1 101 ioc
        > 14 #4 accepted
        > 14 #4 1 @ 101 taker, fee 0.202, at 14
        ",
    );
}

#[test]
fn depth_is_walked_and_restates_nothing_that_its_own_quote_said() {
    check(
        instant(),
        "
        0 quote 99x5 101x1
        0 depth 99x5,98x5 101x1,102x2,104x9
        10 buy 1 2 103 fok
        > 10 #1 accepted
        > 10 #1 1 @ 101 taker, fee 0.202, at 10
        > 10 #1 1 @ 102 taker, fee 0.204, at 10
        11 buy 2 2 103 fok
        > 11 #2 accepted
        > 11 #2 cancelled NotEnoughLiquidity
        12 buy 3 2 103
        > 12 #3 accepted
        > 12 #3 1 @ 102 taker, fee 0.204, at 12
        13 depth 99x5,98x5 102x4,103x1
        > 13 #3 1 @ 103 maker, fee 0.103, at 13
        ",
    );
}

#[test]
fn a_resting_order_makes_when_the_quote_reaches_it_or_a_trade_prints_through() {
    check(
        instant(),
        "
        0 quote 99x5 101x3
        1 buy 1 3 99.5
        > 1 #1 accepted
        2 trade 99.5x9
        3 trade 99.4x1
        > 3 #1 1 @ 99.5 maker, fee 0.0995, at 3
        4 quote 98x5 99.5x0.5
        > 4 #1 0.5 @ 99.5 maker, fee 0.04975, at 4
        5 quote 98x5 99x9
        > 5 #1 1.5 @ 99.5 maker, fee 0.14925, at 5
        ",
    );
}

#[test]
fn the_better_price_is_served_first_then_the_earlier_order() {
    check(
        instant(),
        "
        0 quote 90x5 110x3
        1 sell 1 1 105
        > 1 #1 accepted
        2 sell 2 1 104
        > 2 #2 accepted
        3 sell 3 1 104
        > 3 #3 accepted
        4 trade 106x2
        > 4 #2 1 @ 104 maker, fee 0.104, at 4
        > 4 #3 1 @ 104 maker, fee 0.104, at 4
        ",
    );
}

#[test]
fn orders_and_cancels_take_their_time_and_may_lose_the_race() {
    check(
        delayed(10, 0),
        "
        0 quote 99x5 101x3
        100 buy 1 1 market
        105 quote 99x5 102x3
        115 cancel 1
        > 110 #1 accepted
        > 110 #1 1 @ 102 taker, fee 0.204, at 110
        130 buy 2 1 50
        141 cancel 2
        > 140 #2 accepted
        150 read
        151 read
        > 151 #2 cancelled
        ",
    );
}

#[test]
fn market_data_at_the_moment_of_arrival_comes_before_the_order() {
    check(
        delayed(10, 0),
        "
        100 buy 1 1 market
        110 trade 100x5
        > 110 #1 accepted
        111 trade 101x5
        > 111 #1 1 @ 101 taker, fee 0.202, at 111
        ",
    );
}

#[test]
fn trades_alone_fill_market_orders_at_the_next_prints() {
    check(
        instant(),
        "
        0 trade 100x1
        1 buy 1 3 market
        > 1 #1 accepted
        2 trade 101x2
        > 2 #1 2 @ 101 taker, fee 0.404, at 2
        3 trade 102x2
        > 3 #1 1 @ 102 taker, fee 0.204, at 3
        4 buy 2 1 103
        > 4 #2 accepted
        5 trade 102x2
        > 5 #2 1 @ 102 taker, fee 0.204, at 5
        6 buy 3 1 102 ioc
        > 6 #3 accepted
        7 trade 102x2
        > 7 #3 cancelled NotEnoughLiquidity
        8 buy 4 1 102
        > 8 #4 accepted
        9 trade 102x2
        10 trade 101x2
        > 10 #4 1 @ 102 maker, fee 0.102, at 10
        ",
    );
}

#[test]
fn a_bar_fills_market_orders_at_its_open_and_limits_that_it_trades_through() {
    check(
        instant(),
        "
        60000 bar 100 105 95 101 1000
        60000 buy 1 2 market
        > 60000 #1 accepted
        60000 buy 2 2 99
        > 60000 #2 accepted
        60000 sell 3 1 102
        > 60000 #3 accepted
        120000 bar 102 104 99 103 1000
        > 120000 #1 2 @ 102 taker, fee 0.408, at 60000
        > 120000 #3 1 @ 102 maker, fee 0.102, at 120000
        180000 bar 100 101 98.9 99 1000
        > 180000 #2 2 @ 99 maker, fee 0.198, at 180000
        180000 buy 4 1 100
        > 180000 #4 accepted
        240000 bar 98 99 97 98 1000
        > 240000 #4 1 @ 98 taker, fee 0.196, at 180000
        ",
    );
}

#[test]
fn a_bar_that_opened_before_the_order_was_sent_does_not_serve_it() {
    check(
        delayed(20, 0),
        "
        60001 buy 1 1 market
        120000 bar 102 104 99 103 1000
        > 60021 #1 accepted
        120000 buy 2 1 market
        180000 bar 105 106 104 105 1000
        > 120020 #2 accepted
        > 180000 #1 1 @ 105 taker, fee 0.21, at 120000
        > 180000 #2 1 @ 105 taker, fee 0.21, at 120020
        ",
    );
}

#[test]
fn a_bar_gives_only_its_share_of_volume_and_without_volume_everything() {
    let tenth = MatchingConfig { bar_share: Rate::from_basis_points(1_000), ..instant() };
    check(
        tenth,
        "
        0 buy 1 5 market
        > 0 #1 accepted
        0 buy 2 5 market fok
        > 0 #2 accepted
        60000 bar 100 100 100 100 20.9
        > 60000 #1 2 @ 100 taker, fee 0.4, at 0
        > 60000 #2 cancelled NotEnoughLiquidity
        120000 bar 101 101 101 101 3
        > 120000 #1 0.3 @ 101 taker, fee 0.0606, at 60000
        120000 sell 3 1 market ioc
        > 120000 #3 accepted
        180000 bar 102 102 102 102 0.5
        > 180000 #3 cancelled NotEnoughLiquidity
        240000 bar 103 103 103 103 0
        > 240000 #1 2.7 @ 103 taker, fee 0.5562, at 180000
        ",
    );
}

#[test]
fn an_invalid_market_fills_nothing_until_a_good_quote() {
    check(
        instant(),
        "
        0 quote 99x5 101x3
        1 buy 1 1 100
        > 1 #1 accepted
        2 invalid
        3 buy 2 1 market
        > 3 #2 accepted
        4 buy 3 1 market ioc
        > 4 #3 accepted
        > 4 #3 cancelled NotEnoughLiquidity
        5 trade 98x9
        6 quote 101x5 100x3
        7 quote 99x5 101x3
        > 7 #2 1 @ 101 taker, fee 0.202, at 7
        8 trade 98x9
        > 8 #1 1 @ 100 maker, fee 0.1, at 8
        ",
    );
}

#[test]
fn day_orders_end_at_midnight_and_a_split_ends_every_order() {
    check(
        instant(),
        "
        1000 buy 1 1 90 day
        > 1000 #1 accepted
        1001 buy 2 1 90
        > 1001 #2 accepted
        86399999 read
        86400000 bar 100 101 91 100 10
        > 86400000 #1 expired
        86400001 split
        > 86400001 #2 cancelled Other(1)
        86400002 cancel 2
        ",
    );
}

#[test]
fn what_the_venue_does_not_take_is_rejected_with_its_reason() {
    let small = MatchingConfig { resting_max: 1, ..instant() };
    check(
        small,
        "
        1 buy 1 1 stop
        > 1 #1 rejected KindNotSupported
        2 buy 2 1 90 opg
        > 2 #2 rejected TimeInForceNotSupported
        3 buy 3 1 90
        > 3 #3 accepted
        4 buy 4 1 90
        > 4 #4 rejected VenueFull
        5 query 3
        > 5 #3 accepted
        6 query 4
        > 6 #4 rejected NotFound
        ",
    );
}

#[test]
fn an_instrument_that_is_not_traded_is_rejected_until_it_is_listed() {
    let mut venue = Matching::new(instant(), &instruments(1));
    let send = |venue: &mut Matching, id: u64| {
        let request = OrderRequest::market(InstrumentId(1), Side::Buy, Quantity::from_units(1));
        venue.submit(&approve(Order::new(OrderId(id), request, millis(1))), millis(1));
        venue.next_report(millis(1)).unwrap()
    };
    assert_eq!(send(&mut venue, 1).reason, Some(RejectReason::UnknownInstrument));
    venue.list(instrument(1));
    assert!(matches!(send(&mut venue, 2).event, OrderEvent::Accepted { .. }));
}

#[test]
fn a_restarted_venue_knows_what_worked_and_its_fill_ids_go_on() {
    let mut order = Order::new(
        OrderId(3),
        OrderRequest::limit(InstrumentId(0), Side::Buy, Quantity::from_units(3), Price::from_units(100)),
        millis(5),
    );
    let lost = Order::new(OrderId(4), order.request, millis(6));
    order.status = OrderStatus::PartiallyFilled;
    order.filled = Quantity::from_units(1);
    let mut venue = Matching::new(instant(), &instruments(1));
    venue.restore(&[order, lost]);
    assert_eq!(venue.resting(), 1);
    check_on(
        &mut venue,
        "
        10 query 3
        > 10 #3 accepted
        11 query 4
        > 11 #4 rejected NotFound
        12 quote 98x5 99x1
        > 12 #3 1 @ 100 maker, fee 0.1, at 12
        ",
    );
    let quote = domain::Quote {
        instrument: InstrumentId(0),
        bid: domain::Level::default(),
        ask: domain::Level { price: Price::from_units(99), quantity: Quantity::from_units(9) },
        venue_time: millis(13),
        receive_time: millis(13),
    };
    venue.observe(&MarketEvent::Quote(quote));
    let OrderEvent::Filled(fill) = venue.next_report(millis(13)).unwrap().event else { panic!("no fill") };
    assert_eq!(fill.id.0, (3 << 32) + 20, "two units in steps of a tenth were filled before");
}

#[test]
fn a_cancel_never_overtakes_its_order_whatever_the_jitter() {
    for seed in 0..30 {
        let mut venue = Matching::new(MatchingConfig { seed, ..delayed(0, 1_000) }, &instruments(1));
        let price = Price::from_units(90);
        let request = OrderRequest::limit(InstrumentId(0), Side::Buy, Quantity::from_units(1), price);
        venue.submit(&approve(Order::new(OrderId(1), request, millis(0))), millis(0));
        venue.cancel(OrderId(1), millis(1));
        let reports: Vec<Report> = std::iter::from_fn(|| venue.next_report(millis(2_000))).collect();
        assert!(matches!(reports[0].event, OrderEvent::Accepted { .. }));
        assert_eq!(reports[1].event, OrderEvent::Cancelled, "seed {seed}");
    }
}
