//! Laws of the books.

mod corporate;
mod fills;
mod properties;
mod statement;
mod world;

use domain::{Currency, InstrumentId, Money, NumberError, Price, Quantity};

use self::world::{PERPETUAL, SHARE, World, money, price};
use crate::{BookingError, Portfolio};

#[test]
fn cash_of_one_currency_adds_up_and_can_be_taken() {
    let usd = Currency::USD;
    let mut portfolio = Portfolio::new(&[(usd, money("1")), (Currency::BTC, money("2")), (usd, money("3"))]);
    assert_eq!(portfolio.cash(usd), money("4"));
    portfolio.deposit(usd, money("-5")).unwrap();
    assert_eq!(portfolio.cash(usd), money("-1"));
    assert_eq!(portfolio.cash(Currency::BTC), money("2"));
    assert_eq!(portfolio.cash(Currency::EUR), Money::ZERO);
}

#[test]
fn a_deposit_out_of_range_changes_nothing() {
    let most = Money::from_raw(i128::MAX);
    let mut portfolio = Portfolio::new(&[(Currency::USD, most)]);
    let refusal = portfolio.deposit(Currency::USD, Money::from_raw(1));
    assert_eq!(refusal, Err(BookingError::Number(NumberError::Overflow)));
    assert_eq!(portfolio.cash(Currency::USD), most);
}

#[test]
fn a_refused_fill_changes_nothing() {
    let mut world = World::new();
    world.buy(SHARE, "10", "100", "1");
    let before = world.portfolio.clone();
    let sound = world.fill(SHARE, domain::Side::Buy, "1", "1", "0");
    let share = world.instruments.get(SHARE).unwrap().clone();
    let perpetual = world.instruments.get(PERPETUAL).unwrap().clone();
    let wrong = BookingError::WrongInstrument { named: SHARE, given: PERPETUAL };
    assert_eq!(world.portfolio.apply_fill(&sound, &perpetual), Err(wrong));
    let empty = domain::Fill { quantity: Quantity::ZERO, ..sound };
    assert_eq!(world.portfolio.apply_fill(&empty, &share), Err(BookingError::QuantityNotPositive));
    let contract = domain::Contract::Inverse { size: domain::Rate::from_raw(1) };
    let inverse = domain::Instrument { contract, ..share.clone() };
    let contradictory = BookingError::ContradictoryInstrument(SHARE);
    assert_eq!(world.portfolio.apply_fill(&sound, &inverse), Err(contradictory));
    let huge = [
        domain::Fill { quantity: Quantity::from_raw(i128::MAX), ..sound },
        domain::Fill { fee: Money::from_raw(i128::MIN), ..sound },
        domain::Fill { fee: Money::from_raw(i128::MAX), ..sound },
        domain::Fill {
            price: Price::MAX,
            quantity: Quantity::from_raw(i128::MAX / i128::from(i64::MAX)),
            ..sound
        },
    ];
    for fill in huge {
        let refusal = world.portfolio.apply_fill(&fill, &share);
        assert_eq!(refusal, Err(BookingError::Number(NumberError::Overflow)));
    }
    assert_eq!(world.portfolio, before);
}

#[test]
fn what_was_never_traded_is_empty_and_not_listed() {
    let mut world = World::new();
    assert_eq!(world.portfolio.position(InstrumentId(9)).quantity, Quantity::ZERO);
    world.portfolio.mark(PERPETUAL, price("5"));
    assert_eq!(world.portfolio.positions().count(), 0);
    assert_eq!(world.portfolio.position(PERPETUAL).mark, Some(price("5")));
    world.buy(SHARE, "1", "100", "0");
    world.sell(SHARE, "1", "100", "0");
    let listed: Vec<_> = world.portfolio.positions().map(|(id, _)| id).collect();
    assert_eq!(listed, [], "a round trip without profit or fee leaves no trace but the mark");
    world.buy(SHARE, "1", "100", "0.5");
    world.sell(SHARE, "1", "100", "0");
    let listed: Vec<_> = world.portfolio.positions().map(|(id, _)| id).collect();
    assert_eq!(listed, [SHARE]);
}

#[test]
fn room_that_was_made_is_not_made_again() {
    let mut world = World::new();
    for instrument in &world.instruments {
        world.portfolio.ensure(instrument);
    }
    let room = (world.portfolio.positions.as_ptr(), world.portfolio.cash.iter().count());
    world.buy(SHARE, "1", "100", "0");
    world.buy(PERPETUAL, "1", "100", "0");
    world.portfolio.mark(SHARE, price("101"));
    assert_eq!((world.portfolio.positions.as_ptr(), world.portfolio.cash.iter().count()), room);
}

#[test]
fn books_read_back_as_they_were_written() {
    let mut world = World::new();
    world.buy(SHARE, "3", "100.01", "0.25");
    world.sell(PERPETUAL, "0.001", "61837.63", "-0.01");
    let text = serde_json::to_string(&world.portfolio).unwrap();
    assert_eq!(serde_json::from_str::<Portfolio>(&text).unwrap(), world.portfolio);
}
