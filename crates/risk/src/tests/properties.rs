//! What must hold for every order, account and set of limits.

use domain::{
    Contract, InstrumentId, Money, OrderKind, OrderRequest, Price, Quantity, Rate, Side, Span, TimeInForce,
};
use proptest::prelude::*;

use super::{naive, world::World};
use crate::{Exposure, HaltKind, Limits, Rung};

const CENT: i64 = 10_000_000;
const THOUSANDTH: i128 = 1_000_000;

fn quantities(units: std::ops::Range<i64>) -> impl Strategy<Value = Quantity> {
    units.prop_map(|units| Quantity::from_raw(i128::from(units) * THOUSANDTH))
}

fn prices() -> impl Strategy<Value = Price> {
    let near = (9_000i64..11_000).prop_map(|cents| Price::from_raw(cents * CENT));
    let off_tick = (8_000_000_000i64..12_000_000_000).prop_map(Price::from_raw);
    prop_oneof![20 => near, 1 => off_tick]
}

fn money(cents: std::ops::Range<i64>) -> impl Strategy<Value = Money> {
    cents.prop_map(|cents| Money::from_raw(i128::from(cents) * (Money::SCALE / 100)))
}

fn kinds() -> impl Strategy<Value = OrderKind> {
    let distance = (0i64..500).prop_map(|cents| Price::from_raw(cents * CENT));
    prop_oneof![
        Just(OrderKind::Market),
        prices().prop_map(|price| OrderKind::Limit { price }),
        prices().prop_map(|trigger| OrderKind::Stop { trigger }),
        (prices(), prices()).prop_map(|(trigger, price)| OrderKind::StopLimit { trigger, price }),
        distance.prop_map(|distance| OrderKind::TrailingStop { distance }),
    ]
}

fn requests() -> impl Strategy<Value = OrderRequest> {
    let side = prop_oneof![Just(Side::Buy), Just(Side::Sell)];
    let quantity = prop_oneof![20 => quantities(1..20_000), 1 => quantities(-10..1), 1 => Just("0.0005".parse().unwrap())];
    let time_in_force =
        prop_oneof![9 => Just(TimeInForce::GoodTillCancelled), 1 => Just(TimeInForce::ImmediateOrCancel)];
    (side, quantity, kinds(), time_in_force, prop::bool::weighted(0.1)).prop_map(
        |(side, quantity, kind, time_in_force, reduce_only)| OrderRequest {
            kind,
            time_in_force,
            reduce_only,
            ..OrderRequest::market(InstrumentId(0), side, quantity)
        },
    )
}

fn rungs() -> impl Strategy<Value = Rung> {
    prop_oneof![9 => Just(Rung::Normal), 4 => prop::sample::select(Rung::ALL.to_vec())]
}

fn halts() -> impl Strategy<Value = HaltKind> {
    prop::sample::select(vec![HaltKind::JournalFault, HaltKind::DailyLoss, HaltKind::Drawdown])
}

fn exposures() -> impl Strategy<Value = Exposure> {
    let market = (prop::option::weighted(0.97, prices()), 0i64..5_200, prop::bool::weighted(0.97));
    let held = (quantities(-30_000..30_000), quantities(0..10_000), quantities(0..10_000));
    let counts = (0u32..11, 0u32..11);
    let worth = (money(0..500_000), money(-110_000..50_000), money(-1_000..100_000), money(-1_000..100_000));
    let halt = prop::option::weighted(0.06, halts());
    (market, held, counts, worth, halt, rungs())
        .prop_map(|(market, held, counts, worth, halt, rung)| Exposure {
            position: held.0,
            working_buy: held.1,
            working_sell: held.2,
            reference: market.0,
            reference_age: Span::from_millis(market.1),
            reference_valid: market.2,
            gross_notional: worth.0,
            open_orders: counts.0,
            orders_in_window: counts.1,
            day_profit: worth.1,
            equity: worth.2.max(worth.3),
            equity_peak: worth.3,
            halt,
            rung,
        })
        .prop_flat_map(|exposure| {
            let fallen = money(0..40_000).prop_map(move |fall| Exposure {
                equity: exposure.equity.checked_sub(fall).unwrap(),
                ..exposure
            });
            prop_oneof![Just(exposure), fallen]
        })
}

