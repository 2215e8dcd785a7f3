use domain::{
    Contract, Currency, Fill, FillId, Instrument, InstrumentId, InstrumentKind, Liquidity, Money, OrderId,
    Price, Quantity, Rate, Side, Timestamp, Venue,
};
use proptest::prelude::*;

use crate::TradeLedger;

fn instrument() -> Instrument {
    Instrument {
        id: InstrumentId(0),
        symbol: "ONE".to_owned(),
        venue: Venue::new("PIER").unwrap(),
        kind: InstrumentKind::Spot,
        contract: Contract::UNIT,
        base: Currency::BTC,
        quote: Currency::USD,
        settlement: Currency::USD,
        price_tick: Price::from_raw(1),
        quantity_step: Quantity::from_raw(1),
        maker_fee: Rate::ZERO,
        taker_fee: Rate::ZERO,
    }
}

fn fill(side: Side, units: i64, price: i32, fee: i64) -> Fill {
    Fill {
        id: FillId(0),
        order: OrderId(1),
        instrument: InstrumentId(0),
        side,
        liquidity: Liquidity::Taker,
        price: Price::from_units(price),
        quantity: Quantity::from_units(units),
        fee: Money::from_units(fee),
        time: Timestamp::EPOCH,
    }
}

#[test]
fn a_fill_through_zero_ends_one_trip_and_begins_the_next() {
    let mut ledger = TradeLedger::default();
    for fill in [fill(Side::Buy, 2, 100, 1), fill(Side::Sell, 4, 110, 2), fill(Side::Buy, 2, 105, 1)] {
        ledger.on_fill(&fill, &instrument());
    }
    let [long, short] = ledger.trips() else { panic!("{:?}", ledger.trips()) };
    assert_eq!((long.side, long.profit, long.fees), (Side::Buy, Money::from_units(18), Money::from_units(2)));
    assert_eq!(
        (short.side, short.profit, short.fees),
        (Side::Sell, Money::from_units(8), Money::from_units(2))
    );
    assert_eq!((short.entry_price, short.exit_price), (Price::from_units(110), Price::from_units(105)));
}

proptest! {
    /// Once flat again, the profit of all trips is what the fills moved through cash.
    #[test]
    fn trips_add_up_to_the_cash(fills in proptest::collection::vec((any::<bool>(), 1..20i64, 1..200i32, 0..3i64), 1..40)) {
        let mut ledger = TradeLedger::default();
        let (mut held, mut cash) = (0i64, 0i64);
        let mut take = |buy: bool, units: i64, price: i32, fee: i64| {
            let side = if buy { Side::Buy } else { Side::Sell };
            ledger.on_fill(&fill(side, units, price, fee), &instrument());
            let sign = if buy { 1 } else { -1 };
            held += sign * units;
            cash -= sign * units * i64::from(price) + fee;
            held
        };
        let mut left = 0;
        for (buy, units, price, fee) in fills {
            left = take(buy, units, price, fee);
        }
        if left != 0 {
            take(left < 0, left.abs(), 50, 1);
        }
        let profit = ledger.trips().iter().fold(Money::ZERO, |sum, trip| sum.checked_add(trip.profit).unwrap());
        prop_assert_eq!(profit, Money::from_units(cash));
        prop_assert_eq!(ledger.unaccounted, 0);
    }
}
