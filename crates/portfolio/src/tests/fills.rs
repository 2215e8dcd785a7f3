//! What one fill after another does, in figures a reader can check in the head.

use domain::{Currency, InstrumentId, Money};

use super::world::{INVERSE, PERPETUAL, SHARE, SMALL_PERPETUAL, World, money, price, quantity};

/// `side quantity @ price fee | quantity cost realised cash`, one fill a line.
#[track_caller]
fn check(id: InstrumentId, currency: Currency, table: &str) -> World {
    let mut world = World::new();
    for line in table.lines().map(str::trim).filter(|line| !line.is_empty()) {
        let words: Vec<&str> = line.split_whitespace().collect();
        let [side, size, "@", at, fee, "|", held, cost, realised, cash] = words[..] else {
            panic!("`{line}` is not a line of the table");
        };
        if side == "buy" {
            world.buy(id, size, at, fee)
        } else {
            world.sell(id, size, at, fee)
        }
        let position = world.position(id);
        assert_eq!(position.quantity, quantity(held), "quantity after {line}");
        assert_eq!(position.cost, money(cost), "cost after {line}");
        assert_eq!(position.realised, money(realised), "realised after {line}");
        assert_eq!(world.portfolio.cash(currency), money(cash), "cash after {line}");
    }
    world
}

#[test]
fn shares_move_their_value_through_cash() {
    let world = check(
        SHARE,
        Currency::USD,
        "buy   10 @ 100  1   |  10  1000   0     998999
         buy   10 @ 110  1   |  20  2100   0     997898
         sell   5 @ 120  1   |  15  1575  75     998497
         sell  15 @ 100  1   |   0     0   0     999996",
    );
    assert_eq!(world.position(SHARE).fees, money("4"));
    assert_eq!(world.equity(), money("999996"));
}

#[test]
fn a_short_sale_brings_cash_and_owes_shares() {
    let mut world = check(
        SHARE,
        Currency::USD,
        "sell  10 @ 100  1   | -10 -1000   0    1000999
         buy    4 @  90  1   |  -6  -600  40    1000638",
    );
    world.portfolio.mark(SHARE, price("120"));
    assert_eq!(world.unrealised(SHARE), money("-120"));
    assert_eq!(world.equity(), money("999918"));
}

#[test]
fn a_flip_closes_then_opens() {
    check(
        SHARE,
        Currency::USD,
        "buy   10 @ 100  0   |  10  1000    0    999000
         sell  25 @ 110  0   | -15 -1650  100   1001750
         buy   40 @ 100  0   |  25  2500  250    997750",
    );
}

#[test]
fn derivatives_move_their_profit_only() {
    let mut world = check(
        PERPETUAL,
        Currency::USD,
        "buy   10 @ 100  1   |  10  1000    0    999999
         sell   4 @ 150  1   |   6   600  200   1000198
         sell  10 @  90  1   |  -4  -360  140   1000137",
    );
    world.portfolio.mark(PERPETUAL, price("80"));
    assert_eq!(world.unrealised(PERPETUAL), money("40"));
    assert_eq!(world.equity(), money("1000177"));
    let gross = world.portfolio.gross_value(Currency::USD, &world.instruments);
    assert_eq!(gross, Ok(money("320")));
}

#[test]
fn contract_size_scales_values() {
    check(
        SMALL_PERPETUAL,
        Currency::USD,
        "buy   1000 @ 100  0   |  1000  100   0   1000000
         sell   500 @ 110  0   |   500   50   5   1000005
         sell  1000 @ 100  0   |  -500  -50   5   1000005",
    );
}

#[test]
fn inverse_longs_profit_from_rising_prices_in_base_currency() {
    let world = check(
        INVERSE,
        Currency::BTC,
        "buy   100 @ 50000   0       |   100   0.2     0     0
         sell   50 @ 100000  0.001   |    50   0.1     0.05  0.049
         sell   50 @ 25000   0       |     0   0      -0.05 -0.051
         sell   50 @ 25000   0       |   -50  -0.2    -0.05 -0.051
         buy    50 @ 20000   0       |     0   0       0    -0.001",
    );
    assert_eq!(world.dollars(), Money::from_units(1_000_000));
}

#[test]
fn inverse_positions_are_marked_in_base_currency() {
    let mut world = World::new();
    world.buy(INVERSE, "100", "50000", "0");
    world.portfolio.mark(INVERSE, price("100000"));
    assert_eq!(world.unrealised(INVERSE), money("0.1"));
    assert_eq!(world.portfolio.equity(Currency::BTC, &world.instruments), Ok(money("0.1")));
    assert_eq!(world.equity(), money("1000000"), "dollars know nothing of it");
}

#[test]
fn a_rebate_is_a_negative_fee() {
    check(SHARE, Currency::USD, "buy 10 @ 100 -0.5 | 10 1000 0 999000.5");
}

#[test]
fn what_a_partial_close_cannot_divide_stays_with_the_rest() {
    let mut world = World::new();
    world.buy(SHARE, "3", "0.000000001", "0");
    world.buy(SHARE, "0.000000004", "0.000000001", "0");
    let before = world.position(SHARE).cost;
    world.sell(SHARE, "1", "0.000000001", "0");
    world.sell(SHARE, "1", "0.000000001", "0");
    world.sell(SHARE, "1.000000004", "0.000000001", "0");
    assert_eq!(before, money("0.000000003000000004"));
    assert_eq!((world.position(SHARE).cost, world.position(SHARE).realised), (Money::ZERO, Money::ZERO));
}

#[test]
fn the_first_fill_marks_until_the_market_does() {
    let mut world = World::new();
    world.buy(SHARE, "10", "100", "0");
    world.buy(SHARE, "10", "120", "0");
    assert_eq!(world.position(SHARE).mark, Some(price("100")));
    world.portfolio.mark(SHARE, price("130"));
    assert_eq!(world.unrealised(SHARE), money("400"));
}

#[test]
fn totals_are_kept_by_settlement_currency() {
    let mut world = World::new();
    world.buy(SHARE, "10", "100", "1");
    world.sell(SHARE, "5", "110", "1");
    world.buy(PERPETUAL, "1", "100", "0.5");
    world.buy(INVERSE, "100", "50000", "0.001");
    world.portfolio.mark(SHARE, price("120"));
    world.portfolio.mark(PERPETUAL, price("90"));
    let (books, instruments) = (&world.portfolio, &world.instruments);
    assert_eq!(books.fees(Currency::USD, instruments), Ok(money("2.5")));
    assert_eq!(books.fees(Currency::BTC, instruments), Ok(money("0.001")));
    assert_eq!(books.realised(Currency::USD, instruments), Ok(money("50")));
    assert_eq!(books.unrealised_total(Currency::USD, instruments), Ok(money("90")));
    assert_eq!(books.dividends(Currency::USD, instruments), Ok(Money::ZERO));
}
