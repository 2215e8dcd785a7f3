//! The same rules written a second time, as plainly as possible: everything that is broken is listed, in raw
//! 128-bit integers that the generated figures cannot overflow.

use domain::{Contract, OrderKind, Side, TimeInForce};

use super::world::World;
use crate::{HaltKind, Rung};

const BILLION: i128 = 1_000_000_000;

/// The codes of all rules the order breaks, in the order of precedence.
pub(super) fn broken(world: &World) -> Vec<&'static str> {
    let mut broken = vec![];
    broken.extend(broken_by_itself(world));
    broken.extend(broken_in_size(world));
    broken.extend(broken_in_price(world));
    broken.extend(broken_in_account(world));
    broken
}

fn told(rules: impl IntoIterator<Item = (bool, &'static str)>) -> Vec<&'static str> {
    rules.into_iter().filter(|(broken, _)| *broken).map(|(_, code)| code).collect()
}

fn broken_by_itself(world: &World) -> Vec<&'static str> {
    let World { request, instrument, .. } = world;
    let immediate = !matches!(request.time_in_force, TimeInForce::Day | TimeInForce::GoodTillCancelled);
    let (waits, prices) = match request.kind {
        OrderKind::Market => (false, vec![]),
        OrderKind::Limit { price } => (false, vec![price]),
        OrderKind::Stop { trigger } => (true, vec![trigger]),
        OrderKind::StopLimit { trigger, price } => (true, vec![trigger, price]),
        OrderKind::TrailingStop { distance } => (true, vec![distance]),
    };
    let off_tick = prices.iter().any(|price| price.raw() % instrument.price_tick.raw() != 0);
    let no_distance = matches!(request.kind, OrderKind::TrailingStop { distance } if distance.raw() <= 0);
    told([
        (!admitted_while_halted(world), "halted"),
        (!admitted(world), "rung"),
        (waits && immediate, "kind_not_supported"),
        (request.quantity.raw() <= 0, "quantity_not_positive"),
        (request.quantity.raw() % instrument.quantity_step.raw() != 0, "off_step"),
        (off_tick || no_distance, "off_tick"),
    ])
}

/// Whether the position comes no farther than to zero when the order and all that works beside it are filled.
fn reduces(world: &World) -> bool {
    let World { request, exposure, .. } = world;
    let (held, working) = match request.side {
        Side::Buy => (-exposure.position.raw(), exposure.working_buy.raw()),
        Side::Sell => (exposure.position.raw(), exposure.working_sell.raw()),
    };
    request.quantity.raw() + working <= held
}

/// By the table of halts: which orders each lets through.
fn admitted_while_halted(world: &World) -> bool {
    match world.exposure.halt {
        None => true,
        Some(HaltKind::DailyLoss | HaltKind::Drawdown) => reduces(world),
        Some(_) => false,
    }
}

/// By the table of the ladder: which orders a rung lets through.
fn admitted(world: &World) -> bool {
    let World { request, exposure, .. } = world;
    let reduces = reduces(world);
    match exposure.rung {
        Rung::Normal => !world.flattens,
        Rung::NoNewRisk | Rung::ReduceOnly => !world.flattens && reduces,
        Rung::CancelAll => false,
        Rung::Flatten => {
            world.flattens && reduces && request.kind == OrderKind::Market && request.reduce_only
        }
    }
}

fn broken_in_size(world: &World) -> Vec<&'static str> {
    let World { request, exposure, limits, .. } = world;
    let asked = request.quantity.raw();
    let position = exposure.position.raw();
    // Seen from the order's side: how much is held in its direction.
    let (towards, working) = match request.side {
        Side::Buy => (position, exposure.working_buy.raw()),
        Side::Sell => (-position, exposure.working_sell.raw()),
    };
    told([
        (asked > limits.max_order_size.raw(), "order_too_large"),
        (request.reduce_only && towards + asked > 0, "not_reducing"),
        (towards + working + asked > limits.max_position_size.raw(), "position_too_large"),
    ])
}

fn broken_in_price(world: &World) -> Vec<&'static str> {
    let World { request, exposure, limits, .. } = world;
    let reference = exposure.reference.map_or(0, |price| i128::from(price.raw()));
    if reference == 0 || !exposure.reference_valid {
        return vec!["no_reference_price"];
    }
    let outside = request.kind.limit_price().is_some_and(|price| {
        let reach = reference.abs() * i128::from(limits.price_collar.raw());
        let (low, high) = (reference * BILLION - reach, reference * BILLION + reach);
        !(low..=high).contains(&(i128::from(price.raw()) * BILLION))
    });
    let value = worst_value(world, reference);
    let gross = exposure.gross_notional.raw() + value;
    told([
        (exposure.reference_age > limits.max_reference_age, "stale_reference_price"),
        (outside, "price_outside_collar"),
        (value > limits.max_order_notional.raw(), "notional_too_large"),
        (gross > limits.max_gross_notional.raw() && !reduces(world), "gross_notional_too_large"),
    ])
}

/// The larger of the values at all prices the order could be filled at.
fn worst_value(world: &World, reference: i128) -> i128 {
    let named = match world.request.kind {
        OrderKind::Market => reference,
        OrderKind::Limit { price } | OrderKind::StopLimit { price, .. } => i128::from(price.raw()),
        OrderKind::Stop { trigger } => i128::from(trigger.raw()),
        OrderKind::TrailingStop { distance } => reference + i128::from(distance.raw()),
    };
    let quantity = world.request.quantity.raw();
    let value = |price: i128| match world.instrument.contract {
        Contract::Linear { size } => {
            let product = price.abs() * quantity * i128::from(size.raw());
            product / BILLION + i128::from(product % BILLION > 0)
        }
        Contract::Inverse { size } => quantity * i128::from(size.raw()) * BILLION / price.abs(),
    };
    value(named).max(value(reference))
}

fn broken_in_account(world: &World) -> Vec<&'static str> {
    let World { exposure, limits, .. } = world;
    let loss = -exposure.day_profit.raw();
    let (equity, peak) = (exposure.equity.raw(), exposure.equity_peak.raw());
    let floor_scaled = peak * BILLION - peak.max(0) * i128::from(limits.max_drawdown.raw());
    told([
        (exposure.open_orders + 1 > limits.max_open_orders, "too_many_open_orders"),
        (exposure.orders_in_window + 1 > limits.orders_per_window, "too_many_orders"),
        (loss >= limits.max_daily_loss.raw() && !reduces(world), "daily_loss"),
        (equity < peak && equity * BILLION <= floor_scaled && !reduces(world), "drawdown"),
    ])
}