fn limits() -> impl Strategy<Value = Limits> {
    let sizes = (quantities(1_000..25_000), quantities(10_000..60_000));
    let values = (money(20_000..250_000), money(100_000..900_000), money(1..200_000));
    let counts = (1u32..12, 1u32..12, 4_000i64..6_000);
    let shares = (1i64..2_000, 1i64..10_000);
    (sizes, values, counts, shares).prop_map(|(sizes, values, counts, shares)| Limits {
        max_order_size: sizes.0,
        max_position_size: sizes.1,
        max_order_notional: values.0,
        max_gross_notional: values.1,
        max_open_orders: counts.0,
        orders_per_window: counts.1,
        rate_window: Span::SECOND,
        price_collar: Rate::from_raw(shares.0 * 100_000),
        max_reference_age: Span::from_millis(counts.2),
        max_daily_loss: values.2,
        max_drawdown: Rate::from_raw(shares.1 * 100_000),
    })
}

fn contracts() -> impl Strategy<Value = Contract> {
    let size = (1i64..3_000).prop_map(|thousandths| Rate::from_raw(thousandths * 1_000_000));
    prop_oneof![
        3 => Just(Contract::UNIT),
        1 => size.clone().prop_map(|size| Contract::Linear { size }),
        1 => size.prop_map(|size| Contract::Inverse { size: Rate::from_raw(size.raw() * 100) }),
    ]
}

fn worlds() -> impl Strategy<Value = World> {
    let parts = (requests(), exposures(), limits(), contracts(), prop::bool::weighted(0.2));
    parts.prop_map(|(mut request, mut exposure, limits, contract, flattens)| {
        let mut world = World::sound();
        world.instrument.contract = contract;
        if flattens {
            // What the account sends to close its positions is of this form.
            let held = exposure.position.abs();
            exposure.position = request.side.opposite().signed(held);
            exposure.rung = Rung::Flatten;
            (request.kind, request.reduce_only) = (OrderKind::Market, true);
        }
        World { request, exposure, limits, flattens, ..world }
    })
}

prop_compose! {
    /// Sound orders of accounts below normal.
    fn lowered()(
        units in prop::array::uniform2(0i64..40),
        position in -60i64..60,
        quantity in 1i64..40,
        rung in prop::sample::select(Rung::ALL[1..].to_vec()),
        (sells, market, reduces, flattens) in any::<(bool, bool, bool, bool)>(),
    ) -> World {
        let mut world = World::sound();
        world.request.side = if sells { Side::Sell } else { Side::Buy };
        world.request.kind = if market { OrderKind::Market } else { world.request.kind };
        world.request.quantity = Quantity::from_units(quantity);
        // Where the order would stand against the position, it may say so without being denied for it.
        world.request.reduce_only = reduces && if sells { quantity <= position } else { quantity <= -position };
        world.exposure.position = Quantity::from_units(position);
        world.exposure.working_buy = Quantity::from_units(units[0]);
        world.exposure.working_sell = Quantity::from_units(units[1]);
        world.exposure.rung = rung;
        world.flattens = flattens;
        world
    }
}

prop_compose! {
    /// The same on any rung, once a loss limit is reached, the account halted because of one, or both.
    fn losing()(
        mut world in lowered(),
        rung in prop::sample::select(Rung::ALL.to_vec()),
        signs in 1u8..8,
        halt in prop::sample::select(vec![HaltKind::DailyLoss, HaltKind::Drawdown]),
    ) -> World {
        let chosen = |bit: u8| signs & (1 << bit) != 0;
        world.exposure.rung = rung;
        world.exposure.halt = chosen(0).then_some(halt);
        if chosen(1) {
            world.exposure.day_profit = world.limits.max_daily_loss.negate();
        }
        if chosen(2) {
            world.exposure.equity = Money::from_units(80_000);
        }
        world
    }
}

