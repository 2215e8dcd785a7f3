//! Conservation: whatever is filled in whatever order, nothing appears and nothing is lost.

use domain::{Contract, Currency, Fill, Instrument, InstrumentId, Money, Price, Quantity, Side};
use proptest::prelude::*;

use super::world::{INVERSE, PERPETUAL, SHARE, SMALL_PERPETUAL, World, fill_of};

const ALL: [InstrumentId; 4] = [SHARE, PERPETUAL, SMALL_PERPETUAL, INVERSE];

fn prices() -> impl Strategy<Value = Price> {
    prop_oneof![
        (1i64..100_000).prop_map(|cents| Price::from_raw(cents * 10_000_000)),
        (1i64..1 << 47).prop_map(Price::from_raw)
    ]
}

/// Round lots that often close a position exactly, and odd ones that divide badly.
fn sizes() -> impl Strategy<Value = Quantity> {
    prop_oneof![
        (1i64..5).prop_map(Quantity::from_units),
        (1i128..3_000_000_000).prop_map(Quantity::from_raw),
        (1i128..1_000_000_000_000_000).prop_map(Quantity::from_raw),
    ]
}

fn fills_of(id: impl Strategy<Value = InstrumentId>) -> impl Strategy<Value = Fill> {
    let side = prop_oneof![Just(Side::Buy), Just(Side::Sell)];
    let fee = (-1_000_000_000_000_000i128..1_000_000_000_000_000_000).prop_map(Money::from_raw);
    (id, side, sizes(), prices(), fee)
        .prop_map(|(id, side, quantity, price, fee)| fill_of(id, side, quantity, price, fee))
}

fn any_instrument() -> impl Strategy<Value = InstrumentId> {
    prop::sample::select(&ALL[..])
}

fn sequences() -> impl Strategy<Value = Vec<Fill>> {
    prop::collection::vec(fills_of(any_instrument()), 1..40)
}

fn instrument(world: &World, id: InstrumentId) -> &Instrument {
    world.instruments.get(id).unwrap()
}

fn played(fills: &[Fill]) -> World {
    let mut world = World::new();
    for fill in fills {
        world.apply(fill).unwrap();
    }
    world
}

/// The sum over the fills of one instrument.
fn sum(fills: &[Fill], id: InstrumentId, figure: impl Fn(&Fill) -> i128) -> i128 {
    fills.iter().filter(|fill| fill.instrument == id).map(figure).sum()
}

fn signed_value(world: &World, fill: &Fill) -> i128 {
    instrument(world, fill.instrument).value(fill.price, fill.signed_quantity()).unwrap().raw()
}

