//! The read model.

use domain::{Currency, Instruments, Money};

use super::world::{INVERSE, SHARE, SMALL_PERPETUAL, World, money, price};
use crate::{CashLine, Statement};

#[test]
fn a_statement_says_what_a_person_asks() {
    let mut world = World::new();
    world.buy(SHARE, "1", "100", "1");
    world.buy(SHARE, "2", "101", "1");
    world.portfolio.mark(SHARE, price("90"));
    let statement = world.portfolio.statement(&world.instruments);
    let line = statement.positions[0];
    assert_eq!((line.instrument, line.currency), (SHARE, Some(Currency::USD)));
    assert_eq!(line.average_price, Some(price("100.666666667")));
    assert_eq!(line.market_value, Some(money("270")));
    assert_eq!(line.unrealised, Some(money("-32")));
    assert_eq!(line.fees, money("2"));
    assert_eq!(statement.cash, [CashLine { currency: Currency::USD, amount: money("999696") }]);
    let text = serde_json::to_string(&statement).unwrap();
    assert!(text.contains(r#""average_price":"100.666666667""#), "{text}");
    assert_eq!(serde_json::from_str::<Statement>(&text).unwrap(), statement);
}

#[test]
fn average_prices_are_prices_whatever_the_contract() {
    let mut world = World::new();
    world.sell(SMALL_PERPETUAL, "500", "61837.5", "0");
    world.buy(INVERSE, "100", "50000", "0");
    let average = |id| world.position(id).average_price(world.instruments.get(id).unwrap());
    assert_eq!(average(SMALL_PERPETUAL), Some(price("61837.5")));
    assert_eq!(average(INVERSE), Some(price("50000")));
    assert_eq!(average(SHARE), None);
}

#[test]
fn cash_is_listed_by_currency() {
    let mut world = World::new();
    for currency in ["ETH", "BTC", "ZAR"] {
        world.portfolio.deposit(Currency::new(currency).unwrap(), Money::from_units(1)).unwrap();
    }
    let statement = world.portfolio.statement(&world.instruments);
    let listed: Vec<String> = statement.cash.iter().map(|line| line.currency.to_string()).collect();
    assert_eq!(listed, ["BTC", "ETH", "USD", "ZAR"]);
}

#[test]
fn an_unknown_instrument_leaves_gaps_not_guesses() {
    let mut world = World::new();
    world.buy(SHARE, "1", "100", "0");
    let nothing = Instruments::default();
    let line = world.portfolio.statement(&nothing).positions[0];
    assert_eq!(
        (line.currency, line.average_price, line.market_value, line.unrealised),
        (None, None, None, None)
    );
    assert!(world.portfolio.equity(Currency::USD, &nothing).is_err());
}
