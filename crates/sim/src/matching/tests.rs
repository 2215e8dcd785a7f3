mod laws;
mod scenario;
mod scenarios;

use super::*;

use domain::{
    Contract, Currency, InstrumentId, InstrumentKind, Money, Price, Quantity, Rate, Span, Timestamp,
    Venue as VenueName,
};
use risk::{Exposure, Limits};

/// Ticks of 0.01, steps of 0.1, 0.1 % as maker and 0.2 % as taker.
fn instrument(id: u32) -> Instrument {
    Instrument {
        id: InstrumentId(id),
        symbol: format!("COIN{id}-USD"),
        venue: VenueName::new("SIM").unwrap(),
        kind: InstrumentKind::Spot,
        contract: Contract::UNIT,
        base: Currency::BTC,
        quote: Currency::USD,
        settlement: Currency::USD,
        price_tick: Price::from_raw(10_000_000),
        quantity_step: Quantity::from_raw(100_000_000),
        maker_fee: Rate::from_basis_points(10),
        taker_fee: Rate::from_basis_points(20),
    }
}

fn instruments(count: u32) -> Instruments {
    let mut instruments = Instruments::default();
    (0..count).for_each(|id| assert_eq!(instruments.list(instrument(id)), Ok(InstrumentId(id))));
    instruments
}

/// Passes the real gate, with limits and an exposure that no order of these tests reaches.
fn approve(order: Order) -> Approved<Order> {
    let limits = Limits {
        max_order_size: Quantity::from_units(1_000_000),
        max_position_size: Quantity::from_units(1_000_000),
        max_order_notional: Money::from_units(1_000_000_000_000),
        max_gross_notional: Money::from_units(1_000_000_000_000),
        price_collar: Rate::from_basis_points(10_000),
        ..Limits::specified()
    };
    let exposure = Exposure {
        position: Quantity::ZERO,
        working_buy: Quantity::ZERO,
        working_sell: Quantity::ZERO,
        reference: Some(Price::from_units(100)),
        reference_age: Span::ZERO,
        reference_valid: true,
        gross_notional: Money::ZERO,
        open_orders: 0,
        orders_in_window: 0,
        day_profit: Money::ZERO,
        equity: Money::from_units(1_000_000),
        equity_peak: Money::from_units(1_000_000),
        halt: None,
        rung: risk::Rung::Normal,
    };
    risk::check(order, &instrument(order.request.instrument.0), &exposure, &limits).unwrap()
}

fn millis(time: i64) -> Timestamp {
    Timestamp::from_millis(time)
}

fn delayed(base: i64, jitter: i64) -> MatchingConfig {
    let latency = Latency { base: Span::from_millis(base), jitter: Span::from_millis(jitter) };
    MatchingConfig { latency, ..MatchingConfig::instant(1) }
}