fn pays(world: &World, id: InstrumentId) -> i128 {
    if matches!(instrument(world, id).contract, Contract::Inverse { .. }) { -1 } else { 1 }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1_000))]

    #[test]
    fn cash_is_deposits_less_what_was_bought_less_fees_plus_dividends(
        fills in prop::collection::vec(fills_of(Just(SHARE)), 1..40), per_share in 0i64..5_000_000_000,
    ) {
        let mut world = World::new();
        let (mut bought, mut paid, mut held) = (0, 0, 0);
        for (index, fill) in fills.iter().enumerate() {
            world.apply(fill).unwrap();
            bought += signed_value(&world, fill) + fill.fee.raw();
            held += fill.signed_quantity().raw();
            if index % 3 == 0 {
                world.dividend(SHARE, &Price::from_raw(per_share).to_string()).unwrap();
                paid += held * i128::from(per_share);
            }
        }
        prop_assert_eq!(world.dollars().raw(), Money::from_units(1_000_000).raw() - bought + paid);
        prop_assert_eq!(world.position(SHARE).dividends.raw(), paid);
    }

    #[test]
    fn derivatives_change_cash_by_profit_less_fees(fills in sequences()) {
        let fills: Vec<Fill> = fills.into_iter().filter(|fill| fill.instrument != SHARE).collect();
        let world = played(&fills);
        let profit = |id: InstrumentId| world.position(id).realised.raw() - sum(&fills, id, |fill| fill.fee.raw());
        let dollars = Money::from_units(1_000_000).raw() + profit(PERPETUAL) + profit(SMALL_PERPETUAL);
        prop_assert_eq!(world.dollars().raw(), dollars);
        prop_assert_eq!(world.portfolio.cash(Currency::BTC).raw(), profit(INVERSE));
    }

    #[test]
    fn positions_are_the_sums_of_their_fills(fills in sequences()) {
        let world = played(&fills);
        for id in ALL {
            let position = world.position(id);
            prop_assert_eq!(position.quantity.raw(), sum(&fills, id, |fill| fill.signed_quantity().raw()));
            prop_assert_eq!(position.fees.raw(), sum(&fills, id, |fill| fill.fee.raw()));
            let no_cost = position.cost == Money::ZERO;
            prop_assert!(!position.quantity.is_zero() || no_cost, "cost without quantity");
        }
    }

    /// Exact for every contract: what a division truncates stays in the cost.
    #[test]
    fn realised_and_unrealised_profit_are_what_the_fills_say(fills in sequences(), mark in prices()) {
        let mut world = played(&fills);
        for id in ALL {
            world.portfolio.mark(id, mark);
            let position = world.position(id);
            let worth = instrument(&world, id).value(mark, position.quantity).unwrap().raw();
            let spent = sum(&fills, id, |fill| signed_value(&world, fill));
            let profit = position.realised.raw() + world.unrealised(id).raw();
            prop_assert_eq!(profit, pays(&world, id) * (worth - spent));
        }
    }

    #[test]
    fn equity_is_deposits_plus_profit_less_fees(fills in sequences(), mark in prices()) {
        let mut world = played(&fills);
        let mut profit = Money::from_units(1_000_000).raw();
        for id in [SHARE, PERPETUAL, SMALL_PERPETUAL] {
            world.portfolio.mark(id, mark);
            let position = world.position(id);
            profit += position.realised.raw() - position.fees.raw() + world.unrealised(id).raw();
        }
        prop_assert_eq!(world.equity().raw(), profit);
    }

    /// Exact where every part has an exact value, which a whole contract size gives.
    #[test]
    fn a_fill_in_two_parts_is_the_same_fill(
        before in fills_of(Just(PERPETUAL)), fill in fills_of(Just(PERPETUAL)), cut in 1i128..1_000_000, share in any::<bool>(),
    ) {
        let id = if share { SHARE } else { PERPETUAL };
        let (before, fill) = (Fill { instrument: id, ..before }, Fill { instrument: id, ..fill });
        prop_assume!(fill.quantity.raw() > 1);
        let part = Quantity::from_raw(fill.quantity.raw() * cut / 1_000_000);
        prop_assume!(part.is_positive());
        let rest = fill.quantity.checked_sub(part).unwrap();
        let first = Fill { quantity: part, ..fill };
        let second = Fill { quantity: rest, fee: Money::ZERO, ..fill };
        let (whole, parts) = (played(&[before, fill]), played(&[before, first, second]));
        let (whole, parts) = (whole.position(id), parts.position(id));
        prop_assert_eq!(whole.quantity, parts.quantity);
        let truncated = (whole.cost.raw() - parts.cost.raw()).abs();
        prop_assert!(truncated <= 1, "one truncation more is one unit of the last decimal at most: {}", truncated);
        let swap = |position: &crate::Position| position.realised.raw() - position.cost.raw();
        prop_assert_eq!(swap(&whole), swap(&parts), "what one side lost the other has");
    }

    #[test]
    fn a_fill_and_its_inverse_realise_nothing(fill in fills_of(any_instrument())) {
        let back = Fill { side: fill.side.opposite(), ..fill };
        let position = played(&[fill, back]).position(fill.instrument);
        prop_assert_eq!((position.quantity, position.cost), (Quantity::ZERO, Money::ZERO));
        prop_assert_eq!(position.realised, Money::ZERO);
        prop_assert_eq!(position.fees.raw(), 2 * fill.fee.raw());
    }

    #[test]
    fn a_flip_is_a_close_and_an_open(first in fills_of(any_instrument()), more in sizes(), price in prices()) {
        let id = first.instrument;
        let quantity = first.quantity.checked_add(more).unwrap();
        let flip = Fill { side: first.side.opposite(), price, quantity, ..first };
        let world = played(&[first, flip]);
        let position = world.position(id);
        let entry = signed_value(&world, &first);
        let closed = instrument(&world, id).value(price, first.signed_quantity().negate()).unwrap().raw();
        prop_assert_eq!(position.quantity, flip.side.signed(more));
        prop_assert_eq!(position.cost.raw() + closed, signed_value(&world, &flip));
        prop_assert_eq!(position.realised.raw(), -pays(&world, id) * (entry + closed));
    }

    #[test]
    fn a_split_leaves_equity_and_profit(
        shares in 1i64..100_000, cents in 1i64..100_000, factor in 1u32..50, reverse in any::<bool>(),
        side in prop_oneof![Just(Side::Buy), Just(Side::Sell)],
    ) {
        let (numerator, denominator) = if reverse { (1, factor) } else { (factor, 1) };
        // Whole multiples, so that neither the quantity nor the mark has a fraction to lose.
        let quantity = Quantity::from_units(shares * i64::from(denominator));
        let price = Price::from_raw(cents * i64::from(numerator) * 10_000_000);
        let mut world = played(&[fill_of(SHARE, side, quantity, price, Money::ZERO)]);
        let twice = Price::from_raw(price.raw() * 2);
        world.portfolio.mark(SHARE, twice);
        let (equity, unrealised) = (world.equity(), world.unrealised(SHARE));
        world.split(SHARE, numerator, denominator).unwrap();
        prop_assert_eq!((world.equity(), world.unrealised(SHARE)), (equity, unrealised));
    }

    #[test]
    fn any_split_moves_equity_by_no_more_than_rounding(
        fill in fills_of(Just(SHARE)), numerator in 1u32..50, denominator in 1u32..50, mark in prices(),
    ) {
        let mut world = played(&[fill]);
        world.portfolio.mark(SHARE, mark);
        let equity = world.equity().raw();
        world.split(SHARE, numerator, denominator).unwrap();
        let position = world.position(SHARE);
        // Half a unit of price on every share, and one unit of quantity at the price, both in the last decimal.
        let slack = position.quantity.raw().abs() + i128::from(position.mark.unwrap().raw()) + 1;
        prop_assert!((world.equity().raw() - equity).abs() <= slack);
    }

    #[test]
    fn fills_of_one_instrument_do_not_touch_another(fills in sequences(), other in fills_of(any_instrument())) {
        let mut world = played(&fills);
        let before = ALL.map(|id| world.position(id));
        world.apply(&other).unwrap();
        for id in ALL.into_iter().filter(|id| *id != other.instrument) {
            prop_assert_eq!(world.position(id), before[id.index()]);
        }
    }

    #[test]
    fn figures_at_the_ends_of_their_ranges_are_booked_or_refused(
        fills in prop::collection::vec((any_instrument(), any::<bool>(), any::<i128>(), any::<i64>(), any::<i128>(), 0u32..127), 1..6),
    ) {
        let mut world = World::new();
        for (id, buy, quantity, price, fee, shift) in fills {
            let side = if buy { Side::Buy } else { Side::Sell };
            let quantity = Quantity::from_raw(quantity >> shift);
            let fill = fill_of(id, side, quantity, Price::from_raw(price), Money::from_raw(fee >> shift));
            let before = world.portfolio.clone();
            if world.apply(&fill).is_err() {
                prop_assert_eq!(&world.portfolio, &before);
            }
            let statement = world.portfolio.statement(&world.instruments);
            prop_assert!(statement.positions.len() <= ALL.len());
        }
    }
}