/// How the limits become stricter by a random amount, one by one or all together.
fn shrunk(limits: &Limits, which: u16, by: i64) -> Limits {
    let mut shrunk = limits.clone();
    let chosen = |bit: u16| which & (1 << bit) != 0;
    let quantity = |from: Quantity| Quantity::from_raw(from.raw() - i128::from(by) * THOUSANDTH);
    let amount = |from: Money| Money::from_raw(from.raw() - i128::from(by) * (Money::SCALE / 100));
    let count = |from: u32| from.saturating_sub(u32::try_from(by).unwrap() % 12);
    if chosen(0) {
        shrunk.max_order_size = quantity(limits.max_order_size)
    }
    if chosen(1) {
        shrunk.max_position_size = quantity(limits.max_position_size)
    }
    if chosen(2) {
        shrunk.max_order_notional = amount(limits.max_order_notional)
    }
    if chosen(3) {
        shrunk.max_gross_notional = amount(limits.max_gross_notional)
    }
    if chosen(4) {
        shrunk.max_open_orders = count(limits.max_open_orders)
    }
    if chosen(5) {
        shrunk.orders_per_window = count(limits.orders_per_window)
    }
    if chosen(6) {
        shrunk.price_collar = Rate::from_raw(limits.price_collar.raw() - by * 10_000)
    }
    if chosen(7) {
        shrunk.max_reference_age = Span::from_nanos(limits.max_reference_age.nanos() - by * 1_000_000)
    }
    if chosen(8) {
        shrunk.max_daily_loss = amount(limits.max_daily_loss)
    }
    if chosen(9) {
        shrunk.max_drawdown = Rate::from_raw(limits.max_drawdown.raw() - by * 10_000)
    }
    shrunk
}

fn any_money() -> impl Strategy<Value = Money> {
    prop_oneof![Just(i128::MIN), Just(i128::MAX), any::<i128>(), -1i128..2].prop_map(Money::from_raw)
}

fn any_price() -> impl Strategy<Value = Price> {
    prop_oneof![Just(i64::MIN), Just(i64::MAX), any::<i64>(), -1i64..2].prop_map(Price::from_raw)
}

fn any_quantity() -> impl Strategy<Value = Quantity> {
    any_money().prop_map(|money| Quantity::from_raw(money.raw()))
}

prop_compose! {
    /// An account and limits at the ends of every range; steps and ticks of one unit let nearly all of it past
    /// the first checks.
    fn wild_worlds()(
        mut world in worlds(),
        quantities in [any_quantity(), any_quantity(), any_quantity(), any_quantity()],
        prices in [any_price(), any_price(), any_price()],
        money in [any_money(), any_money(), any_money(), any_money()],
        size in any::<i64>(),
        shape in 0u8..6,
    ) -> World {
        world.instrument.price_tick = Price::from_raw(1);
        world.instrument.quantity_step = Quantity::from_raw(1);
        world.instrument.contract = match shape % 3 {
            0 => Contract::UNIT,
            1 => Contract::Linear { size: Rate::from_raw(size) },
            _ => Contract::Inverse { size: Rate::from_raw(size) },
        };
        world.request.quantity = quantities[0];
        world.request.kind = match shape {
            0 | 1 => OrderKind::Limit { price: prices[0] },
            2 | 3 => OrderKind::TrailingStop { distance: prices[0] },
            4 => OrderKind::Stop { trigger: prices[0] },
            _ => OrderKind::StopLimit { trigger: prices[1], price: prices[0] },
        };
        world.exposure = Exposure {
            position: quantities[1], working_buy: quantities[2], working_sell: quantities[3],
            reference: Some(prices[2]), reference_valid: true, halt: None,
            gross_notional: money[0], day_profit: money[1], equity: money[2], equity_peak: money[3],
            ..world.exposure
        };
        let most = Money::from_raw(i128::MAX);
        world.limits = Limits {
            max_order_size: Quantity::from_raw(i128::MAX), max_position_size: Quantity::from_raw(i128::MAX),
            max_order_notional: most, max_gross_notional: most, max_daily_loss: most,
            price_collar: Rate::from_raw(i64::MAX), max_drawdown: Rate::from_raw(i64::MAX),
            ..world.limits
        };
        world
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(4_000))]

    #[test]
    fn the_gate_approves_exactly_what_breaks_no_rule(world in worlds()) {
        let expected = naive::broken(&world).first().copied().unwrap_or("approved");
        prop_assert_eq!(world.code(), expected);
    }

    #[test]
    fn stricter_limits_never_approve_what_was_denied(world in worlds(), which in 0u16..1_024, by in 0i64..20_000) {
        let stricter = World { limits: shrunk(&world.limits, which, by), ..world.clone() };
        if world.verdict().is_err() {
            prop_assert!(stricter.verdict().is_err(), "{:?}", stricter.limits);
        }
    }

    #[test]
    fn a_halt_denies_every_order(mut world in worlds()) {
        world.exposure.halt = Some(HaltKind::VenueFault);
        prop_assert_eq!(world.code(), "halted");
    }

    /// Whoever asks: what passes below normal leaves the position no farther from zero, though all that works on
    /// the order's side fills before it; and what the last rungs let through is the account's own.
    #[test]
    fn a_rung_admits_only_what_leaves_less(world in lowered()) {
        let exposure = &world.exposure;
        let (held, working) = match world.request.side {
            Side::Buy => (-exposure.position.raw(), exposure.working_buy.raw()),
            Side::Sell => (exposure.position.raw(), exposure.working_sell.raw()),
        };
        let leaves_less = held > 0 && working + world.request.quantity.raw() <= held;
        let own = world.flattens && world.request.reduce_only && world.request.kind == OrderKind::Market;
        let admitted = match exposure.rung {
            Rung::Normal | Rung::CancelAll => false,
            Rung::NoNewRisk | Rung::ReduceOnly => !world.flattens,
            Rung::Flatten => own,
        };
        prop_assert_eq!(world.verdict().is_ok(), admitted && leaves_less, "{}", world.code());
    }

    /// However a loss shows, an account that has it may do what the rung that only reduces allows, and no more.
    #[test]
    fn after_a_loss_only_what_leaves_less_passes(world in losing()) {
        let mut reduces_only = World { exposure: World::sound().exposure, ..world.clone() };
        reduces_only.exposure.position = world.exposure.position;
        reduces_only.exposure.working_buy = world.exposure.working_buy;
        reduces_only.exposure.working_sell = world.exposure.working_sell;
        reduces_only.exposure.rung = world.exposure.rung.max(Rung::ReduceOnly);
        prop_assert_eq!(world.verdict().is_ok(), reduces_only.verdict().is_ok(), "{}", world.code());
    }

    #[test]
    fn a_worse_rung_never_approves_what_a_better_one_denied(mut world in worlds()) {
        world.flattens = false;
        let verdicts = Rung::ALL.map(|rung| {
            world.exposure.rung = rung;
            world.verdict().is_ok()
        });
        prop_assert!(verdicts.is_sorted_by(|better, worse| better >= worse), "{verdicts:?}");
    }

    #[test]
    fn figures_at_the_ends_of_their_ranges_are_answered(world in wild_worlds()) {
        prop_assert!(!world.verdict().is_err_and(|reason| reason.to_string().is_empty()));
    }
}

/// The generators above are worth nothing if they never reach an approval or leave out a reason.
#[test]
fn the_generated_orders_meet_every_rule() {
    use proptest::{strategy::ValueTree, test_runner::TestRunner};
    let mut runner = TestRunner::deterministic();
    let strategy = worlds();
    let mut met = std::collections::BTreeMap::<&str, u32>::new();
    for _ in 0..8_000 {
        let world = strategy.new_tree(&mut runner).unwrap().current();
        for code in naive::broken(&world) {
            *met.entry(code).or_default() += 1;
        }
        if world.verdict().is_ok() {
            let approved = if world.flattens { "flattens" } else { "approved" };
            *met.entry(approved).or_default() += 1;
        }
    }
    // All but the wrong instrument and the figures out of range, which ordinary orders cannot meet.
    assert_eq!(met.len(), 20, "{met:?}");
    assert!(met.values().all(|count| *count >= 50), "{met:?}");
}
